"""Rows 14, 15 and 17: a message that breaks its handler, a hotel that is too busy, and three of everything."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.faults.checker import Evidence, delays
from tests.faults.marks import Mark
from tests.faults.report import Result, quantile
from tests.faults.run import Play, Stage, playing
from tests.faults.worker import MEMORY_MB

SET_ASIDE_WITHIN = 30.0
SET_ASIDE = "SELECT count(*) AS events, max(attempts) AS attempts FROM inbox_events WHERE state = 'quarantined'"
HOT = 100
"""How much more a hot hotel's guests write."""


async def poison(stage: Stage) -> Result:
    """Let a guest's message break its handler in one of four ways; then the guest goes on."""
    kinds, times = ("exception", "exit", "memory", "loop"), stage.times(1, 50)
    slowest = dict.fromkeys(kinds, 0.0)
    async with playing(stage, environ={MEMORY_MB: "1500"}) as play:
        async with play.load.pouring(stage.rate):
            for kind in kinds * times:
                slowest[kind] = max(slowest[kind], await _poison(play, kind))
        _, findings = await play.judge()
        (set_aside,) = await play.rows(SET_ASIDE)
    result = Result(f"{len(kinds)} kinds, {times} times; {play.load.count} messages")
    result.add(findings)
    told = ", ".join(f"{kind} {took:.1f} s" for kind, took in slowest.items())
    result.figures.append(f"set aside after: {told}; most attempts {set_aside['attempts']}")
    result.demand(set_aside["events"] == len(kinds) * times, f"{set_aside['events']} set aside")
    for kind, took in slowest.items():
        result.demand_in_time(took < SET_ASIDE_WITHIN, f"{kind}: not set aside within {SET_ASIDE_WITHIN:g} s")
    return result


async def _poison(play: Play, kind: str) -> float:
    """Write one, and return the seconds until it was set aside, or the longest that is waited for it."""
    guest = play.town.random.choice(play.town.guests)
    (before,) = await play.rows(SET_ASIDE)
    began = time.monotonic()
    play.load.write(guest, f"poison {kind}")
    play.load.write(guest)
    while (took := time.monotonic() - began) < SET_ASIDE_WITHIN:
        (now,) = await play.rows(SET_ASIDE)
        if now["events"] > before["events"]:
            break
        await asyncio.sleep(0.5)
    return took


async def hot_tenant(stage: Stage) -> Result:
    """Let one hotel's guests write a hundred times as much as the others'; the others must not feel it."""
    seconds = float(stage.times(40, 300))
    async with playing(stage) as play:
        quiet = [guest for guest in play.town.guests if guest.hotel != 1]
        hot = [guest for guest in play.town.guests if guest.hotel == 1]
        rate = stage.rate / 6
        # In turns, since what a chat's own pace costs is nothing that the hot hotel does.
        async with play.load.pouring(rate, quiet, in_turns=True):
            await asyncio.sleep(seconds)
            heated_at = play.town.clock.now()
            async with play.load.pouring(min(rate / 5 * HOT, stage.rate * 4), hot):
                await asyncio.sleep(seconds)
        evidence, findings = await play.judge()
    calm: list[float] = []
    heated: list[float] = []
    for mark, (written, answered) in delays(evidence).items():
        if mark.hotel != 1 and mark.number > 1:
            (heated if written >= heated_at else calm).append((answered - written).total_seconds())
    before, during = quantile(sorted(calm), 0.95), quantile(sorted(heated), 0.95)
    result = Result(f"{seconds:.0f} s, {play.load.count} messages, of them hot {_of(evidence, 1)}")
    result.add(findings)
    result.figures.append(f"p95 of the quiet hotels {before:.2f} s before, {during:.2f} s beside the hot one")
    result.demand_in_time(
        during <= 1.5 * before, f"p95 of the quiet hotels is {during / before:.1f} times that before"
    )
    return result


def _of(evidence: Evidence, hotel: int) -> int:
    marks: set[Mark] = {heard.mark for heard in evidence.heard}
    return sum(mark.hotel == hotel for mark in marks)


async def three_of_everything(stage: Stage) -> Result:
    """Run three pollers, schedulers and sweepers at once, and take one away now and then."""
    seconds = stage.times(30, 3_600)
    async with playing(stage, workers=3) as play:
        async with play.load.pouring(stage.rate):
            for second in range(seconds):
                await asyncio.sleep(1)
                if second % 10 == 9:
                    play.town.random.choice(play.places).signal(signal.SIGKILL)
                    play.load.note_fault()
        evidence, findings = await play.judge()
    result = Result(f"3 processes, {seconds} s, {play.load.count} messages, {len(evidence.planned)} firings")
    result.add(findings)
    result.demand_nothing_set_aside(findings)
    result.add_recovery(evidence, play.load, 5.0)
    return result
