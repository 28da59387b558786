"""What the hotel's people see and write: notifications, requests, the hotel's own answers, the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Tenant, Timestamps, enum_type, tenant_key
from models.enums import (
    Department,
    NotificationStatus,
    NotificationType,
    RequestKind,
    SentimentType,
    Severity,
)


class StaffNotification(Base, Tenant):
    """Something a person of the hotel must see. `message_id` names the guest's message by value."""

    __tablename__ = "staff_notifications"
    __table_args__ = (
        tenant_key("guest_id", "guests", ondelete="SET NULL"),
        tenant_key("conversation_id", "conversations", ondelete="SET NULL"),
        tenant_key("acknowledged_by", "users", ondelete="SET NULL"),
        Index("ix_staff_notifications_hotel_id_guest_id", "hotel_id", "guest_id"),
        Index("ix_staff_notifications_hotel_id_conversation_id", "hotel_id", "conversation_id"),
        Index("ix_staff_notifications_hotel_id_acknowledged_by", "hotel_id", "acknowledged_by"),
        Index(
            "ix_staff_notifications_open",
            "hotel_id",
            "created_at",
            postgresql_where=text("status IN ('pending', 'sent', 'failed')"),
        ),
    )

    guest_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    notification_type: Mapped[NotificationType] = mapped_column(enum_type(NotificationType))
    severity: Mapped[Severity] = mapped_column(enum_type(Severity), server_default="warning")
    title: Mapped[str] = mapped_column(String(255))
    content: Mapped[str]
    status: Mapped[NotificationStatus] = mapped_column(enum_type(NotificationStatus), server_default="pending")
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    escalation_level: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]


class MessageCorrection(Base, Tenant):
    """How somebody of the hotel judges a guest's message, where they judge otherwise; None where nobody said.

    `message_id` names it by value. What was said stands there alone, and leaves with its partition.
    """

    __tablename__ = "message_corrections"
    __table_args__ = (
        tenant_key("corrected_by", "users", ondelete="SET NULL"),
        UniqueConstraint("hotel_id", "message_id"),
        Index("ix_message_corrections_hotel_id_corrected_by", "hotel_id", "corrected_by"),
    )

    message_id: Mapped[UUID]
    sentiment_type: Mapped[SentimentType | None] = mapped_column(enum_type(SentimentType))
    intent: Mapped[str | None] = mapped_column(String(100))
    corrected_by: Mapped[UUID | None]
    corrected_at: Mapped[datetime]


class ServiceRequest(Base, Tenant):
    """Something that the hotel's people are to do for a guest. `firing_id` is the firing that asked for it."""

    __tablename__ = "service_requests"
    __table_args__ = (
        tenant_key("guest_id", "guests"),
        tenant_key("stay_id", "stays", ondelete="SET NULL"),
        tenant_key("firing_id", "trigger_firings", ondelete="SET NULL"),
        Index("ix_service_requests_hotel_id_guest_id", "hotel_id", "guest_id"),
        Index("ix_service_requests_hotel_id_stay_id", "hotel_id", "stay_id"),
        Index("ix_service_requests_hotel_id_firing_id", "hotel_id", "firing_id"),
    )

    guest_id: Mapped[UUID]
    stay_id: Mapped[UUID | None]
    firing_id: Mapped[UUID | None]
    kind: Mapped[RequestKind] = mapped_column(enum_type(RequestKind))
    department: Mapped[Department] = mapped_column(enum_type(Department), server_default="reception")
    description: Mapped[str]
    created_at: Mapped[datetime]


class KnowledgeItem(Base, Tenant, Timestamps):
    """One answer of the hotel: question variants and the answer, each by language."""

    __tablename__ = "knowledge_items"
    __table_args__ = (UniqueConstraint("hotel_id", "intent"),)

    intent: Mapped[str] = mapped_column(String(100))
    questions: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    answers: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class UnansweredQuestion(Base, Tenant):
    """What a guest asked and no answer told: once a guest, language and topic, in the newest wording."""

    __tablename__ = "unanswered_questions"
    __table_args__ = (
        tenant_key("guest_id", "guests"),
        UniqueConstraint("hotel_id", "guest_id", "language", "topic"),
        Index("ix_unanswered_questions_hotel_id_asked_at", "hotel_id", "asked_at"),
    )

    guest_id: Mapped[UUID]
    language: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(500))
    content: Mapped[str]
    asked_at: Mapped[datetime]


class ModelUsage(Base, Tenant):
    """How often the remote model was asked for a hotel on one of its days."""

    __tablename__ = "model_usage"
    __table_args__ = (UniqueConstraint("hotel_id", "day"),)

    day: Mapped[date]
    calls: Mapped[int]


class Audit(Base, Tenant):
    """Who changed what. Only ever added to."""

    __tablename__ = "audits"
    __table_args__ = (
        tenant_key("user_id", "users", ondelete="SET NULL"),
        Index("ix_audits_hotel_id_user_id", "hotel_id", "user_id"),
        Index("ix_audits_hotel_id_created_at", "hotel_id", "created_at"),
        {"schema": "dashboard"},
    )

    user_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(64))
    description: Mapped[str]
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", server_default=text("'{}'"))
    correlation_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
