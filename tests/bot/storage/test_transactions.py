"""How a unit of work ends: committed, or not at all; and what its connection is good for afterwards."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from asyncpg import InFailedSQLTransactionError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.storage.failures import DRIVER_ERRORS, is_passing
from bot.storage.transactions import driver_of
from bot.storage.unit_of_work import Database as Storage
from bot.storage.unit_of_work import UnitOfWork
from tests.bot.storage.houses import House
from tests.databases import Database, connected, open_storage

_SOMEBODY_WAITS = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
    )
"""


@pytest.fixture
async def house(storage: Storage) -> House:
    return await House(storage).build()


async def _name(house: House) -> str:
    async with house.database.unit(house.hotel_id) as uow:
        return (await uow.hotels.get()).name


async def _rename(uow: UnitOfWork) -> None:
    await uow.connection.execute(text("UPDATE hotels SET name = 'Renamed'"))


async def test_says_so_when_a_statement_had_failed_and_nobody_minded(house: House) -> None:
    async def work() -> None:
        async with house.database.unit(house.hotel_id) as uow:
            await _rename(uow)
            with suppress(DBAPIError):
                await uow.connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(InFailedSQLTransactionError) as refused:
        await work()
    assert not is_passing(refused.value), "the next time it would fail, too"
    assert await _name(house) == "Adler"


async def test_keeps_the_rest_when_a_part_was_undone(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        undone = await uow.connection.begin_nested()
        await _rename(uow)
        await undone.rollback()
        async with uow.connection.begin_nested():
            await uow.hotels.get()
    assert await _name(house) == "Adler"


async def test_a_new_connection_serves_when_one_ended_in_the_midst_of_a_unit(new_database: Database) -> None:
    storage = open_storage(new_database, pool_size=1)
    house = await House(storage).build()

    async def work() -> None:
        async with storage.unit(house.hotel_id) as uow, connected(new_database.admin_url) as admin:
            await _rename(uow)
            await admin.execute("SELECT pg_terminate_backend($1)", driver_of(uow.connection).get_server_pid())
            await uow.hotels.get()

    with pytest.raises((*DRIVER_ERRORS, OSError)) as lost:
        await work()
    assert is_passing(lost.value)
    assert await _name(house) == "Adler"
    await storage.close()


@pytest.mark.parametrize("failure", [None, ZeroDivisionError()], ids=["it commits", "it is undone"])
async def test_the_connection_serves_the_next_hotel_when_work_is_cancelled_while(
    new_database: Database, failure: Exception | None
) -> None:
    storage = open_storage(new_database, pool_size=1)
    house, next_house = await House(storage).build(), await House(storage).build()

    async def work() -> None:
        async with storage.unit(house.hotel_id) as uow:
            await _rename(uow)
            asyncio.get_running_loop().call_soon(task.cancel)
            if failure is not None:
                raise failure

    task = asyncio.create_task(work())
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(outcome, asyncio.CancelledError)
    async with storage.app.connect() as connection:
        bound = await connection.execute(text("SELECT current_setting('app.hotel_id', true)"))
        assert bound.scalar_one() in (None, "")
    assert await _name(next_house) == "Adler"
    await storage.close()


async def test_the_next_claim_waits_for_nothing_when_one_was_cancelled(new_database: Database) -> None:
    storage = open_storage(new_database, pool_size=1)
    url = new_database.admin_url
    async with connected(url) as watching, connected(url) as admin, admin.transaction():
        await admin.execute("LOCK TABLE hotels")
        task = asyncio.create_task(storage.claims.hotels())
        while not await watching.fetchval(_SOMEBODY_WAITS):
            assert not task.done()
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError)
        async with asyncio.timeout(1):
            await storage.claims.database_time()
    await storage.close()
