"""What every repository stands on: one connection, one hotel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Select
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

# Rows become the records of their repositories, which name and type the columns.
AnySelect = Select[*tuple[Any, ...]]
AnyResult = CursorResult[*tuple[Any, ...]]


class Repository:
    """The statements about one table, inside one unit of work. Row level security holds the tenant; the
    statements name it too, so that the indexes that begin with it are used."""

    def __init__(self, connection: AsyncConnection, hotel_id: UUID) -> None:
        self.connection = connection
        self.hotel_id = hotel_id

    async def _run(self, statement: Executable, values: Any = None) -> AnyResult:
        return await self.connection.execute(statement, values)

    def _own(self, hotel_column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        return hotel_column == self.hotel_id
