"""Idle: many hotels and a million planned firings, and nobody writes."""

from __future__ import annotations

import asyncio

import psutil

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.seeding import PLANNED_BY_SETS, Shape, open_hotels
from benchmarks.server import Database
from benchmarks.stage import stage

GROWS = 1.2
BYTES_A_HOTEL = 50_000
REST_SECONDS = 5.0

_PLANNED = """
    INSERT INTO trigger_firings (hotel_id, id, trigger_id, subject, occurrence, guest_id, stay_id, due_at,
                                 useful_until, correlation_id, planned_at)
    SELECT s.hotel_id, gen_random_uuid(), t.id, s.id, 'later ' || n, s.guest_id, s.id,
           now() + interval '1 day' + n * interval '1 minute', now() + interval '60 days', 'benchmark', now()
    FROM stays AS s JOIN triggers AS t ON t.hotel_id = s.hotel_id AND t.name = $2
    CROSS JOIN generate_series(1, $1) AS n
"""


async def idle(bench: Bench) -> None:
    """The memory of a process without hotels, then memory and processor of one with all of them."""
    hotels, firings = bench.scale.idle_hotels, bench.scale.idle_firings
    async with bench.server.database() as database:
        empty, _ = await _at_rest(bench, database, bench.scale.seconds)
    async with bench.server.database() as database:
        await open_hotels(database, Shape(hotels, 1, 1))
        async with database.connection() as connection:
            await connection.execute(_PLANNED, firings // hotels, PLANNED_BY_SETS)
        await database.settle()
        memory, share = await _at_rest(bench, database, bench.scale.idle_seconds)
    told = f"{hotels:,} hotels, {firings:,} planned firings"
    bench.record(Figure("idle.processor", f"idle with {told}", 100 * share, "% of a core"))
    bench.record(Figure("idle.memory", f"memory with {told}", memory / 1e6, "MB"))
    bench.record(Figure("idle.empty", "memory of a process without hotels", empty / 1e6, "MB"))
    allowed = GROWS * empty + BYTES_A_HOTEL * hotels
    bench.record(Figure("idle.allowed", "memory that the goal allows", allowed / 1e6, "MB"))


async def _at_rest(bench: Bench, database: Database, seconds: float) -> tuple[int, float]:
    """Return the process's memory in bytes, and the share of a core that it used."""
    async with stage(bench, database) as running:
        process = psutil.Process(running.served_by.pid)
        await asyncio.sleep(min(REST_SECONDS, seconds))
        before = process.cpu_times()
        await asyncio.sleep(seconds)
        after = process.cpu_times()
        used = after.user + after.system - before.user - before.system
        return process.memory_info().rss, used / seconds
