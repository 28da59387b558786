"""What was said: conversations and their messages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Tenant, Timestamps, enum_type, new_id, tenant_key
from models.enums import ConversationStatus, MessageRole, MessageType, SentimentType


class Conversation(Base, Tenant, Timestamps):
    """A talk in one chat: live while open, archive when closed. One is open per chat.

    It has no guest where the other side is one of the hotel's own people.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        tenant_key("guest_id", "guests"),
        tenant_key("chat_id", "chats"),
        Index("ix_conversations_hotel_id_guest_id", "hotel_id", "guest_id"),
        Index(
            "uq_conversations_open",
            "hotel_id",
            "chat_id",
            unique=True,
            postgresql_where=text("status <> 'closed'"),
        ),
        Index("ix_conversations_hotel_id_chat_id", "hotel_id", "chat_id"),
        Index("ix_conversations_hotel_id_last_message_at", "hotel_id", "last_message_at"),
    )

    guest_id: Mapped[UUID | None]
    chat_id: Mapped[UUID]
    session_id: Mapped[UUID] = mapped_column(default=new_id)
    status: Mapped[ConversationStatus] = mapped_column(enum_type(ConversationStatus), server_default="active")
    current_state: Mapped[str] = mapped_column(String(100), server_default="initial")
    context_data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    messages_count: Mapped[int] = mapped_column(server_default=text("0"))
    guest_messages_count: Mapped[int] = mapped_column(server_default=text("0"))
    last_message_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    escalation_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str | None]
    outcome: Mapped[str | None] = mapped_column(String(64))
    final_intent: Mapped[str | None] = mapped_column(String(100))
    summary: Mapped[str | None]
    drop_off_stage: Mapped[str | None] = mapped_column(String(100))
    staff_topic_id: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(server_default=text("0"))


class Message(Base):
    """One message, partitioned by month of `created_at`.

    Other tables name a message by value, without a foreign key: a partition leaves by retention as a whole.
    """

    __tablename__ = "messages"
    __table_args__ = (
        tenant_key("conversation_id", "conversations"),
        tenant_key("guest_id", "guests"),
        Index("ix_messages_hotel_id_conversation_id_created_at", "hotel_id", "conversation_id", "created_at"),
        Index("ix_messages_hotel_id_guest_id_created_at", "hotel_id", "guest_id", "created_at"),
        Index("ix_messages_hotel_id_platform_message_id", "hotel_id", "platform_message_id"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    guest_id: Mapped[UUID | None]
    message_type: Mapped[MessageType] = mapped_column(enum_type(MessageType))
    role: Mapped[MessageRole] = mapped_column(enum_type(MessageRole))
    content: Mapped[str]
    attachments: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    platform: Mapped[str] = mapped_column(String(50))
    platform_message_id: Mapped[str | None] = mapped_column(String(255))
    sentiment_score: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    sentiment_type: Mapped[SentimentType | None] = mapped_column(enum_type(SentimentType))
    sentiment_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    intent: Mapped[str | None] = mapped_column(String(100))
    entities: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    confidence: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", server_default=text("'{}'"))
