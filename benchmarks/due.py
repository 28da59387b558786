"""Firings that fall due: planned by sets, and watched from outside as what they leave is committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from benchmarks.bench import Bench, Unsound
from benchmarks.seeding import PLANNED_BY_SETS, Shape, open_hotels
from benchmarks.server import Database

BEFORE_SECONDS = 4.0
"""Between planning and the moment: time for everything to have seen the plan."""
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 900.0
PLANNED_TIMES = 10

_LATER = """
    INSERT INTO trigger_firings (hotel_id, id, trigger_id, subject, occurrence, guest_id, stay_id, due_at,
                                 useful_until, correlation_id, planned_at)
    SELECT s.hotel_id, gen_random_uuid(), $2, s.id, 'later ' || n, s.guest_id, s.id, now() + interval '30 days',
           now() + interval '31 days', 'benchmark', now()
    FROM stays AS s CROSS JOIN generate_series(1, $3) AS n WHERE s.hotel_id = $1
"""
_DUE = """
    INSERT INTO trigger_firings (hotel_id, id, trigger_id, subject, occurrence, guest_id, stay_id, due_at,
                                 useful_until, correlation_id, planned_at)
    SELECT hotel_id, gen_random_uuid(), $2, id, $3::timestamptz::text, guest_id, id, $3,
           $3 + interval '12 hours', 'benchmark', now()
    FROM stays WHERE hotel_id = $1 ORDER BY id LIMIT $4
"""
# Counted, not followed by id: rows of several writers are committed in another order than their ids were drawn.
_LEFT = "SELECT count(*) FROM outbox WHERE purpose = 'trigger' AND created_at >= $1"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A hotel with guests who can be written to, and a trigger that is planned for them."""

    database: Database
    hotel_id: UUID
    trigger_id: UUID

    async def plan(self, number: int) -> datetime:
        """Plan so many firings for one moment soon; return it."""
        moment = datetime.now(UTC) + timedelta(seconds=BEFORE_SECONDS)
        async with self.database.connection() as connection:
            await connection.execute(_DUE, self.hotel_id, self.trigger_id, moment, number)
        return moment

    async def watch(self, moment: datetime, number: int) -> list[float]:
        """Return how late each of the messages was there, as somebody else sees it, committed.

        The look itself comes every 20 ms, so that nothing is told to be earlier than it was.
        """
        lateness: list[float] = []
        async with self.database.connection() as connection:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while len(lateness) < number and time.monotonic() < deadline:
                left = await connection.fetchval(_LEFT, moment)
                late = (datetime.now(UTC) - moment).total_seconds()
                lateness += [late] * (left - len(lateness))
                await asyncio.sleep(LOOK_SECONDS)
        if len(lateness) != number or min(lateness) < 0:
            raise Unsound(
                f"{len(lateness)} of {number} messages left, the first {min(lateness, default=0):.3f} s late"
            )
        return lateness


@asynccontextmanager
async def ledger(bench: Bench) -> AsyncIterator[Ledger]:
    """Make a hotel with as many guests as firings fall due at once, and nine times as many planned for later."""
    async with bench.server.database() as database:
        (hotel,) = await open_hotels(database, Shape(1, 1, bench.scale.due))
        async with database.connection() as connection:
            trigger_id = await connection.fetchval("SELECT id FROM triggers WHERE name = $1", PLANNED_BY_SETS)
            await connection.execute(_LATER, hotel.hotel_id, trigger_id, PLANNED_TIMES - 1)
        await database.settle()
        yield Ledger(database, hotel.hotel_id, trigger_id)
