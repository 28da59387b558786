"""What arrived, raw and in order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

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


# `dataclasses.astuple` copies what is in them, too.
_values = attrgetter(*NewEvent.__slots__)


@dataclass(frozen=True, slots=True)
class NextEvent:
    """The oldest waiting event of a chat, the platform of its account, and whether an attempt was begun just now."""

    event: InboxRecord
    platform: str
    is_begun: bool


class Inbox(Repository):
    async def add(self, events: Sequence[NewEvent]) -> set[tuple[UUID, str, str]]:
        """Store events; return account, kind and event id of those that were new.

        The chats must be locked by `Chats.make_ready` before.
        """
        columns = zip(*map(_values, events), strict=True)
        return {tuple(row) for row in await self._fetch(_ADD, self.hotel_id, *map(list, columns))}

    async def begin_next(self, chat_ids: Collection[UUID], *, is_alone: bool = False) -> dict[UUID, NextEvent]:
        """Count an attempt at the oldest waiting event of each chat; return them by chat, who has none is missing.

        The attempt is counted before the event is handled, so that one which kills its worker is counted too. One
        whose worker was gone before, without an error, is a suspect: it is begun only where it `is_alone`.
        """
        rows = await self._fetch(_BEGIN_NEXT, self.hotel_id, list(chat_ids), is_alone)
        return {row["chat_id"]: NextEvent(InboxRecord(*row[:-2]), row["platform"], row["is_begun"]) for row in rows}

    async def is_followed(self, event: InboxRecord) -> bool:
        """Whether somebody has said something else in the chat since; what became of our own messages is no word."""
        return bool(await self._fetch(_FOLLOWING, self.hotel_id, event.chat_id, event.id))

    async def finish_all(self, event_ids: Collection[int], at: datetime) -> None:
        """Mark events as handled."""
        await self._fetch(_FINISH, self.hotel_id, list(event_ids), at)

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

    async def queue_statuses(self, messages: Collection[tuple[UUID, str]]) -> set[UUID]:
        """Queue again what the provider said of messages before their ids were known here; return the chats.

        The messages are named by account and provider's id; the events' ids are that id, alone or with more behind a
        colon. Those of another chat's message of the same id are merely looked at once more.
        """
        if not messages:
            return set()
        accounts, ids = map(list, zip(*messages, strict=True))
        return {row["chat_id"] for row in await self._fetch(_QUEUE_STATUSES, self.hotel_id, accounts, ids)}

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
_ADD = """
    INSERT INTO inbox_events (hotel_id, account_id, chat_id, kind, event_id, payload, correlation_id, received_at)
    SELECT $1, * FROM unnest(
        $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::timestamptz[]
    )
    ON CONFLICT (hotel_id, account_id, kind, event_id) DO NOTHING RETURNING account_id, kind, event_id
"""
_BEGIN_NEXT = f"""
    UPDATE inbox_events SET attempts = oldest.attempts + CASE WHEN oldest.is_suspect AND NOT $3 THEN 0 ELSE 1 END
    FROM unnest($2::uuid[]) AS waiting (chat_id), LATERAL (
        SELECT id, attempts, attempts > 0 AND last_error IS NULL AS is_suspect FROM inbox_events AS event
        WHERE event.hotel_id = $1 AND event.chat_id = waiting.chat_id AND event.state = 'queued'
        ORDER BY event.id LIMIT 1
    ) AS oldest
    WHERE inbox_events.hotel_id = $1 AND inbox_events.id = oldest.id
    RETURNING {", ".join(f"inbox_events.{name}" for name in InboxRecord.__slots__)},
              (
                  SELECT platform FROM channel_accounts AS account
                  WHERE account.hotel_id = $1 AND account.id = inbox_events.account_id
              ) AS platform,
              inbox_events.attempts > oldest.attempts AS is_begun
"""
_FOLLOWING = """
    SELECT FROM inbox_events
    WHERE hotel_id = $1 AND chat_id = $2 AND state = 'queued' AND id > $3 AND kind IN ('message', 'press') LIMIT 1
"""
# The inserts of a step let plans be kept, for their references; what follows reads queues, and is planned anew again.
_FINISH = """
    WITH planning AS MATERIALIZED (SELECT set_config('plan_cache_mode', 'force_custom_plan', true))
    UPDATE inbox_events SET state = 'done', handled_at = $3 FROM planning
    WHERE hotel_id = $1 AND id = ANY ($2::bigint[])
"""
# The two bounds are for the index: whatever the collation, they enclose all that begins with the id.
_QUEUE_STATUSES = """
    UPDATE inbox_events AS event SET state = 'queued', attempts = 0, handled_at = NULL
    FROM unnest($2::uuid[], $3::text[]) AS known (account_id, id)
    WHERE event.hotel_id = $1 AND event.account_id = known.account_id AND event.kind = 'status'
      AND event.event_id BETWEEN known.id AND known.id || ':zzzz'
      AND (event.event_id = known.id OR starts_with(event.event_id, known.id || ':'))
      AND event.state = 'done'
    RETURNING event.chat_id
"""
