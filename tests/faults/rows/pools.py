"""Row 22: work is cancelled at random points on pools of one or two connections, and none of these may go missing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.config import load_settings
from bot.database import check_serving, open_database
from bot.storage.unit_of_work import Database
from bot.workers.elections import Elections
from models.base import new_id
from tests.databases import connected
from tests.faults.report import Result
from tests.faults.run import Stage
from tests.faults.town import Size, Town, open_town

SIZES = (1, 2)
HANDS = 4
"""More than there are connections, so that waiting for one is cancelled, too."""
LONGEST = 0.12
"""Seconds after which the latest is cancelled; most much sooner, while they connect, ask or commit."""
TWICE_OF = 4
"""One of so many is cancelled again, while it cleans up."""
PATIENCE = 10.0
CANCELLED, DONE = "cancelled", "done before"

# What the connection before may have left behind.
_LEFTOVERS = text("SELECT coalesce(current_setting('app.hotel_id', true), '') <> ''")
_OURS = """
    SELECT usename, state, count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'bellhop' GROUP BY usename, state
"""
_HALF = """
    SELECT count(*) FROM (
        SELECT FROM dashboard.audits WHERE action = 'tried' GROUP BY correlation_id HAVING count(*) <> 2
    ) AS half
"""

Errand = Callable[[], Awaitable[Any]]


class Tally:
    """Counts what came of the cancelled work, and watches each connection that a pool hands out."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.dirty = 0
        self.missing = 0
        self.left: list[str] = []
        self.loose: Counter[str] = Counter()

    def watch(self, engine: AsyncEngine) -> None:
        event.listen(engine.sync_engine, "checkout", self._look)

    def note_loose(self, _: object, context: dict[str, Any]) -> None:
        """An error that nobody took: asyncpg leaves one where a connection is given up while it is being made."""
        self.loose[type(context.get("exception")).__name__] += 1

    def _look(self, connection: DBAPIConnection, *_: object) -> None:
        self.dirty += connection.driver_connection.is_in_transaction()


async def cancel_at_random(stage: Stage) -> Result:
    """Begin work of every kind and cancel it at any moment."""
    cancels, tally = stage.times(1_500, 20_000), Tally()
    async with (
        stage.server.new_database(stage.template) as database,
        open_town(database, stage.seed, Size(hotels=3, chats=0)) as town,
    ):
        asyncio.get_running_loop().set_exception_handler(tally.note_loose)
        for size in SIZES:
            async with _watched(town, size, tally) as serving:
                await _cancel_many(_errands(town, serving), cancels // len(SIZES), town.random, tally)
                await _look_after(town, serving, tally)
        async with connected(database.admin_url) as connection:
            half = await connection.fetchval(_HALF)
            tally.left += [f"after closing: {row['usename']}" for row in await connection.fetch(_OURS)]
    told = ", ".join(f"{count} {end}" for end, count in tally.ends.most_common())
    result = Result(f"{tally.ends.total()} pieces of work on pools of {' and '.join(map(str, SIZES))}: {told}")
    result.figures.append(f"dirty checkouts {tally.dirty}, leaked connections {tally.missing + len(tally.left)}")
    result.figures.append(f"transactions committed by half {half}, errors that nobody took {dict(tally.loose)}")
    result.demand(tally.ends[CANCELLED] >= cancels // 5, "hardly any work was cancelled before it was over")
    strange = [end for end in tally.ends if end not in (CANCELLED, DONE)]
    result.demand(not strange, f"cancelled work {', '.join(strange)}")
    result.demand(not tally.dirty, f"{tally.dirty} dirty checkouts")
    result.demand(not tally.missing, f"{tally.missing} connections never came back to their pool")
    result.demand(not tally.left, f"left at the server: {'; '.join(tally.left)}")
    result.demand(not half, f"{half} transactions were committed by half")
    return result


@asynccontextmanager
async def _watched(town: Town, size: int, tally: Tally) -> AsyncIterator[Database]:
    settings = load_settings(town.environ(BELLHOP_DATABASE_POOL_SIZE=str(size)))
    async with open_database(settings, town.logins()) as database:
        for engine in (database.app, database.runtime):
            tally.watch(engine)
        await check_serving(database)
        yield database


def _errands(town: Town, database: Database) -> Sequence[Errand]:
    """Return work as the house does it: reading, writing, claiming, electing."""

    def hotel() -> UUID:
        return town.random.choice(town.hotels).id

    async def read() -> None:
        async with database.unit(hotel()) as uow:
            await uow.hotels.get()
            await uow.triggers.all()

    async def write() -> None:
        mark = new_id().hex
        async with database.unit(hotel()) as uow:
            for part in ("first", "second"):
                await uow.audits.add("tried", part, town.clock.now(), correlation_id=mark)

    async def fail() -> None:
        with suppress(DBAPIError):
            async with database.unit(hotel()) as uow:
                await uow.connection.execute(text("SELECT 1 / 0"))

    async def claim() -> None:
        await database.claims.claim_chats(10)
        await database.claims.claim_outbox(town.clock.now(), 10)

    async def elect() -> None:
        elections = Elections(database.runtime, database.claims.worker)
        try:
            await elections.take(hotel())
            await elections.still_holds()
        finally:
            await elections.aclose()

    return read, write, fail, claim, elect


async def _cancel_many(errands: Sequence[Errand], times: int, random: Random, tally: Tally) -> None:
    async def cancel_some() -> None:
        for _ in range(times // HANDS):
            tally.ends[await _cancelled(random.choice(errands), random)] += 1

    await asyncio.gather(*(cancel_some() for _ in range(HANDS)))


async def _cancelled(errand: Errand, random: Random) -> str:
    """Do some work, cancel it, perhaps twice, and return how it ended."""
    working = asyncio.ensure_future(errand())
    await asyncio.sleep(LONGEST * random.random() ** 3)
    working.cancel()
    if not random.randrange(TWICE_OF):
        await asyncio.sleep(0)
        working.cancel()
    try:
        await working
    except asyncio.CancelledError:
        return CANCELLED
    except Exception as error:
        return f"ended by {type(error).__name__}"
    return DONE


async def _look_after(town: Town, database: Database, tally: Tally) -> None:
    """Count what is missing from the pools, and what the server holds beyond them."""
    most = 0
    for engine in (database.app, database.runtime):
        pool = _pool_of(engine)
        tally.missing += pool.checkedout()
        most += pool.size()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(_use(engine, tally) for _ in range(pool.size())))
    async with connected(town.database.admin_url) as connection:
        rows: list[asyncpg.Record] = await connection.fetch(_OURS)
    if sum(row["count"] for row in rows) > most or any(row["state"] != "idle" for row in rows):
        tally.left += [f"{row['count']} {row['state']} of {row['usename']}" for row in rows]


def _pool_of(engine: AsyncEngine) -> AsyncAdaptedQueuePool:
    pool = engine.pool
    assert isinstance(pool, AsyncAdaptedQueuePool), "what open_database makes"
    return pool


async def _use(engine: AsyncEngine, tally: Tally) -> None:
    async with engine.connect() as connection:
        tally.dirty += (await connection.execute(_LEFTOVERS)).scalar_one()
