"""What was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bot.storage.repositories.base import Repository
from models import Message
from models.base import new_id
from models.enums import MessageRole, MessageType, SentimentType


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to keep; the sentiment fields are for what guests wrote."""

    conversation_id: UUID
    guest_id: UUID | None
    message_type: MessageType
    role: MessageRole
    content: str
    platform: str
    created_at: datetime
    platform_message_id: str | None = None
    attachments: tuple[dict[str, Any], ...] = ()
    sentiment_score: Decimal | None = None
    sentiment_type: SentimentType | None = None
    sentiment_words: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """A message that was said."""

    id: UUID
    message_type: MessageType
    content: str
    sentiment_score: Decimal | None
    sentiment_type: SentimentType | None
    created_at: datetime


class Messages(Repository):
    async def add_all(self, messages: Sequence[NewMessage]) -> list[UUID]:
        """Keep messages; return their ids, in order."""
        ids = [new_id() for _ in messages]
        await self._insert(Message, (_row(one, message) for one, message in zip(ids, messages, strict=True)))
        return ids

    async def name(self, message_id: UUID, created_at: datetime, platform_message_id: str) -> None:
        """Note the provider's id of a message of ours; `created_at` finds its partition."""
        await self._run(
            update(Message)
            .where(self._own(Message.hotel_id), Message.id == message_id, Message.created_at == created_at)
            .values(platform_message_id=platform_message_id)
        )

    async def of_guest(self, guest_id: UUID, since: datetime, limit: int = 50) -> list[MessageRecord]:
        """Return what was said with a guest since then, latest first."""
        columns = tuple(getattr(Message, name) for name in MessageRecord.__slots__)
        statement = select(*columns).where(
            self._own(Message.hotel_id), Message.guest_id == guest_id, Message.created_at >= since
        )
        rows = await self._run(statement.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit))
        return [MessageRecord(*row) for row in rows]


def _row(message_id: UUID, message: NewMessage) -> dict[str, Any]:
    return {
        "id": message_id,
        "conversation_id": message.conversation_id,
        "guest_id": message.guest_id,
        "message_type": message.message_type,
        "role": message.role,
        "content": message.content,
        "platform": message.platform,
        "created_at": message.created_at,
        "platform_message_id": message.platform_message_id,
        "attachments": message.attachments,
        "sentiment_score": message.sentiment_score,
        "sentiment_type": message.sentiment_type,
        "sentiment_words": message.sentiment_words,
        "metadata": message.metadata or {},
    }
