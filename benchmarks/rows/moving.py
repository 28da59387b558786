"""Moving: an admin moves one stay in a hotel with very many planned messages."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

from benchmarks.bench import Bench, Unsound
from benchmarks.figures import Figure, percentile
from benchmarks.seeding import WORDS, Shape, open_hotels, opened
from benchmarks.server import Database
from bot.clock import SystemClock
from bot.notifications import Desk
from bot.storage.unit_of_work import Database as House
from bot.texts import Texts
from models.base import new_id
from models.enums import TriggerType
from triggers.engine import Engine
from triggers.happenings import StayChange

MOVES = 200
BY = timedelta(hours=1)

# As the engine plans an offset of up to a day: what it finds is right, and moves with its stay.
_PLANNED = """
    INSERT INTO trigger_firings (hotel_id, id, trigger_id, subject, occurrence, guest_id, stay_id, due_at,
                                 useful_until, correlation_id, planned_at)
    SELECT hotel_id, gen_random_uuid(), trigger_id, id, 'checkout', guest_id, id, due_at,
           due_at + interval '12 hours', 'benchmark', now()
    FROM (
        SELECT s.*, t.id AS trigger_id,
               s.check_out - (t.conditions ->> 'hours_before_checkout')::int * interval '1 hour' AS due_at
        FROM stays AS s
        JOIN triggers AS t ON t.hotel_id = s.hotel_id AND t.conditions ? 'hours_before_checkout'
    ) AS planned
"""
_SOME = "SELECT id FROM stays ORDER BY md5(id::text) LIMIT $1"


async def moving(bench: Bench) -> None:
    """Move some stays, one after the other, each with all that is planned for it."""
    stays, rules = bench.scale.stays, bench.scale.idle_firings // bench.scale.stays
    async with bench.server.database() as database:
        (hotel,) = await open_hotels(database, Shape(1, 1, stays))
        async with opened(database) as house:
            chosen = await _plan(database, house, hotel.hotel_id, rules)
            took = [await _move(house, hotel.hotel_id, stay_id, rules) for stay_id in chosen]
    told = f"moving one stay with {rules} messages among {stays * rules:,} planned"
    for share in (50, 99):
        value = 1000 * percentile(took, share / 100)
        bench.record(Figure(f"moving.p{share}", f"{told}, p{share}", value, "ms"))


async def _plan(database: Database, house: House, hotel_id: UUID, rules: int) -> list[UUID]:
    """Give every stay a message of each of so many triggers; return some of the stays."""
    async with house.unit(hotel_id) as uow:
        for hours in range(1, rules + 1):
            conditions = {"hours_before_checkout": hours}
            await uow.triggers.add(f"{hours} hours before", TriggerType.time_based, conditions, WORDS)
    async with database.connection() as connection:
        await connection.execute(_PLANNED)
        chosen = [row["id"] for row in await connection.fetch(_SOME, MOVES)]
    await database.settle()
    return chosen


async def _move(house: House, hotel_id: UUID, stay_id: UUID, rules: int) -> float:
    """Let a guest leave later; return how long it took, committed, and with the plan made right."""
    clock = SystemClock()
    engine = Engine(clock, Desk(Texts(), clock))
    began = time.perf_counter()
    async with house.unit(hotel_id) as uow:
        before = await uow.stays.get(stay_id)
        assert before is not None, "it was just found"
        await uow.stays.update(stay_id, check_out=before.check_out + BY)
        after = await uow.stays.get(stay_id)
        assert after is not None, "it was just changed"
        diff = await engine.take_changes(uow, [StayChange(before, after)], new_id().hex)
    took = time.perf_counter() - began
    if diff.moved != rules:
        raise Unsound(f"{diff.moved} of {rules} messages were moved")
    return took
