"""A hot tenant: one hotel with a hundred times the others' load, and what the others notice of it."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.figures import Figure, percentile
from benchmarks.rows.pipeline import GUESTS_A_BOT, GUESTS_A_HOTEL
from benchmarks.seeding import FIRST_CHAT, Shape, open_hotels
from benchmarks.stage import busy, one_each, stage, steadily

TIMES = 100
MOST_QUIET = 50
HOT_SHARE = 0.4
"""Of the rate at which the quiet hotels by themselves saturate the process."""


async def tenants(bench: Bench) -> None:
    """The quiet hotels' latency by themselves, then beside the hot one."""
    number = min(bench.scale.hotels, MOST_QUIET)
    async with bench.server.database() as database:
        quiet = await open_hotels(database, Shape(number, 1, GUESTS_A_HOTEL, slug="quiet"))
        guests, first = bench.scale.guests, FIRST_CHAT + number * GUESTS_A_HOTEL
        (hot,) = await open_hotels(database, Shape(1, guests // GUESTS_A_BOT, guests, slug="hot"), first)
        async with stage(bench, database) as running:
            rate = await running.throughput(one_each(quiet, "quiet"))
            # Fifty of these make a fifth of the load that the process bears, the hot one two fifths.
            each = HOT_SHARE * rate / TIMES
            calm = steadily(one_each(quiet, "quiet"), each * number)
            before = await running.latencies([calm])
            heat = steadily(busy(hot, 1), each * TIMES)
            beside = await running.latencies([calm, heat])
    told = f"{number} quiet hotels at {each:.2g} msg/s"
    quiet_p95, p95 = (1000 * percentile(took["quiet"], 0.95) for took in (before, beside))
    bench.record(Figure("tenants.quiet_p95", f"{told}, p95", quiet_p95, "ms"))
    bench.record(Figure("tenants.p95", f"the same beside one at {TIMES} times as much, p95", p95, "ms"))
