"""Row 8: the Redis that carries wake-ups between processes forgets, is full, stands still, and dies for good."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from redis.asyncio import Redis

from tests.faults.checker import Evidence, delays
from tests.faults.report import Result, quantile
from tests.faults.run import Play, Stage, playing
from tests.redis_server import REDIS_PROGRAM, started_redis

WELCOMED = timedelta(seconds=5)
"""Before anything is compared: a welcome costs others time."""
CALM = "calm"
LEAST_SHARE = 0.9
"""How much of the calm's answers a second must be left."""
MOST_TIMES = 2.0
"""How much longer than in the calm an answer may take."""
MEGABYTE = 1 << 20
BALLAST = 2_000
"""Keys of a kilobyte."""

Spans = defaultdict[str, list[tuple[datetime, datetime]]]


async def lose_redis(stage: Stage) -> Result:
    """Hurt Redis in one way after the other and take it away; then again with a new one."""
    if REDIS_PROGRAM is None:
        return Result.not_possible("there is no redis-server (apt-get install redis-server)")
    times, seconds, spans = stage.times(1, 20), float(stage.times(6, 20)), Spans(list)
    with tempfile.TemporaryDirectory() as folder:
        environ = {"BELLHOP_REDIS_URL": f"unix://{folder}/redis.sock"}
        async with playing(stage, within=WELCOMED, environ=environ) as play:
            await asyncio.sleep(WELCOMED.total_seconds())
            await play.settle()
            async with play.load.pouring(stage.rate, in_turns=True):
                for _ in range(times):
                    async with _listened_to(Path(folder), len(play.places)) as redis:
                        await _hurt(play, redis, seconds, spans)
            evidence, findings = await play.judge()
    result = Result(f"{times} of each, {seconds:.0f} s long; {play.load.count} messages")
    result.add(findings)
    result.demand_nothing_set_aside(findings)
    _compare(result, evidence, spans)
    return result


@asynccontextmanager
async def _listened_to(folder: Path, listeners: int) -> AsyncIterator[Redis]:
    """Start a Redis and wait until so many processes listen to it: else nobody would miss it."""
    async with started_redis(folder) as socket, Redis(unix_socket_path=str(socket)) as redis:
        async with asyncio.timeout(30):
            while len(await redis.client_list(_type="pubsub")) < listeners:  # noqa: ASYNC110 - Redis tells nobody
                await asyncio.sleep(0.1)
        yield redis


async def _hurt(play: Play, redis: Redis, seconds: float, spans: Spans) -> None:
    pid = (await redis.info("server"))["process_id"]

    @asynccontextmanager
    async def lasting(name: str) -> AsyncIterator[None]:
        began = play.town.clock.now()
        yield
        await asyncio.sleep(seconds)
        spans[name].append((began, play.town.clock.now()))

    async with lasting(CALM):
        pass
    async with lasting("FLUSHALL"):
        await redis.flushall()
    async with lasting("evicting"):
        await _fill(redis)
    async with lasting("SIGSTOP"):
        os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGCONT)
    async with lasting(CALM):
        pass
    async with lasting("killed for good"):
        os.kill(pid, signal.SIGKILL)


async def _fill(redis: Redis) -> None:
    """Leave Redis a megabyte, and write more into it than that."""
    used = (await redis.info("memory"))["used_memory"]
    await redis.config_set("maxmemory-policy", "allkeys-random")
    await redis.config_set("maxmemory", used + MEGABYTE)
    for number in range(BALLAST):
        await redis.set(f"ballast:{number}", bytes(1024))
    assert (await redis.info("stats"))["evicted_keys"], "there must have been too much"


def _compare(result: Result, evidence: Evidence, spans: Spans) -> None:
    """Hold each way of being hurt against the calm before it."""
    calm_rate, calm_p95 = _seen(evidence, spans[CALM])
    result.figures.append(f"{CALM}: {calm_rate:.1f} answers/s, p95 {calm_p95:.2f} s")
    for name in [name for name in spans if name != CALM]:
        rate, p95 = _seen(evidence, spans[name])
        result.figures.append(f"{name}: {rate / calm_rate:.0%} of that rate, {p95 / calm_p95:.1f} times that p95")
        result.demand_in_time(
            rate >= LEAST_SHARE * calm_rate, f"{name}: {rate / calm_rate:.0%} of the calm's answers"
        )
        result.demand_in_time(
            p95 <= MOST_TIMES * calm_p95, f"{name}: p95 is {p95 / calm_p95:.1f} times that of the calm"
        )


def _seen(evidence: Evidence, spans: list[tuple[datetime, datetime]]) -> tuple[float, float]:
    """Return the answers a second within some spans, and the p95 of the seconds that they took."""
    took = sorted(
        (answered - written).total_seconds()
        for written, answered in delays(evidence).values()
        if any(began <= answered < ended for began, ended in spans)
    )
    lasted = sum((ended - began).total_seconds() for began, ended in spans)
    return len(took) / lasted, quantile(took, 0.95)
