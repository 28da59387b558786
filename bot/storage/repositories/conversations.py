"""Conversations: one open per chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from bot.errors import LeaseLost
from bot.storage.repositories.base import AnySelect, Repository
from models import Conversation
from models.base import new_id
from models.enums import ConversationStatus


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """An open conversation; `version` grows with every save."""

    id: UUID
    guest_id: UUID | None
    chat_id: UUID
    status: ConversationStatus
    current_state: str
    context_data: dict[str, Any]
    version: int


class Conversations(Repository):
    async def open_in(self, chat_id: UUID) -> ConversationRecord | None:
        """Return the open conversation of a chat."""
        statement = self._select().where(
            Conversation.chat_id == chat_id, Conversation.status != ConversationStatus.closed
        )
        row = (await self._run(statement)).one_or_none()
        return ConversationRecord(*row) if row else None

    async def get(self, conversation_id: UUID) -> ConversationRecord | None:
        """Return one conversation."""
        row = (await self._run(self._select().where(Conversation.id == conversation_id))).one_or_none()
        return ConversationRecord(*row) if row else None

    async def latest_of(self, guest_id: UUID) -> list[ConversationRecord]:
        """Return the guest's conversations, the one that was last spoken in first."""
        statement = self._select().where(Conversation.guest_id == guest_id)
        ordered = statement.order_by(Conversation.last_message_at.desc().nulls_last(), Conversation.id.desc())
        return [ConversationRecord(*row) for row in await self._run(ordered)]

    async def begin(self, chat_id: UUID, guest_id: UUID | None, at: datetime) -> ConversationRecord:
        """Open a conversation in a chat that has none; with nobody where it is one of the hotel's people."""
        statement = insert(Conversation).values(
            hotel_id=self.hotel_id, id=new_id(), chat_id=chat_id, guest_id=guest_id, last_message_at=at
        )
        return ConversationRecord(*(await self._run(statement.returning(*_COLUMNS))).one())

    async def save(self, conversation: ConversationRecord, counts: dict[str, int], **values: Any) -> None:
        """Change a conversation that has not been changed since it was read. Raises LeaseLost where it was."""
        counted = {name: getattr(Conversation, name) + count for name, count in counts.items()}
        result = await self._run(
            update(Conversation)
            .where(
                self._own(Conversation.hotel_id),
                Conversation.id == conversation.id,
                Conversation.version == conversation.version,
            )
            .values(version=Conversation.version + 1, **counted, **values)
        )
        if result.rowcount == 0:
            raise LeaseLost("the conversation was changed by another worker")

    async def count(self, conversation_id: UUID, at: datetime) -> None:
        """Note one more message of ours in a conversation."""
        await self._run(
            update(Conversation)
            .where(self._own(Conversation.hotel_id), Conversation.id == conversation_id)
            .values(messages_count=Conversation.messages_count + 1, last_message_at=at)
        )

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(Conversation.hotel_id))


_COLUMNS = tuple(getattr(Conversation, name) for name in ConversationRecord.__slots__)
