"""Transactions on a pooled connection, begun and ended by the driver, in fewer turns than SQLAlchemy takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from asyncpg import Connection, InFailedSQLTransactionError
from sqlalchemy import text
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.failures import DRIVER_ERRORS

_ANYTHING = text("SELECT 1")


def sync_of(connection: AsyncConnection) -> SyncConnection:
    """Return what SQLAlchemy keeps of an open connection."""
    bound = connection.sync_connection
    assert bound is not None, "an open connection has one"
    return bound


def driver_of(connection: AsyncConnection) -> Connection:
    """Return the driver's own connection of an open one."""
    driver = sync_of(connection).connection.driver_connection
    assert isinstance(driver, Connection), "the engines are asyncpg's"
    return driver


@asynccontextmanager
async def transaction(
    connection: AsyncConnection, begin: Callable[[Connection], Awaitable[None]]
) -> AsyncIterator[None]:
    """Run what is inside in the transaction that `begin` begins: committed at the end, rolled back by an exception.

    A connection of which nobody knows how it was left is closed. Raises the driver's own errors.
    """
    driver = driver_of(connection)
    try:
        await begin(driver)
        yield
        await _commit(driver)
    except BaseException:
        await _roll_back(connection, driver)
        raise


async def _commit(driver: Connection) -> None:
    # To a transaction in which a statement failed, and nobody minded, the server says that it was rolled back.
    if await driver.execute("COMMIT") != "COMMIT":
        raise InFailedSQLTransactionError("a statement of the transaction had failed before its commit")


async def _roll_back(connection: AsyncConnection, driver: Connection) -> None:
    is_clean = False
    try:
        with suppress(*DRIVER_ERRORS, OSError, TimeoutError):
            await driver.execute("ROLLBACK")
            is_clean = True
    finally:
        if not is_clean:
            driver.terminate()
    await look_for_end(connection)


async def look_for_end(connection: AsyncConnection) -> None:
    """Let SQLAlchemy find out by itself that a connection has ended, so that its pool asks no other of that age."""
    if not connection.invalidated and driver_of(connection).is_closed():
        with suppress(DBAPIError):
            await connection.execute(_ANYTHING)
