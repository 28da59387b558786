"""The whole way of a message: accepted, handled, answered, the answer recorded."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.figures import Figure, percentile
from benchmarks.seeding import Shape, open_hotels
from benchmarks.stage import Stage, busy, one_each, stage, steadily
from benchmarks.wire.plan import Stream

GUESTS_A_BOT = 20
"""A bot may send 25 messages a second; with so few guests who rest in between it never comes to that."""
GUESTS_A_HOTEL = 20


async def pipeline(bench: Bench) -> None:
    """One busy hotel, then its latency at half of what it can, then many hotels."""
    guests = bench.scale.guests
    async with bench.server.database() as database:
        (hotel,) = await open_hotels(database, Shape(1, guests // GUESTS_A_BOT, guests))
        async with stage(bench, database) as running:
            told = "whole pipeline, one busy hotel"
            rate = await _throughput(bench, running, busy(hotel, bench.scale.in_flight), "busy", told)
            steady = steadily(busy(hotel, bench.scale.in_flight), rate / 2)
            took = (await running.latencies([steady]))["busy"]
            for share in (50, 99):
                label = f"reply latency at {rate / 2:.0f} msg/s, p{share}"
                bench.record(Figure(f"pipeline.p{share}", label, 1000 * percentile(took, share / 100), "ms"))
    async with bench.server.database() as database:
        hotels = await open_hotels(database, Shape(bench.scale.hotels, 1, GUESTS_A_HOTEL))
        async with stage(bench, database) as running:
            told = f"whole pipeline, {len(hotels)} hotels, one conversation each"
            await _throughput(bench, running, one_each(hotels), "many", told)


async def _throughput(bench: Bench, running: Stage, streams: Sequence[Stream], key: str, told: str) -> float:
    """Record the rate, and what each message of it cost; return the rate."""
    before = await running.spent()
    rate = await running.throughput(streams)
    processor, commits = (await running.spent()).for_each(before)
    bench.record(Figure(f"pipeline.{key}", told, rate, "msg/s"))
    bench.record(Figure(f"pipeline.{key}.processor", f"{told}: the bot's processor a message", processor, "ms"))
    bench.record(Figure(f"pipeline.{key}.commits", f"{told}: commits a message", commits, ""))
    return rate
