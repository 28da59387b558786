"""A street with two hotels, full of twin data, in a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.security.tenancy import begin_bound
from bot.storage.transactions import driver_of
from bot.storage.unit_of_work import Database
from tests import databases
from tests.bot.storage.twins import TABLES, Twin
from tests.databases import TestServer, open_storage

_SWITCH = text("SELECT set_config('app.hotel_id', :hotel_id, true)")
# One line a table: how many rows the bound hotel has there, and what they say.
_EVERYTHING = text(
    " UNION ALL ".join(
        f"SELECT '{table.fullname}', count(*), coalesce(string_agg(row::text, '' ORDER BY row::text), '')"
        f" FROM {table.fullname} AS row"
        for table in TABLES
    )
)


@dataclass(frozen=True, slots=True)
class Street:
    """`mine` is the hotel that attacks, `theirs` the one that must not notice."""

    database: Database
    urls: databases.Database
    mine: Twin
    theirs: Twin
    their_things: list[Any]

    @asynccontextmanager
    async def attack(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction of mine, undone at the end; fails when it changed anything of theirs."""
        async with self.database.app.connect() as connection:
            driver = driver_of(connection)
            await begin_bound(driver, self.mine.hotel_id)
            try:
                yield connection
                assert await everything_of(connection, self.theirs) == self.their_things, (
                    "the other hotel was changed"
                )
            finally:
                await driver.execute("ROLLBACK")


async def everything_of(connection: AsyncConnection, twin: Twin) -> list[Any]:
    """Return all that a hotel sees, in the same transaction."""
    await connection.execute(_SWITCH, {"hotel_id": str(twin.hotel_id)})
    return list((await connection.execute(_EVERYTHING)).all())


@pytest.fixture(scope="session")
async def street(postgres: TestServer, template_database: databases.Database) -> AsyncIterator[Street]:
    """Read it as you like; change it only in transactions that are undone."""
    mine, theirs = Twin("zqmine"), Twin("zqtheirs")
    async with postgres.new_database(template_database) as urls:
        database = open_storage(urls)
        await database.claims.ensure_partitions(date(2026, 11, 1), date(2026, 12, 31))
        for twin in (mine, theirs):
            async with database.unit(twin.hotel_id) as uow:
                await twin.move_in(uow.connection)
        async with database.unit(theirs.hotel_id) as uow:
            their_things = await everything_of(uow.connection, theirs)
        yield Street(database, urls, mine, theirs, their_things)
        await database.close()
