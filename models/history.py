"""What stays and guests were before: one line for each change, written by the database itself.

Only what a trigger may ask of the past is kept, and no names or phones. A line leaves with whom it is about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, tenant_key


class _Change:
    """Who changed what and when; `old` and `new` hold the columns that differ. `actor` is empty for guests
    themselves."""

    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    actor: Mapped[str | None] = mapped_column(String(64))
    old: Mapped[dict[str, Any]]
    new: Mapped[dict[str, Any]]


class StayChange(_Change, Base):
    """A stay that became another."""

    __tablename__ = "stay_changes"
    __table_args__ = (
        tenant_key("stay_id", "stays"),
        Index("ix_stay_changes_hotel_id_stay_id", "hotel_id", "stay_id"),
        Index("ix_stay_changes_hotel_id_at", "hotel_id", "at"),
    )

    stay_id: Mapped[UUID]


class GuestChange(_Change, Base):
    """A guest who became known otherwise."""

    __tablename__ = "guest_changes"
    __table_args__ = (
        tenant_key("guest_id", "guests"),
        Index("ix_guest_changes_hotel_id_guest_id", "hotel_id", "guest_id"),
        Index("ix_guest_changes_hotel_id_at", "hotel_id", "at"),
    )

    guest_id: Mapped[UUID]
