"""Two hotels with the same data in every table, told apart only by a mark in every text and by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from models import Base

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TABLES = [table for table in Base.metadata.sorted_tables if table.name != "platforms"]
TENANT_TABLES = [table for table in TABLES if table.name != "companies"]


@dataclass(frozen=True, slots=True)
class Twin:
    """One of the two hotels. `rows` are what it has, one a table, by the table's full name."""

    mark: str
    hotel_id: UUID = field(default_factory=uuid4)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def move_in(self, connection: AsyncConnection) -> None:
        """Add one row to every table, as the hotel that the connection is bound to."""
        for table in TABLES:
            row = self.new_row(table)
            await connection.execute(insert(table).values(row))
            drawn = [column for column in table.columns if column.identity is not None]
            if drawn:
                row |= (await connection.execute(select(*drawn))).one()._mapping
            self.rows[table.fullname] = row

    def new_row(self, table: Table) -> dict[str, Any]:
        """Return a row for a table that refers to this hotel's other rows; database keys are left out."""
        row = {column.name: self._value(table, column) for column in table.columns if column.identity is None}
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table
            for element in constraint.elements:
                # A guest that is nobody else's double; platforms come with the migrations.
                known = self.rows.get(target.fullname, {"id": None if target is table else "telegram"})
                row[element.parent.name] = known.get(element.column.name)
        if "hotel_id" in row:
            row["hotel_id"] = self.hotel_id
        if table.name == "hotels":
            row["id"] = self.hotel_id
        return row

    def traces(self) -> Iterator[str]:
        """What must never be seen by the other hotel: the mark and the ids."""
        yield self.mark
        for row in self.rows.values():
            yield from (str(value) for value in row.values() if isinstance(value, UUID))

    def _value(self, table: Table, column: Column[Any]) -> Any:
        """Return the same value as the twin's for keys that are unique within a hotel, a marked one otherwise."""
        text = "twin" if _is_key_in_hotel(table, column) else f"{self.mark} {table.name} {column.name}"
        match column.type:
            case Enum() as words:
                return next(iter(words.enum_class or ()))
            case String() | Text():
                return text[: column.type.length]
            case ARRAY():
                return [text]
            case JSONB():
                return {"canary": text}
            case LargeBinary():
                return text.encode()
            case Uuid():
                return uuid4()
            case plain:
                return next(value for kind, value in _PLAIN if isinstance(plain, kind))


_PLAIN = (
    (SmallInteger, 1),
    (BigInteger, 7),
    (Integer, 7),
    (Boolean, True),
    (DateTime, NOW),
    (Date, NOW.date()),
    (Interval, timedelta(hours=2)),
    (Numeric, Decimal("0.50")),
)


def unique_keys(table: Table) -> list[list[str]]:
    """Return the columns of every key of a table that stands on plain columns, the primary one first."""
    keys = [list(table.primary_key.columns.keys())]
    keys += [c.columns.keys() for c in table.constraints if isinstance(c, UniqueConstraint)]
    return keys


def _is_key_in_hotel(table: Table, column: Column[Any]) -> bool:
    names = [key for key in unique_keys(table)[1:] if "hotel_id" in key]
    indexes = [index for index in table.indexes if index.unique]
    return any(column.name in key for key in names) or any(
        column.name in str(index.expressions[-1]) for index in indexes
    )
