"""Hears every statement that the house runs, and asks the database how it would find what each is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import Pool

from tests.databases import connected

_PLANNED = re.compile(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


@dataclass(slots=True)
class Heard:
    """Statements with the values that they first had, by the login that ran them."""

    statements: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)

    def note(self, login: str, statement: str, values: tuple[Any, ...]) -> None:
        if _PLANNED.match(statement):
            self.statements.setdefault((login, statement), values)


@contextmanager
def hearing() -> Iterator[Heard]:
    """Hear, while inside, what all engines run: by SQLAlchemy, and past it by the driver."""
    heard = Heard()

    def listen_to_driver(connection: Any, _: Any) -> None:
        connection.driver_connection.add_query_logger(
            lambda query: heard.note(query.conn_params.user, query.query, query.args)
        )

    def run(connection: Connection, _cursor: Any, statement: str, values: tuple[Any, ...], *_: Any) -> None:
        heard.note(str(connection.engine.url.username), statement, values)

    event.listen(Pool, "connect", listen_to_driver)
    event.listen(Engine, "before_cursor_execute", run)
    try:
        yield heard
    finally:
        event.remove(Pool, "connect", listen_to_driver)
        event.remove(Engine, "before_cursor_execute", run)


async def read_whole(urls: Mapping[str, str], heard: Heard, hotel_id: UUID, grown: set[str]) -> dict[str, set[str]]:
    """Return the statements for which the database would read one of these tables from end to end, and which."""
    found: dict[str, set[str]] = {}
    for login, url in urls.items():
        async with connected(url) as connection, connection.transaction():
            await connection.execute("SELECT set_config('app.hotel_id', $1, true)", str(hotel_id))
            await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            for (by, statement), values in heard.statements.items():
                if by == login and (tables := grown & await _read_whole(connection, statement, values)):
                    found[statement] = tables
    return found


async def opened(url: str, heard: Heard, hotel_id: UUID, beginning: str, what: str = "Relation Name") -> set[str]:
    """Return the tables, and months of tables, that the statements which begin so touch for the values they had; the
    indexes, where `what` is "Index Name"."""
    found: set[str] = set()
    async with connected(url) as connection, connection.transaction():
        await connection.execute("SELECT set_config('app.hotel_id', $1, true)", str(hotel_id))
        for (_, statement), values in heard.statements.items():
            if statement.strip().startswith(beginning):
                plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values)
                found |= set(_named(orjson.loads(plan)[0]["Plan"], what))
    return found


async def _read_whole(connection: asyncpg.Connection, statement: str, values: tuple[Any, ...]) -> set[str]:
    """Look at the plan for these values, and at the one for any that a prepared statement comes to."""
    explain = "EXPLAIN (FORMAT JSON)"
    plans = [await connection.fetchval(f"{explain} {statement}", *values)]
    await connection.execute(f"PREPARE explained AS {statement}")
    nulls = f"({', '.join(['NULL'] * len(values))})" if values else ""
    plans.append(await connection.fetchval(f"{explain} EXECUTE explained{nulls}"))
    await connection.execute("DEALLOCATE explained")
    return {table for plan in plans for table in _scanned(orjson.loads(plan)[0]["Plan"])}


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from _scanned(child)


def _named(node: dict[str, Any], what: str) -> Iterator[str]:
    if name := node.get(what):
        yield name
    for child in node.get("Plans", ()):
        yield from _named(child, what)
