"""The hotel's own rules, and every time one of them was or will be looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Interval, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Tenant, Timestamps, enum_type, tenant_key
from models.enums import CatchUp, ConsentPurpose, FiringStatus, OncePer, TriggerType


class TriggerRow(Base, Tenant, Timestamps):
    """A rule as its admin wrote it. A deleted one stays, so that the ledger can still name it."""

    __tablename__ = "triggers"
    __table_args__ = (
        UniqueConstraint("hotel_id", "number"),
        Index(
            "uq_triggers_hotel_id_name",
            "hotel_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_triggers_conditions", "conditions", postgresql_using="gin"),
    )

    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    trigger_type: Mapped[TriggerType] = mapped_column(enum_type(TriggerType))
    conditions: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    message_template: Mapped[str]
    translations: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    actions: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    priority: Mapped[int] = mapped_column(server_default=text("1"))
    once_per: Mapped[OncePer] = mapped_column(enum_type(OncePer), server_default="stay")
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_type(ConsentPurpose), server_default="service")
    useful_for: Mapped[timedelta | None] = mapped_column(Interval)
    cooldown: Mapped[timedelta | None] = mapped_column(Interval)
    catch_up: Mapped[CatchUp] = mapped_column(enum_type(CatchUp), server_default="send")
    channels: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    deleted_at: Mapped[datetime | None]


class TriggerFiring(Base, Tenant):
    """One planned, done or refused firing: unique per trigger, subject (stay or guest) and occurrence. `done` are the
    actions beside the message that were done for it."""

    __tablename__ = "trigger_firings"
    __table_args__ = (
        tenant_key("trigger_id", "triggers"),
        tenant_key("guest_id", "guests"),
        tenant_key("stay_id", "stays"),
        UniqueConstraint("hotel_id", "trigger_id", "subject", "occurrence"),
        Index("ix_trigger_firings_due", "due_at", postgresql_where=text("status IN ('scheduled', 'postponed')")),
        Index("ix_trigger_firings_hotel_id_guest_id", "hotel_id", "guest_id"),
        Index("ix_trigger_firings_hotel_id_stay_id", "hotel_id", "stay_id"),
    )

    trigger_id: Mapped[UUID]
    subject: Mapped[UUID]
    occurrence: Mapped[str] = mapped_column(String(128))
    guest_id: Mapped[UUID]
    stay_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    useful_until: Mapped[datetime]
    status: Mapped[FiringStatus] = mapped_column(enum_type(FiringStatus), server_default="scheduled")
    reason: Mapped[str | None] = mapped_column(String(64))
    event: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    verdict: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    done: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    correlation_id: Mapped[str] = mapped_column(String(64))
    planned_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
