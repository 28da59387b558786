"""Who stays: guests, how they are recognised, what they agreed to, and their stays."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Tenant, Timestamps, enum_type, tenant_key
from models.enums import BookingStatus, ConsentPurpose, ConsentState, IdentityKind


class Guest(Base, Tenant, Timestamps):
    """A person who stays or writes. `merged_into` names the guest that this one turned out to be; `known_since` is
    the moment from which every change is on record."""

    __tablename__ = "guests"
    __table_args__ = (
        tenant_key("merged_into", "guests", ondelete="SET NULL"),
        Index("ix_guests_hotel_id_merged_into", "hotel_id", "merged_into"),
        Index("ix_guests_hotel_id_last_interaction", "hotel_id", "last_interaction"),
        Index("ix_guests_hotel_id_name", "hotel_id", text("lower(name)")),
        Index("ix_guests_tags", "tags", postgresql_using="gin"),
    )

    name: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str | None] = mapped_column(String(10))
    preferences: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    last_interaction: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]
    known_since: Mapped[datetime] = mapped_column(server_default=text("now()"))


class GuestIdentity(Base, Tenant):
    """One way to recognise a guest, with the evidence by which it came to this guest."""

    __tablename__ = "guest_identities"
    __table_args__ = (
        tenant_key("guest_id", "guests"),
        UniqueConstraint("hotel_id", "kind", "value"),
        Index("ix_guest_identities_hotel_id_guest_id", "hotel_id", "guest_id"),
    )

    guest_id: Mapped[UUID]
    kind: Mapped[IdentityKind] = mapped_column(enum_type(IdentityKind))
    value: Mapped[str] = mapped_column(String(255))
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class GuestMemory(Base, Timestamps):
    """What is remembered of a guest over stays; at most one row a guest."""

    __tablename__ = "guest_memories"
    __table_args__ = (tenant_key("guest_id", "guests"),)

    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    guest_id: Mapped[UUID] = mapped_column(primary_key=True)
    preferred_room: Mapped[str | None]
    preferred_staff: Mapped[str | None]
    preferred_time: Mapped[str | None]
    preferred_service: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(10))
    allow_notifications: Mapped[bool] = mapped_column(server_default=text("true"))
    ltm_data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class Consent(Base, Tenant):
    """A line of the ledger: the latest line of a purpose (and channel, or all) is what counts."""

    __tablename__ = "consents"
    __table_args__ = (
        tenant_key("guest_id", "guests"),
        Index("ix_consents_hotel_id_guest_id_purpose_at", "hotel_id", "guest_id", "purpose", "at"),
    )

    guest_id: Mapped[UUID]
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_type(ConsentPurpose))
    channel: Mapped[str | None] = mapped_column(String(50))
    state: Mapped[ConsentState] = mapped_column(enum_type(ConsentState))
    source: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Stay(Base, Tenant, Timestamps):
    """A booking and the stay that comes of it. `check_in` and `check_out` are planned, the `…ed_…_at` real;
    `known_since` is the moment from which every change is on record."""

    __tablename__ = "stays"
    __table_args__ = (
        tenant_key("guest_id", "guests"),
        UniqueConstraint("hotel_id", "source", "external_id"),
        Index("ix_stays_hotel_id_guest_id", "hotel_id", "guest_id"),
        Index("ix_stays_hotel_id_external_id", "hotel_id", text("lower(external_id)")),
        Index("ix_stays_hotel_id_check_in", "hotel_id", "check_in"),
        Index("ix_stays_hotel_id_check_out", "hotel_id", "check_out"),
    )

    guest_id: Mapped[UUID]
    external_id: Mapped[str] = mapped_column(String(128))
    source: Mapped[str] = mapped_column(String(64))
    booking_status: Mapped[BookingStatus] = mapped_column(enum_type(BookingStatus))
    room_type: Mapped[str | None] = mapped_column(String(64))
    room_number: Mapped[str | None] = mapped_column(String(32))
    booked_at: Mapped[datetime | None]
    check_in: Mapped[datetime]
    check_out: Mapped[datetime]
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    adults: Mapped[int | None]
    children: Mapped[int | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str | None] = mapped_column(String(3))
    verified_at: Mapped[datetime | None]
    verification_data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    attended: Mapped[bool | None]
    known_since: Mapped[datetime] = mapped_column(server_default=text("now()"))
