"""Growth: the same load with two years of history, against an empty database; and while months come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from benchmarks.bench import Bench, Unsound
from benchmarks.figures import Figure, percentile
from benchmarks.history import MONTHS, fill_history, guests_of
from benchmarks.rows.pipeline import GUESTS_A_HOTEL
from benchmarks.seeding import Hotel, Shape, open_hotels
from benchmarks.server import Database
from benchmarks.stage import Stage, one_each, stage, steadily

UPKEEP_SECONDS = 2.0
"""Between two months, while their going is measured: the process takes one in a month."""

_MAKE_AHEAD = "SELECT ensure_message_partitions(now()::date, (now() + make_interval(months => $1))::date)"


async def growth(bench: Bench) -> None:
    """Throughput and latency without a history; then with it, the latency at the same load as without, and
    while months come and go."""
    async with bench.server.database() as database, _open(bench, database) as (running, hotels):
        empty = await running.throughput(one_each(hotels))
        empty_p99 = await _p99(running, hotels, empty / 2)
    messages = f"{bench.scale.history:,} messages of history"
    note = f"{messages}, {guests_of(bench.scale.history):,} guests, {MONTHS} partitions"
    async with bench.server.database() as database:
        began = time.monotonic()
        await fill_history(database, bench.scale.history)
        bench.say(f"  {messages} were filled in within {time.monotonic() - began:.0f} s")
        async with _open(bench, database) as (running, hotels):
            rate = await running.throughput(one_each(hotels))
            p99 = await _p99(running, hotels, empty / 2)
            async with _upkeep(database) as upkeep:
                upkeep_p99 = await _p99(running, hotels, empty / 2)
    if not upkeep.took:
        raise Unsound("no month went while its going was measured")
    at = f"p99 at {empty / 2:.0f} msg/s"
    bench.record(Figure("growth.empty", "throughput, empty database", empty, "msg/s"))
    bench.record(Figure("growth.rate", f"throughput, {messages}", rate, "msg/s", note))
    bench.record(Figure("growth.empty_p99", f"{at}, empty database", empty_p99, "ms"))
    bench.record(Figure("growth.p99", f"{at}, {messages}", p99, "ms", note))
    bench.record(Figure("growth.upkeep_p99", f"{at}, while months go and come", upkeep_p99, "ms", str(upkeep)))


@asynccontextmanager
async def _open(bench: Bench, database: Database) -> AsyncIterator[tuple[Stage, list[Hotel]]]:
    hotels = await open_hotels(database, Shape(bench.scale.hotels, 1, GUESTS_A_HOTEL))
    async with stage(bench, database) as running:
        yield running, hotels


async def _p99(running: Stage, hotels: list[Hotel], rate: float) -> float:
    took = await running.latencies([steadily(one_each(hotels), rate)])
    return 1000 * percentile(took["many"], 0.99)


@dataclass(slots=True)
class Upkeep:
    """The seconds that each drop of a month took, and how often a change gave way to messages in use."""

    took: list[float] = field(default_factory=list)
    gave_way: int = 0

    def __str__(self) -> str:
        most = 1000 * max(self.took)
        return f"{len(self.took)} months dropped, within {most:.0f} ms at most; {self.gave_way} times it gave way"


@asynccontextmanager
async def _upkeep(database: Database) -> AsyncIterator[Upkeep]:
    """Drop the oldest month and make one ahead every few seconds, by the functions that the process calls."""
    upkeep = Upkeep()

    async def keep_up() -> None:
        async with database.connection() as connection:
            for turn in range(1, MONTHS):
                await asyncio.sleep(UPKEEP_SECONDS)
                began = time.monotonic()
                try:
                    if await connection.fetchval("SELECT drop_oldest_month($1)", MONTHS - turn):
                        upkeep.took.append(time.monotonic() - began)
                    await connection.execute(_MAKE_AHEAD, turn)
                except asyncpg.LockNotAvailableError:
                    upkeep.gave_way += 1

    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keep_up())
        yield upkeep
        keeping.cancel()
