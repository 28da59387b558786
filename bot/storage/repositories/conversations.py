"""Conversations: one open per chat."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bot.storage.repositories.base import AnySelect, Repository, as_records
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


@dataclass(frozen=True, slots=True)
class ConversationChange:
    """What a turn makes of its conversation, as it was read in `version`; what is None stays as it is."""

    id: UUID
    version: int
    context_data: Mapping[str, Any]
    current_state: str | None
    status: ConversationStatus | None
    escalated_at: datetime | None
    last_message_at: datetime
    messages: int
    guest_messages: int


class Conversations(Repository):
    async def open_in(self, chat_id: UUID) -> ConversationRecord | None:
        """Return the open conversation of a chat."""
        statement = self._select().where(
            Conversation.chat_id == chat_id, Conversation.status != ConversationStatus.closed
        )
        row = (await self._run(statement)).one_or_none()
        return ConversationRecord(*row) if row else None

    async def open_in_all(self, chat_ids: Collection[UUID]) -> dict[UUID, ConversationRecord]:
        """Return the open conversations of these chats, by chat."""
        rows = await self._fetch(_OPEN_IN, self.hotel_id, list(chat_ids))
        return {record.chat_id: record for record in map(_record, rows)}

    async def held_in(self, chat_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
        """Lock the open conversations of these chats, without waiting; return their ids by chat.

        It is None for one that somebody else is changing just now.
        """
        rows = await self._fetch(_HELD_IN, self.hotel_id, list(chat_ids))
        return {row["chat_id"]: row["held_id"] for row in rows}

    async def get(self, conversation_id: UUID) -> ConversationRecord | None:
        """Return one conversation."""
        row = (await self._run(self._select().where(Conversation.id == conversation_id))).one_or_none()
        return ConversationRecord(*row) if row else None

    async def begin_all(self, guests: Mapping[UUID, UUID | None], at: datetime) -> dict[UUID, ConversationRecord]:
        """Open a conversation in each of these chats, by chat as the guests are given; return them by chat.

        With nobody where the other side is one of the hotel's people. Where a conversation was opened meanwhile, by a
        step or a firing at the same moment, it is that one.
        """
        # In one order, so that two who open the same conversations wait for each other only one way.
        rows = [
            {"id": new_id(), "session_id": new_id(), "chat_id": chat_id, "guest_id": guest_id, "last_message_at": at}
            for chat_id, guest_id in sorted(guests.items(), key=lambda pair: pair[0])
        ]
        begun = await self._insert(Conversation, rows, returning=_NAMES, conflict=_SAME_TALK)
        return {record.chat_id: record for record in map(_record, begun)}

    async def save_all(self, changes: Collection[ConversationChange]) -> set[UUID]:
        """Change conversations; return those that had not been changed since they were read, which alone were."""
        rows = as_records(list(changes))
        return {row["id"] for row in await self._fetch(_SAVE_ALL, self.hotel_id, rows)}

    async def hand_back(self, conversation_id: UUID) -> bool:
        """Let the bot answer again; return whether it had left the conversation to a person.

        The version stays: whatever the guest writes at this moment is saved all the same.
        """
        return bool(await self._fetch(_HAND_BACK, self.hotel_id, conversation_id))

    async def count_all(self, counts: Mapping[UUID, int], at: datetime) -> None:
        """Note so many more messages of ours in each conversation."""
        await self._fetch(_COUNT_ALL, self.hotel_id, list(counts), list(counts.values()), at)

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(Conversation.hotel_id))


_COLUMNS = tuple(getattr(Conversation, name) for name in ConversationRecord.__slots__)
_NAMES = ", ".join(ConversationRecord.__slots__)
_OPEN_IN = f"""
    SELECT {_NAMES} FROM conversations WHERE hotel_id = $1 AND chat_id = ANY ($2::uuid[]) AND status <> 'closed'
"""
_HELD_IN = """
    WITH held AS (
        SELECT id FROM conversations WHERE hotel_id = $1 AND chat_id = ANY ($2::uuid[]) AND status <> 'closed'
        FOR NO KEY UPDATE SKIP LOCKED
    )
    SELECT open.chat_id, held.id AS held_id FROM conversations AS open LEFT JOIN held ON held.id = open.id
    WHERE open.hotel_id = $1 AND open.chat_id = ANY ($2::uuid[]) AND open.status <> 'closed'
"""
_SAME_TALK = """
    ON CONFLICT (hotel_id, chat_id) WHERE status <> 'closed' DO UPDATE SET last_message_at = excluded.last_message_at
"""
_SAVE_ALL = """
    UPDATE conversations SET
        version = conversations.version + 1,
        context_data = change.context_data,
        current_state = coalesce(change.current_state, conversations.current_state),
        status = coalesce(change.status, conversations.status),
        escalated_at = coalesce(change.escalated_at, conversations.escalated_at),
        last_message_at = change.last_message_at,
        messages_count = messages_count + change.messages,
        guest_messages_count = guest_messages_count + change.guest_messages,
        updated_at = now()
    FROM jsonb_to_recordset($2::jsonb) AS change (
        id uuid, version int, context_data jsonb, current_state text, status text, escalated_at timestamptz,
        last_message_at timestamptz, messages int, guest_messages int
    )
    WHERE conversations.hotel_id = $1 AND conversations.id = change.id AND conversations.version = change.version
    RETURNING conversations.id
"""
_HAND_BACK = """
    UPDATE conversations SET status = 'active', updated_at = now()
    WHERE hotel_id = $1 AND id = $2 AND status = 'escalated' RETURNING id
"""
_COUNT_ALL = """
    UPDATE conversations SET messages_count = messages_count + said.messages, last_message_at = $4, updated_at = now()
    FROM unnest($2::uuid[], $3::int[]) AS said (id, messages)
    WHERE conversations.hotel_id = $1 AND conversations.id = said.id
"""


def _record(row: Any) -> ConversationRecord:
    return ConversationRecord(
        row["id"],
        row["guest_id"],
        row["chat_id"],
        ConversationStatus(row["status"]),
        row["current_state"],
        row["context_data"],
        row["version"],
    )
