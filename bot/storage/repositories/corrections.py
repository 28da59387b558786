"""How guests' messages were judged, and what the hotel's people put right of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import Repository
from models import MessageCorrection
from models.base import new_id
from models.enums import SentimentType


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """What somebody put right of how a message was judged; None where they said nothing of it."""

    message_id: UUID
    sentiment_type: SentimentType | None
    intent: str | None
    corrected_by: UUID | None
    corrected_at: datetime


@dataclass(frozen=True, slots=True)
class JudgedRecord:
    """How a guest's message is judged: by the model, or as the hotel's people put it right."""

    sentiment_type: SentimentType
    intent: str | None


@dataclass(frozen=True, slots=True)
class LessonRecord:
    """A corrected message, as it is to be learned: no `intent` where nobody said which it is."""

    text: str
    guest_name: str | None
    guest_language: str | None
    sentiment_type: SentimentType
    intent: str | None


class Corrections(Repository):
    async def judged(self, message_id: UUID) -> JudgedRecord | None:
        """Return how a guest's message is judged; None where there is no such message, or none of a guest."""
        row = next(iter(await self._fetch(_JUDGED, self.hotel_id, message_id)), None)
        return JudgedRecord(SentimentType(row[0]), row[1]) if row else None

    async def get(self, message_id: UUID) -> CorrectionRecord | None:
        """Return what was put right of a message."""
        columns = (getattr(MessageCorrection, name) for name in CorrectionRecord.__slots__)
        ours = (self._own(MessageCorrection.hotel_id), MessageCorrection.message_id == message_id)
        row = (await self._run(select(*columns).where(*ours))).one_or_none()
        return CorrectionRecord(*row) if row else None

    async def save(self, correction: CorrectionRecord) -> None:
        """Keep a correction. What it leaves open stays as somebody put it right before."""
        values = asdict(correction)
        statement = insert(MessageCorrection).values(hotel_id=self.hotel_id, id=new_id(), **values)
        told = {name: value for name, value in values.items() if name != "message_id" and value is not None}
        await self._run(statement.on_conflict_do_update(index_elements=["hotel_id", "message_id"], set_=told))

    async def lessons(self) -> list[LessonRecord]:
        """Return all corrected messages that are still kept, in the order in which they were corrected first. Choices
        that were made by number or name teach nothing."""
        rows = await self._fetch(_LESSONS, self.hotel_id)
        return [
            LessonRecord(text, name, language, SentimentType(mood), intent)
            for text, name, language, mood, intent in rows
        ]


_JUDGED = """
    SELECT coalesce(correction.sentiment_type, message.sentiment_type), coalesce(correction.intent, message.intent)
    FROM messages message LEFT JOIN message_corrections correction
      ON (correction.hotel_id, correction.message_id) = (message.hotel_id, message.id)
    WHERE message.hotel_id = $1 AND message.id = $2 AND message.role = 'guest'
      AND message.sentiment_type IS NOT NULL
"""
_LESSONS = """
    SELECT message.content, guest.name, guest.language,
      coalesce(correction.sentiment_type, message.sentiment_type), correction.intent
    FROM message_corrections correction
    JOIN messages message ON (message.hotel_id, message.id) = (correction.hotel_id, correction.message_id)
    LEFT JOIN guests guest ON (guest.hotel_id, guest.id) = (message.hotel_id, message.guest_id)
    WHERE correction.hotel_id = $1 AND message.sentiment_type IS NOT NULL AND message.content <> ''
      AND NOT message.metadata ? 'pressed'
    ORDER BY correction.id
"""
