"""Trying: an admin asks what a trigger would have done in the last 90 days."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench import Bench, Unsound
from benchmarks.figures import Figure
from benchmarks.seeding import Shape, open_hotels, opened
from triggers.trying import try_out

# A hotel of this row has so many times fewer stays than that of the row of planning.
SMALLER = 10
PAST_SQL = (Path(__file__).parents[1] / "sql" / "past.sql").read_text()


async def trying(bench: Bench) -> None:
    """Play the past of a whole hotel again with the rule that looks at every stay."""
    stays = bench.scale.stays // SMALLER
    async with bench.server.database() as database:
        (hotel,) = await open_hotels(database, Shape(1, 1, stays))
        async with database.connection() as connection:
            await connection.execute(PAST_SQL)
        await database.settle()
        async with opened(database) as house, house.unit(hotel.hotel_id) as uow:
            trigger = (await uow.triggers.all())[0]
            began = time.perf_counter()
            tried = await try_out(uow, await uow.hotels.get(), trigger, datetime.now(UTC))
            took = time.perf_counter() - began
    if tried.sent.total() != stays:
        raise Unsound(f"{tried.sent.total()} of {stays} messages would have gone")
    bench.record(Figure("trying.seconds", f"trying one trigger on 90 days of {stays:,} stays", took, "s"))
