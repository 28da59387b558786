"""What guests asked and the hotel's own answers did not tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import Repository
from models import UnansweredQuestion
from models.base import new_id

# What nobody wrote an answer for in a season is asked again by others, or by nobody.
REMEMBER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A guest's question; `topic` is what it is about, by which the same guest's next wording replaces it."""

    guest_id: UUID
    language: str
    topic: str
    content: str


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """A question that is still open."""

    id: UUID
    guest_id: UUID
    language: str
    content: str


class Questions(Repository):
    async def keep(self, question: NewQuestion, at: datetime) -> None:
        """Keep a question, in a guest's newest wording."""
        statement = insert(UnansweredQuestion).values(
            hotel_id=self.hotel_id, id=new_id(), asked_at=at, **asdict(question)
        )
        await self._run(
            statement.on_conflict_do_update(
                index_elements=["hotel_id", "guest_id", "language", "topic"],
                set_={"content": question.content, "asked_at": at},
            )
        )

    async def newest(self, limit: int, at: datetime) -> list[QuestionRecord]:
        """Return the open questions that were asked last before `at`, the newest first; none of long ago."""
        columns = (getattr(UnansweredQuestion, name) for name in QuestionRecord.__slots__)
        lately = UnansweredQuestion.asked_at >= at - REMEMBER
        statement = select(*columns).where(self._own(UnansweredQuestion.hotel_id), lately)
        newest_first = (UnansweredQuestion.asked_at.desc(), UnansweredQuestion.id.desc())
        return [QuestionRecord(*row) for row in await self._run(statement.order_by(*newest_first).limit(limit))]

    async def forget_old(self, at: datetime) -> None:
        """Forget what was asked long before `at`."""
        old = UnansweredQuestion.asked_at < at - REMEMBER
        await self._run(delete(UnansweredQuestion).where(self._own(UnansweredQuestion.hotel_id), old))

    async def remove(self, question_ids: Collection[UUID]) -> None:
        """Forget questions that are answered now, or that nobody will answer."""
        ours = (self._own(UnansweredQuestion.hotel_id), UnansweredQuestion.id.in_(question_ids))
        await self._run(delete(UnansweredQuestion).where(*ours))
