"""Growth: the same load on a database with two years of history, against an empty one."""

from __future__ import annotations

import time

from benchmarks.bench import Bench
from benchmarks.figures import Figure, percentile
from benchmarks.history import MONTHS, fill_history, guests_of
from benchmarks.rows.pipeline import GUESTS_A_HOTEL
from benchmarks.seeding import Shape, open_hotels
from benchmarks.server import Database
from benchmarks.stage import one_each, stage, steadily


async def growth(bench: Bench) -> None:
    """Throughput and latency without a history; then with it, the latency at the same load as without."""
    async with bench.server.database() as database:
        empty, empty_p99 = await _measure(bench, database)
    messages = f"{bench.scale.history:,} messages of history"
    note = f"{messages}, {guests_of(bench.scale.history):,} guests, {MONTHS} partitions"
    async with bench.server.database() as database:
        began = time.monotonic()
        await fill_history(database, bench.scale.history)
        bench.say(f"  {messages} were filled in within {time.monotonic() - began:.0f} s")
        rate, p99 = await _measure(bench, database, empty)
    bench.record(Figure("growth.empty", "throughput, empty database", empty, "msg/s"))
    bench.record(Figure("growth.rate", f"throughput, {messages}", rate, "msg/s", note))
    bench.record(Figure("growth.empty_p99", f"p99 at {empty / 2:.0f} msg/s, empty database", empty_p99, "ms"))
    bench.record(Figure("growth.p99", f"p99 at {empty / 2:.0f} msg/s, {messages}", p99, "ms", note))


async def _measure(bench: Bench, database: Database, rate_before: float | None = None) -> tuple[float, float]:
    hotels = await open_hotels(database, Shape(bench.scale.hotels, 1, GUESTS_A_HOTEL))
    async with stage(bench, database) as running:
        rate = await running.throughput(one_each(hotels))
        took = await running.latencies([steadily(one_each(hotels), (rate_before or rate) / 2)])
    return rate, 1000 * percentile(took["many"], 0.99)
