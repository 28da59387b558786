"""What every repository stands on: one connection, one hotel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Executable, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from bot.storage.prepared import fetch, take_turn
from models.base import Base

# Rows become the records of their repositories, which name and type the columns.
AnySelect = Select[*tuple[Any, ...]]
AnyResult = CursorResult[*tuple[Any, ...]]

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


class Repository:
    """The statements about one table, inside one unit of work. Row level security holds the tenant; the
    statements name it too, so that the indexes that begin with it are used."""

    def __init__(self, connection: AsyncConnection, hotel_id: UUID) -> None:
        self.connection = connection
        self.hotel_id = hotel_id

    async def _run(self, statement: Executable, values: Any = None) -> AnyResult:
        await take_turn(self.connection)
        return await self.connection.execute(statement, values)

    async def _fetch(self, statement: str, *values: Any) -> list[Any]:
        """Run one of the hot path's statements: text with `$1 …`, prepared once a connection."""
        return await fetch(self.connection, statement, *values)

    async def _insert(
        self, table: type[Base], rows: Iterable[Mapping[str, Any]], returning: str = "", conflict: str = ""
    ) -> list[Any]:
        """Add rows of this hotel, all with the same columns, by one statement; return what `returning` names."""
        given = [{"hotel_id": self.hotel_id, **row} for row in rows]
        if not given:
            return []
        statement = f"INSERT INTO {_from_records(table, tuple(given[0]))} {conflict}"
        return await self._fetch(f"{statement} RETURNING {returning}" if returning else statement, as_records(given))

    def _own(self, hotel_column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        return hotel_column == self.hotel_id


def as_records(rows: Sequence[Any]) -> str:
    """Return rows, mappings or dataclasses, as one value that `jsonb_to_recordset` takes apart again: one parameter,
    however many rows."""
    return orjson.dumps(rows, default=str).decode()


@cache
def record_type(table: type[Base], names: tuple[str, ...]) -> str:
    """Return the column list of `jsonb_to_recordset` for these columns of a table."""
    columns = table.__table__.columns
    return ", ".join(f'"{name}" {columns[name].type.compile(_DIALECT)}' for name in names)


@cache
def _from_records(table: type[Base], names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    given = f"jsonb_to_recordset($1::jsonb) AS given ({record_type(table, names)})"
    return f'"{table.__tablename__}" ({columns}) {_CHECKING} SELECT {columns} FROM {given} CROSS JOIN checking'


# The server checks each reference of each row by a statement of its own, always by the same index. Planned anew each
# time, as our own statements are, these checks would cost more than all else that an insert does.
_CHECKING = "WITH checking AS MATERIALIZED (SELECT set_config('plan_cache_mode', 'auto', true))"
