"""The hot path's statements: prepared once a connection by the driver, without SQLAlchemy's work per statement.

They run on the unit of work's own connection and inside its transaction, so the tenant is bound as for all others.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.telemetry.queries import record_query


async def fetch(connection: AsyncConnection, statement: str, *values: Any) -> list[Any]:
    """Run a statement with `$1 …` and return its rows. Raises the driver's own errors.

    The connection must be in a transaction that SQLAlchemy has begun.
    """
    bound = connection.sync_connection
    assert bound is not None, "an open connection has one"
    started = perf_counter()
    rows: list[Any] | None = None
    try:
        rows = await bound.connection.driver_connection.fetch(statement, *values)  # type: ignore[union-attr]
    finally:
        record_query(bound, statement, perf_counter() - started, len(rows) if rows is not None else None)
    return rows
