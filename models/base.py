"""The ground every table stands on: naming, column types, ids and the tenant key."""

from __future__ import annotations

import os
import time
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Enum, ForeignKey, ForeignKeyConstraint, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562): sorts by the millisecond it was made in."""
    bits = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62)


def enum_type(values: type[StrEnum]) -> Enum:
    """Return a text column type with a CHECK of the enum's values: a new value needs no type migration."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=values.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Declarative base. Relationships are not used: repositories say what they read."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain class attribute
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: ARRAY(Text),
        str: Text,
        UUID: Uuid,
    }


class Timestamps:
    """When the row was made and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=91)


class Tenant:
    """A row of one hotel. The tenant leads the primary key, so every reference to it carries the hotel."""

    hotel_id: Mapped[UUID] = mapped_column(
        ForeignKey("hotels.id", ondelete="CASCADE"), primary_key=True, sort_order=-20
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-19)


def tenant_key(column: str, target: str, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """Return the composite foreign key `(hotel_id, column) → target (hotel_id, id)`.

    With `ondelete="SET NULL"` only `column` is cleared, since the row keeps its hotel.
    """
    action = f"SET NULL ({column})" if ondelete == "SET NULL" else ondelete
    return ForeignKeyConstraint(["hotel_id", column], [f"{target}.hotel_id", f"{target}.id"], ondelete=action)
