"""A database with both serving logins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database
from tests.databases import Database as Place

PATIENCE_SECONDS = 10


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    """Return when `look` says yes. Raises TimeoutError when it never does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await look():  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.01)


def open_storage(database: Place) -> Database:
    """Return the serving logins; whoever opens them closes them."""
    return Database(*(make_engine(url, 3, timedelta(seconds=5)) for url in (database.app_url, database.runtime_url)))


@pytest.fixture
async def storage(clean_database: Place) -> AsyncIterator[Database]:
    database = open_storage(clean_database)
    yield database
    await database.close()
