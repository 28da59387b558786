"""What was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

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


class Messages(Repository):
    async def add_all(self, messages: Sequence[NewMessage]) -> list[UUID]:
        """Keep messages; return their ids, in order."""
        ids = [new_id() for _ in messages]
        await self._insert(Message, (_row(one, message) for one, message in zip(ids, messages, strict=True)))
        return ids

    async def name_all(self, names: Collection[tuple[UUID, datetime, str]]) -> None:
        """Note the provider's ids of messages of ours, given with id and `created_at`, which finds the partition."""
        if names:
            ids, times, platform_ids = map(list, zip(*names, strict=True))
            await self._fetch(_NAME_ALL, self.hotel_id, ids, times, platform_ids)


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


_NAME_ALL = """
    UPDATE messages SET platform_message_id = named.platform_message_id
    FROM unnest($2::uuid[], $3::timestamptz[], $4::text[]) AS named (id, created_at, platform_message_id)
    WHERE messages.hotel_id = $1 AND messages.id = named.id AND messages.created_at = named.created_at
"""
