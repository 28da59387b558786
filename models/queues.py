"""What arrived and what must leave: the two durable queues."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, enum_type, tenant_key
from models.enums import InboxState, OutboxPurpose, OutboxState


class InboxEvent(Base):
    """One element as the provider sent it; also the log that can be replayed.

    `id` grows within a chat in the order of arrival, because it is drawn under the chat row's lock.
    """

    __tablename__ = "inbox_events"
    __table_args__ = (
        tenant_key("account_id", "channel_accounts"),
        tenant_key("chat_id", "chats"),
        UniqueConstraint("hotel_id", "account_id", "kind", "event_id"),
        Index("ix_inbox_events_queued", "hotel_id", "chat_id", "id", postgresql_where=text("state = 'queued'")),
        Index("ix_inbox_events_quarantined", "hotel_id", "id", postgresql_where=text("state = 'quarantined'")),
        Index("ix_inbox_events_hotel_id_chat_id", "hotel_id", "chat_id"),
    )

    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[UUID]
    chat_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(32))
    event_id: Mapped[str] = mapped_column(String(255))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    correlation_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    state: Mapped[InboxState] = mapped_column(enum_type(InboxState), server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]
    handled_at: Mapped[datetime | None]


# True of every message, and said by those statements only that go by the index which says it, too: a queue is nearly
# empty whenever the planner counts it, so that to the others any of its indexes would seem as good as their own.
EACH_IN_ITS_CHAT = "priority >= 0"
EACH_BY_ITS_TIME = "not_before > '-infinity'"


class OutboxMessage(Base):
    """One message that must leave, and what became of it. Rows of a chat leave in the order of `id`, but those of one
    `priority` don't wait for those of another; all that is said in a conversation has the same."""

    __tablename__ = "outbox"
    __table_args__ = (
        tenant_key("account_id", "channel_accounts"),
        tenant_key("chat_id", "chats"),
        tenant_key("conversation_id", "conversations"),
        tenant_key("notification_id", "staff_notifications"),
        tenant_key("firing_id", "trigger_firings"),
        CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
        CheckConstraint("priority = 1 OR conversation_id IS NULL", name="conversation_in_order"),
        Index(
            "ix_outbox_unfinished",
            "hotel_id",
            "chat_id",
            "priority",
            "id",
            postgresql_where=text(f"state IN ('queued', 'sending') AND {EACH_IN_ITS_CHAT}"),
        ),
        Index("ix_outbox_due", "not_before", postgresql_where=text(f"state = 'queued' AND {EACH_BY_ITS_TIME}")),
        Index(
            "ix_outbox_waiting",
            "hotel_id",
            "account_id",
            text("(priority > 0)"),
            text("(purpose = 'trigger')"),
            "id",
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_leased",
            "hotel_id",
            "account_id",
            postgresql_where=text("lease_token IS NOT NULL AND state IN ('queued', 'sending')"),
        ),
        Index("ix_outbox_sending", "leased_until", postgresql_where=text("state = 'sending'")),
        Index("ix_outbox_provider_message_id", "hotel_id", "account_id", "provider_message_id"),
        Index(
            "ix_outbox_open_doubts",
            "hotel_id",
            "id",
            postgresql_where=text("state = 'in_doubt' AND doubt_reported_at IS NULL"),
        ),
        Index("ix_outbox_hotel_id_chat_id", "hotel_id", "chat_id"),
        Index("ix_outbox_hotel_id_conversation_id", "hotel_id", "conversation_id"),
        Index("ix_outbox_hotel_id_notification_id", "hotel_id", "notification_id"),
        Index("ix_outbox_hotel_id_firing_id", "hotel_id", "firing_id"),
    )

    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[UUID]
    chat_id: Mapped[UUID]
    conversation_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    notification_id: Mapped[UUID | None]
    firing_id: Mapped[UUID | None]
    purpose: Mapped[OutboxPurpose] = mapped_column(enum_type(OutboxPurpose))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    content: Mapped[dict[str, Any]]
    correlation_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    state: Mapped[OutboxState] = mapped_column(enum_type(OutboxState), server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    lease_token: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    provider_message_id: Mapped[str | None] = mapped_column(String(255))
    reason: Mapped[str | None]
    doubt_reported_at: Mapped[datetime | None]
