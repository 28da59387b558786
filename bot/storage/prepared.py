"""The hot path's statements: prepared once a connection by the driver, without SQLAlchemy's work per statement.

Those of a unit of work run on its own connection and inside its transaction: the tenant is bound as for all others.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.transactions import driver_of
from bot.telemetry.queries import record_query

async def fetch(connection: AsyncConnection, statement: str, *values: Any) -> list[Any]:
    """Run a statement with `$1 …` and return its rows. Raises the driver's own errors."""
    bound = _bound(connection)
    started = perf_counter()
    rows: list[Any] | None = None
    try:
        rows = await driver_of(connection).fetch(statement, *values)
    finally:
        record_query(bound, statement, perf_counter() - started, len(rows) if rows is not None else None)
    return rows


def _bound(connection: AsyncConnection) -> Connection:
    bound = connection.sync_connection
    assert bound is not None, "an open connection has one"
    return bound
