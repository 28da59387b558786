"""What arrived, raw and in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import AnySelect, Repository
from models import InboxEvent
from models.enums import InboxState


@dataclass(frozen=True, slots=True)
class InboxRecord:
    """One stored event."""

    id: int
    account_id: UUID
    chat_id: UUID
    kind: str
    event_id: str
    payload: bytes
    correlation_id: str
    received_at: datetime
    state: InboxState
    attempts: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One event to store; the pair of `kind` and `event_id` is unique per account."""

    account_id: UUID
    chat_id: UUID
    kind: str
    event_id: str
    payload: bytes
    correlation_id: str
    received_at: datetime


class Inbox(Repository):
    async def add(self, events: Sequence[NewEvent]) -> int:
        """Store events; return how many were new. The chats must be locked by `Chats.make_ready` before."""
        rows = [
            {
                "hotel_id": self.hotel_id,
                "account_id": event.account_id,
                "chat_id": event.chat_id,
                "kind": event.kind,
                "event_id": event.event_id,
                "payload": event.payload,
                "correlation_id": event.correlation_id,
                "received_at": event.received_at,
            }
            for event in events
        ]
        key = ["hotel_id", "account_id", "kind", "event_id"]
        statement = insert(InboxEvent).values(rows).on_conflict_do_nothing(index_elements=key)
        return len((await self._run(statement.returning(InboxEvent.id))).all())

    async def begin_next(self, chat_id: UUID, *, is_alone: bool = False) -> InboxRecord | None:
        """Count an attempt at the oldest waiting event of a chat and return it; None when there is none to begin.

        The attempt is counted before the event is handled, so that one which kills its worker is counted too. One
        whose worker was gone before, without an error, is only begun where nothing of its kind runs beside it.
        """
        oldest = (
            select(InboxEvent.id)
            .where(
                self._own(InboxEvent.hotel_id), InboxEvent.chat_id == chat_id, InboxEvent.state == InboxState.queued
            )
            .order_by(InboxEvent.id)
            .limit(1)
            .scalar_subquery()
        )
        result = await self._run(
            update(InboxEvent)
            .where(
                self._own(InboxEvent.hotel_id),
                InboxEvent.id == oldest,
                *([] if is_alone else [or_(InboxEvent.attempts == 0, InboxEvent.last_error.is_not(None))]),
            )
            .values(attempts=InboxEvent.attempts + 1)
            .returning(*_COLUMNS)
        )
        row = result.one_or_none()
        return InboxRecord(*row) if row else None

    async def is_waiting(self, chat_id: UUID) -> bool:
        """Whether an event waits in a chat."""
        waiting = select(InboxEvent.id).where(
            self._own(InboxEvent.hotel_id), InboxEvent.chat_id == chat_id, InboxEvent.state == InboxState.queued
        )
        return (await self._run(waiting.limit(1))).first() is not None

    async def finish(self, event_id: int, at: datetime) -> None:
        """Mark an event as handled."""
        await self._close(event_id, state=InboxState.done, handled_at=at)

    async def quarantine(self, event_id: int, at: datetime, error: str) -> None:
        """Set an event aside with the reason; those behind it go on."""
        await self._close(event_id, state=InboxState.quarantined, handled_at=at, last_error=error)

    async def note_error(self, event_id: int, error: str) -> None:
        """Keep why the last attempt failed; the event stays queued."""
        await self._close(event_id, last_error=error)

    async def forgive(self, event_id: int) -> None:
        """Take back one counted attempt, where it was not the event that failed."""
        await self._close(event_id, attempts=InboxEvent.attempts - 1)

    async def replay(self, event_id: int) -> InboxRecord | None:
        """Queue a quarantined event again; None when there is none with this id."""
        result = await self._run(
            update(InboxEvent)
            .where(
                self._own(InboxEvent.hotel_id),
                InboxEvent.id == event_id,
                InboxEvent.state == InboxState.quarantined,
            )
            .values(state=InboxState.queued, attempts=0, handled_at=None)
            .returning(*_COLUMNS)
        )
        row = result.one_or_none()
        return InboxRecord(*row) if row else None

    async def queue_statuses(self, account_id: UUID, provider_message_id: str) -> list[UUID]:
        """Queue again what the provider said of a message before its id was known here; return the chats.

        Their event ids are the message's id, alone or followed by a colon and the status.
        """
        known = provider_message_id
        result = await self._run(
            update(InboxEvent)
            .where(
                self._own(InboxEvent.hotel_id),
                InboxEvent.account_id == account_id,
                InboxEvent.kind == "status",
                # For the index: whatever the collation, these two enclose all that begins with the id.
                InboxEvent.event_id.between(known, f"{known}:zzzz"),
                or_(InboxEvent.event_id == known, InboxEvent.event_id.startswith(f"{known}:", autoescape=True)),
                InboxEvent.state == InboxState.done,
            )
            .values(state=InboxState.queued, attempts=0, handled_at=None)
            .returning(InboxEvent.chat_id)
        )
        return list({row.chat_id for row in result})

    async def get(self, event_id: int) -> InboxRecord | None:
        """Return one event."""
        row = (await self._run(self._select().where(InboxEvent.id == event_id))).one_or_none()
        return InboxRecord(*row) if row else None

    async def quarantined(self, limit: int = 100) -> list[InboxRecord]:
        """Return the newest events that could not be handled."""
        statement = self._select().where(InboxEvent.state == InboxState.quarantined)
        return [InboxRecord(*row) for row in await self._run(statement.order_by(InboxEvent.id.desc()).limit(limit))]

    async def _close(self, event_id: int, **values: Any) -> None:
        await self._run(
            update(InboxEvent).where(self._own(InboxEvent.hotel_id), InboxEvent.id == event_id).values(**values)
        )

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(InboxEvent.hotel_id))


_COLUMNS = (
    InboxEvent.id,
    InboxEvent.account_id,
    InboxEvent.chat_id,
    InboxEvent.kind,
    InboxEvent.event_id,
    InboxEvent.payload,
    InboxEvent.correlation_id,
    InboxEvent.received_at,
    InboxEvent.state,
    InboxEvent.attempts,
    InboxEvent.last_error,
)
