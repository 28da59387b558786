"""Times every statement of an engine, logs slow ones without their values, and watches the pool."""

from __future__ import annotations

import logging
import re
import weakref
from datetime import timedelta
from functools import lru_cache
from time import perf_counter
from typing import Any, NamedTuple

from prometheus_client import Histogram
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from bot.telemetry.logs import is_told, logger
from bot.telemetry.metrics import pool_in_use, pool_size, query_seconds, slow_queries

_OPERATIONS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_TABLE = re.compile(
    r"\b(?:FROM|INTO|UPDATE)\s{1,20}(?:ONLY\s{1,20})?\"?([A-Za-z_][A-Za-z0-9_.]{0,127})", re.IGNORECASE
)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_LONGEST_STATEMENT = 1_500
_STARTED = "bellhop_query_started"
_SLOW = "bellhop_slow_query"

_log = logger("database")


def watch_queries(engine: AsyncEngine, slow: timedelta, pool: str = "app") -> None:
    """Feed the metrics from this engine and log statements that take `slow` or longer, at debug level all of them."""

    def connect(_: Any, connection: ConnectionPoolEntry) -> None:
        connection.info[_SLOW] = slow

    def start(connection: Connection, *_: Any) -> None:
        connection.info[_STARTED] = perf_counter()

    def finish(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        _finish(connection, statement, cursor.rowcount)

    def fail(context: ExceptionContext) -> None:
        if context.connection is not None and context.statement is not None:
            _finish(context.connection, context.statement, None)

    event.listen(engine.sync_engine, "connect", connect)
    event.listen(engine.sync_engine, "before_cursor_execute", start)
    event.listen(engine.sync_engine, "after_cursor_execute", finish)
    event.listen(engine.sync_engine, "handle_error", fail)
    _watch_pool(engine.sync_engine, pool)


def operation_of(statement: str) -> str:
    """Return SELECT, INSERT, UPDATE, DELETE or OTHER."""
    word = statement.lstrip()[:6].upper()
    return word if word in _OPERATIONS else "OTHER"


def table_of(statement: str) -> str | None:
    """Guess the statement's first table."""
    found = _TABLE.search(statement[:_LONGEST_STATEMENT])
    return found[1] if found else None


def _finish(connection: Connection, statement: str, rows: int | None) -> None:
    started = connection.info.pop(_STARTED, None)
    if started is not None:
        record_query(connection, statement, perf_counter() - started, rows)


def record_query(connection: Connection, statement: str, seconds: float, rows: int | None) -> None:
    """Count and log a statement of a watched connection; `rows` is None for one that failed."""
    slow: timedelta | None = connection.info.get(_SLOW)
    if slow is None:
        return
    told = _told(statement)
    told.seconds.observe(seconds)
    is_slow = seconds >= slow.total_seconds()
    if is_slow:
        slow_queries.labels(told.operation).inc()
    elif not is_told(logging.DEBUG):
        return
    tell, name = (_log.warning, "slow_query") if is_slow else (_log.debug, "query_done")
    tell(
        name,
        operation=told.operation,
        table=told.table,
        query_time_ms=round(seconds * 1_000, 3),
        rows_affected=rows,
        sql=told.sql,
    )


class _Told(NamedTuple):
    """What may be told of a statement, and where its seconds are counted."""

    operation: str
    table: str | None
    sql: str
    seconds: Histogram


@lru_cache(maxsize=1_000)
def _told(statement: str) -> _Told:
    """There are few statements, each run very often."""
    operation, sql = operation_of(statement), _LITERAL.sub("'…'", statement[:_LONGEST_STATEMENT])
    return _Told(operation, table_of(statement), sql, query_seconds.labels(operation))


def _watch_pool(engine: Engine, name: str) -> None:
    reference = weakref.ref(engine)

    def checked_out() -> float:
        watched = reference()
        return watched.pool.checkedout() if watched is not None and isinstance(watched.pool, QueuePool) else 0

    def size() -> float:
        watched = reference()
        return watched.pool.size() if watched is not None and isinstance(watched.pool, QueuePool) else 0

    pool_in_use.labels(name).set_function(checked_out)
    pool_size.labels(name).set_function(size)
