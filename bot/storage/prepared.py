"""The hot path's statements: prepared once a connection by the driver, without SQLAlchemy's work per statement.

Those of a unit of work run on its own connection and inside its transaction: the tenant is bound as for all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.precedence import Turn
from bot.storage.transactions import driver_of, sync_of
from bot.telemetry.queries import record_query

_TURN = "bellhop_turn"


@contextmanager
def take_turns(connection: AsyncConnection, turn: Turn) -> Iterator[None]:
    """Let each statement of this connection wait for its turn while inside."""
    info = sync_of(connection).info
    info[_TURN] = turn
    try:
        yield
    finally:
        info.pop(_TURN, None)


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until the next statement of this connection may run."""
    turn: Turn | None = sync_of(connection).info.get(_TURN)
    if turn is not None:
        await turn.take()


async def fetch(connection: AsyncConnection, statement: str, *values: Any) -> list[Any]:
    """Run a statement with `$1 …` and return its rows. Raises the driver's own errors."""
    await take_turn(connection)
    bound = sync_of(connection)
    started = perf_counter()
    rows: list[Any] | None = None
    try:
        rows = await driver_of(connection).fetch(statement, *values)
    finally:
        record_query(bound, statement, perf_counter() - started, len(rows) if rows is not None else None)
    return rows
