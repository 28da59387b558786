"""What commands share: a database to work in, and the hotels in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click
from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError

from bot.cli.settings import read_settings
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.database import check_serving, database_logins, open_database, prepare_database
from bot.errors import RejectedInput
from bot.storage.failures import state_of
from bot.storage.unit_of_work import Database

Result = TypeVar("Result")

# The class of SQLSTATEs for values that don't fit where they are to be kept.
DATA_EXCEPTION = "22"


hotel_option = click.option("--hotel", "slug", required=True, help="The hotel's slug.")


def with_database(work: Callable[[Settings, Database, Clock], Awaitable[Result]]) -> Result:
    """Do something with the migrated database, whether or not the house is running."""
    settings = read_settings()
    with database_logins(settings) as logins:

        async def run() -> Result:
            await prepare_database(logins, settings)
            async with open_database(settings, logins) as database:
                await check_serving(database)
                try:
                    return await work(settings, database, SystemClock())
                except (DBAPIError, PostgresError) as error:
                    if not (state_of(error) or "").startswith(DATA_EXCEPTION):
                        raise
                    raise RejectedInput("something is too long to be kept: shorten it and try again") from None

        return asyncio.run(run())


async def hotel_called(database: Database, slug: str) -> UUID:
    """Return the hotel's id. Raises RejectedInput that names the known ones."""
    hotels = await database.claims.hotels()
    if slug not in hotels:
        known = ", ".join(sorted(hotels)) or "none yet; add one with `python -m bot hotel add`"
        raise RejectedInput(f"--hotel {slug}: there is no such hotel; known: {known}")
    return hotels[slug]
