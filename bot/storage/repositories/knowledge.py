"""The hotel's own answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import Repository
from models import KnowledgeItem
from models.base import new_id


@dataclass(frozen=True, slots=True, eq=False)
class KnowledgeRecord:
    """One answer as it was read once: question variants (lists) and the answer (text), each by language."""

    id: UUID
    intent: str
    questions: dict[str, Any]
    answers: dict[str, Any]


class Knowledge(Repository):
    async def all(self) -> list[KnowledgeRecord]:
        """Return the answers that are switched on."""
        return [KnowledgeRecord(*row) for row in await self._fetch(_ALL, self.hotel_id)]

    async def save(self, intent: str, questions: dict[str, list[str]], answers: dict[str, str]) -> None:
        """Add an answer, or change the one for the same intent."""
        values = {"questions": questions, "answers": answers, "is_active": True}
        statement = insert(KnowledgeItem).values(hotel_id=self.hotel_id, id=new_id(), intent=intent, **values)
        await self._run(statement.on_conflict_do_update(index_elements=["hotel_id", "intent"], set_=values))


_ALL = "SELECT id, intent, questions, answers FROM knowledge_items WHERE hotel_id = $1 AND is_active ORDER BY intent"
