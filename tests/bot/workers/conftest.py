"""A database with both serving logins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.storage.unit_of_work import Database
from tests.databases import Database as Place
from tests.databases import connected, open_storage

PATIENCE_SECONDS = 10


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    """Return when `look` says yes. Raises TimeoutError when it never does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await look():  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.01)


async def end_sessions_with_locks(database: Place) -> None:
    """End them as a restart of the server would."""
    async with connected(database.admin_url) as admin:
        await admin.execute(
            "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND d.datname = current_database()"
        )


@pytest.fixture
async def storage(clean_database: Place) -> AsyncIterator[Database]:
    """Logins of the test's own: workers hold locks of a session, and tests end sessions."""
    database = open_storage(clean_database)
    yield database
    await database.close()
