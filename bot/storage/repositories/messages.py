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
    """A message to keep; sentiment, entities and intent, with its `confidence`, are of what guests wrote."""

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
    intent: str | None = None
    entities: dict[str, Any] | None = None
    confidence: Decimal | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HeardRecord:
    """What a guest wrote, in what mood, and what for; None where that was not asked then."""

    at: datetime
    text: str
    score: Decimal
    mood: SentimentType
    intent: str | None


@dataclass(frozen=True, slots=True)
class AnsweredRecord:
    """A question of a guest, the hotel's answer that it got (by its intent), and how surely it was meant."""

    at: datetime
    text: str
    answer: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SaidRecord:
    """Something that was said in a conversation."""

    at: datetime
    role: MessageRole
    text: str


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
            await self._fetch(_NAME_ALL, self.hotel_id, ids, times, platform_ids, min(times), max(times))

    async def writers(self, since: datetime) -> list[UUID]:
        """Return the guests who have written since then."""
        return [row["guest_id"] for row in await self._fetch(_WRITERS, self.hotel_id, since)]

    async def heard_from(self, guest_ids: Collection[UUID], since: datetime) -> dict[UUID, list[HeardRecord]]:
        """Return what each of these guests has written since then, earliest first; who has not is missing."""
        found: dict[UUID, list[HeardRecord]] = {}
        for row in await self._fetch(_HEARD_FROM, self.hotel_id, list(guest_ids), since):
            guest_id, at, text, score, mood, intent = row
            found.setdefault(guest_id, []).append(HeardRecord(at, text, score, SentimentType(mood), intent))
        return found

    async def answered_last(self, limit: int, since: datetime) -> list[AnsweredRecord]:
        """Return the latest questions since then that the hotel's own answers told, the latest first."""
        rows = await self._fetch(_ANSWERED_LAST, self.hotel_id, limit, since)
        return [AnsweredRecord(at, text, answer, float(confidence)) for at, text, answer, confidence in rows]

    async def text_of(self, message_id: UUID) -> str | None:
        """Return the words of a message; None where it is gone."""
        row = next(iter(await self._fetch(_TEXT_OF, self.hotel_id, message_id)), None)
        return None if row is None else str(row["content"])

    async def latest_in(self, conversation_id: UUID, limit: int) -> list[SaidRecord]:
        """Return what was said last in a conversation, earliest first."""
        rows = await self._fetch(_LATEST_IN, self.hotel_id, conversation_id, limit)
        return [SaidRecord(at, MessageRole(role), text) for at, role, text in reversed(rows)]


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
        "intent": message.intent,
        "entities": message.entities or {},
        "confidence": message.confidence,
        "metadata": message.metadata or {},
    }


_FROM_GUESTS = "hotel_id = $1 AND message_type = 'incoming' AND role = 'guest' AND sentiment_type IS NOT NULL"
_WRITERS = f"SELECT DISTINCT guest_id FROM messages WHERE {_FROM_GUESTS} AND created_at >= $2"
_HEARD_FROM = f"""
    SELECT guest_id, created_at, content, sentiment_score, sentiment_type, intent FROM messages
    WHERE {_FROM_GUESTS} AND guest_id = ANY ($2::uuid[]) AND created_at >= $3 ORDER BY created_at, id
"""
_ANSWERED_LAST = """
    SELECT created_at, content, metadata ->> 'answer', metadata ->> 'answer_confidence' FROM messages
    WHERE hotel_id = $1 AND created_at >= $3 AND message_type = 'incoming'
      AND metadata ? 'answer' AND NOT metadata ? 'pressed'
    ORDER BY created_at DESC LIMIT $2
"""
_TEXT_OF = "SELECT content FROM messages WHERE hotel_id = $1 AND id = $2"
_LATEST_IN = """
    SELECT created_at, role, content FROM messages
    WHERE hotel_id = $1 AND conversation_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3
"""
_NAME_ALL = """
    UPDATE messages SET platform_message_id = named.platform_message_id
    FROM unnest($2::uuid[], $3::timestamptz[], $4::text[]) AS named (id, created_at, platform_message_id)
    WHERE messages.hotel_id = $1 AND messages.id = named.id AND messages.created_at = named.created_at
      AND messages.created_at BETWEEN $5 AND $6  -- leaves the other months out before anything is opened
"""
