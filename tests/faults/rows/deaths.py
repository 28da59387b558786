"""Rows 1 to 4: processes are killed at random, at every point, frozen, and asked to stop."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Sequence

from tests.faults.crew import Place
from tests.faults.load import Load
from tests.faults.report import Result
from tests.faults.run import Stage, playing

EXIT_WITHIN = 10.0


async def kill_at_random(stage: Stage) -> Result:
    """Kill one of two workers each 1 to 4 s."""
    kills = stage.times(20, 300)
    async with playing(stage) as play:
        async with play.load.pouring(stage.rate):
            await strike(play.load, play.places, kills)
        evidence, findings = await play.judge()
    result = Result(f"{kills} kills, {play.load.count} messages")
    result.add(findings)
    result.demand_nothing_set_aside(findings)
    result.add_recovery(evidence, play.load, 5.0)
    return result


async def strike(load: Load, places: Sequence[Place], kills: int) -> None:
    """Kill the process of one of the places, drawn by lot, each 1 to 4 s."""
    random = load.town.random
    for _ in range(kills):
        await asyncio.sleep(random.uniform(1, 4))
        random.choice(places).signal(signal.SIGKILL)
        load.note_fault()


async def freeze(stage: Stage) -> Result:
    """Stop one of two workers in the middle of everything, and let it go on later."""
    times, frozen = stage.times(2, 50), float(stage.times(12, 60))
    async with playing(stage) as play:
        async with play.load.pouring(stage.rate):
            for _ in range(times):
                place = play.town.random.choice(play.places)
                place.signal(signal.SIGSTOP)
                play.load.note_fault()
                await asyncio.sleep(frozen)
                place.signal(signal.SIGCONT)
                await asyncio.sleep(3)
        evidence, findings = await play.judge()
    result = Result(f"{times} stops of {frozen:.0f} s, {play.load.count} messages")
    result.add(findings)
    result.add_recovery(evidence, play.load)
    return result


async def stop_under_load(stage: Stage) -> Result:
    """Ask one of two workers to stop; it has to be gone within 10 s and to leave nothing half done."""
    stops, longest, codes = stage.times(6, 100), 0.0, Counter[int | None]()
    async with playing(stage) as play:
        async with play.load.pouring(stage.rate):
            for _ in range(stops):
                await asyncio.sleep(play.town.random.uniform(2, 3))
                place = play.town.random.choice(play.places)
                began = time.monotonic()
                place.signal(signal.SIGTERM)
                codes[await place.gone()] += 1
                longest = max(longest, time.monotonic() - began)
        _, findings = await play.judge()
    result = Result(f"{stops} stops, {play.load.count} messages")
    result.add(findings)
    result.figures.append(f"longest exit {longest:.1f} s")
    result.demand_in_time(longest <= EXIT_WITHIN, f"exit took {longest:.1f} s")
    result.demand(set(codes) == {0}, f"exit codes {dict(codes)}")
    result.demand(not findings.resolved and not findings.unresolved, "something was in doubt")
    return result
