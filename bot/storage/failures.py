"""Tells the database's bad moments from our own mistakes, and waits them out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from asyncpg import InterfaceError, PostgresError
from asyncpg.exceptions import InternalClientError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.telemetry.logs import logger

Written = TypeVar("Written")

# The last is what the driver says of a connection that it has heard to end, and not yet taken for ended.
DRIVER_ERRORS = (PostgresError, InterfaceError, InternalClientError)

AFTER_OUTAGE = timedelta(milliseconds=500)

log = logger("database")

# SQLSTATE classes and codes after which the same work may well succeed: connection lost, serialization and
# deadlock, out of resources, shutdown and crash, system error, lock not available, idle transaction ended; a server
# that can only be read, as a standby is until it has taken over.
_PASSING_CLASSES = ("08", "40", "53", "57P", "58")
_TOO_SLOW = "57014"
_IN_USE = "55P03"
_PASSING_CODES = (_IN_USE, "25P03", "25P04", "25006")


def is_passing(error: BaseException) -> bool:
    """Whether an error says that the database could not serve just now, rather than that the work is wrong."""
    if isinstance(error, PoolTimeout | OSError | TimeoutError):
        return True
    if not isinstance(error, (DBAPIError, *DRIVER_ERRORS)):
        return False
    state = state_of(error)
    if state is None:
        return True
    is_invalidated = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_invalidated or state.startswith(_PASSING_CLASSES) or state in _PASSING_CODES


def is_in_use(error: BaseException) -> bool:
    """Whether somebody else held what was wanted for longer than it was waited for."""
    return state_of(error) == _IN_USE


def is_overload(error: BaseException) -> bool:
    """Whether a loop that asks the same small question again and again should just go on: the database can't serve
    just now, or was too slow for once. An event's own work is another matter: it may be too slow each time."""
    if is_passing(error):
        return True
    return state_of(error) == _TOO_SLOW


async def outlast(write: Callable[[], Awaitable[Written]]) -> Written:
    """Commit what is known only here: an outage of the database is waited out. All other errors are raised."""
    while True:
        try:
            return await write()
        except Exception as error:
            if not is_overload(error):
                raise
            log.warning("database_unavailable", error=error)
            await asyncio.sleep(AFTER_OUTAGE.total_seconds())


def state_of(error: BaseException) -> str | None:
    """Return the SQLSTATE of the driver's error, or of the one that SQLAlchemy wrapped."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state: str | None = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state
