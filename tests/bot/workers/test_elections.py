from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot.storage.engine import RUNTIME_ROLE
from bot.storage.unit_of_work import Database
from bot.storage.worker_key import WorkerKey
from bot.workers.elections import Elections
from tests.bot.workers.conftest import end_sessions_with_locks
from tests.databases import Database as Place
from tests.databases import connected


@pytest.fixture
async def here(storage: Database) -> AsyncIterator[Elections]:
    elections = Elections(storage.runtime, WorkerKey.draw())
    yield elections
    await elections.aclose()


@pytest.fixture
async def there(storage: Database) -> AsyncIterator[Elections]:
    elections = Elections(storage.runtime, WorkerKey.draw())
    yield elections
    await elections.aclose()


async def test_elects_one_when_two_want_the_same_account(here: Elections, there: Elections) -> None:
    account, other = uuid4(), uuid4()
    assert await here.take(account)
    assert not await there.take(account)
    assert await there.take(other)


async def test_lets_another_one_read_when_an_account_is_given_back(here: Elections, there: Elections) -> None:
    account, kept = uuid4(), uuid4()
    assert await here.take(account)
    assert await here.take(kept)
    await here.give_back(account)
    assert await there.take(account)
    assert not await there.take(kept)


async def test_gives_the_accounts_back_and_lives_on_when_it_retires(
    here: Elections, there: Elections, storage: Database
) -> None:
    account = uuid4()
    assert await here.take(account)
    await here.retire()
    assert await there.take(account)
    living = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database AND datname = current_database() "
        "WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted"
    )
    async with storage.runtime.connect() as connection:
        assert await connection.scalar(living) == 2


async def test_gives_everything_back_when_it_is_closed(here: Elections, there: Elections) -> None:
    account = uuid4()
    assert await here.take(account)
    await here.aclose()
    assert await there.take(account)
    await there.aclose()
    await there.aclose()


async def test_holds_nothing_when_nothing_was_taken(here: Elections) -> None:
    assert await here.still_holds()
    await here.give_back(uuid4())


async def test_notices_and_starts_anew_when_its_connection_was_lost(
    here: Elections, there: Elections, clean_database: Place
) -> None:
    account = uuid4()
    assert await here.take(account)
    assert await here.still_holds()
    await end_sessions_with_locks(clean_database)
    with capture_logs() as logs:
        assert not await here.still_holds()
    assert [line["event"] for line in logs] == ["elections_lost"]
    assert await there.take(account)
    assert not await here.take(account)


async def test_holds_nothing_when_its_connection_leads_to_a_server_that_can_only_be_read(
    here: Elections, clean_database: Place
) -> None:
    async with connected(clean_database.admin_url) as admin:
        name = await admin.fetchval("SELECT current_database()")
        login = f"ALTER ROLE {RUNTIME_ROLE} IN DATABASE {name}"
        await admin.execute(f"{login} SET default_transaction_read_only = on")
        try:
            assert await here.take(uuid4())
        finally:
            await admin.execute(f"{login} RESET default_transaction_read_only")
    assert not await here.still_holds()
    assert await here.take(uuid4())
    assert await here.still_holds()


async def test_lets_another_one_read_when_the_reader_stands_still(storage: Database, there: Elections) -> None:
    frozen, account = Elections(storage.runtime, WorkerKey.draw(), patience=timedelta(milliseconds=200)), uuid4()
    assert await frozen.take(account)
    assert not frozen.may_be_lost
    async with asyncio.timeout(5):
        while not await there.take(account):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    assert frozen.may_be_lost
    assert not await frozen.still_holds()


async def test_starts_anew_when_another_question_found_the_connection_lost(
    here: Elections, there: Elections, clean_database: Place
) -> None:
    account = uuid4()
    assert await here.take(account)
    await end_sessions_with_locks(clean_database)
    with pytest.raises(DBAPIError):
        await here.take(uuid4())
    assert not await here.still_holds()
    assert await there.take(account)
    assert await here.take(uuid4())
