"""What must leave, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select, update

from bot.errors import LeaseLost
from bot.storage.claims import LEASE, OutboxLease
from bot.storage.repositories.base import AnySelect, Repository, as_records
from models import OutboxMessage
from models.enums import OutboxPurpose, OutboxState, Priority

# A status only ever moves forward; `failed` can follow anything that was not delivered.
_RANK = {OutboxState.sent: 1, OutboxState.delivered: 2, OutboxState.read: 3}


@dataclass(frozen=True, slots=True)
class NewOutboxMessage:
    """A message to send; `content` is `bot.messages.to_json` of an OutgoingMessage."""

    account_id: UUID
    chat_id: UUID
    purpose: OutboxPurpose
    content: dict[str, Any]
    correlation_id: str
    created_at: datetime
    not_before: datetime
    not_after: datetime
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    notification_id: UUID | None = None
    firing_id: UUID | None = None
    priority: Priority = Priority.normal


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """A message that leaves or left."""

    id: int
    account_id: UUID
    chat_id: UUID
    conversation_id: UUID | None
    message_id: UUID | None
    notification_id: UUID | None
    firing_id: UUID | None
    purpose: OutboxPurpose
    content: dict[str, Any]
    correlation_id: str
    created_at: datetime
    not_before: datetime
    not_after: datetime
    state: OutboxState
    attempts: int
    lease_token: UUID | None
    sending_at: datetime | None
    sent_at: datetime | None
    provider_message_id: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A leased message that the provider took, and by which id it knows it."""

    id: int
    token: UUID
    provider_message_id: str | None
    sent_at: datetime


class Outbox(Repository):
    async def add_all(self, messages: Sequence[NewOutboxMessage]) -> list[int]:
        """Queue messages; return their ids, which grow in the order given, by which those of a chat and priority
        leave."""
        rows = [{name: getattr(message, name) for name in NewOutboxMessage.__slots__} for message in messages]
        return [row["id"] for row in await self._insert(OutboxMessage, rows, returning="id")]

    async def get(self, outbox_id: int) -> OutboxRecord | None:
        """Return one message."""
        row = (await self._run(self._select().where(OutboxMessage.id == outbox_id))).one_or_none()
        return OutboxRecord(*row) if row else None

    async def leased(self, leases: Collection[OutboxLease]) -> dict[OutboxLease, OutboxRecord]:
        """Return the queued messages of those leases that still count, locked: one may have been claimed anew, even
        here."""
        ids, tokens = [lease.outbox_id for lease in leases], [lease.token for lease in leases]
        found = {row["lease_token"]: _record(row) for row in await self._fetch(_LEASED, self.hotel_id, ids, tokens)}
        return {lease: found[lease.token] for lease in leases if lease.token in found}

    async def begin_sending(self, outbox_ids: Collection[int], at: datetime) -> None:
        """Note that the calls are about to be made, of messages that are leased and locked; from the commit on, a
        crash leaves them in doubt.

        The leases begin anew: one that was about to end must not put a call in doubt that has just begun.
        """
        await self._fetch(_BEGIN_SENDING, self.hotel_id, list(outbox_ids), at, LEASE)

    async def record_sent(self, sent: Collection[SentMessage]) -> dict[int, bool]:
        """Note the provider's word that it took messages.

        Return of those whose leases were still held whether more of their account wait, for which they made room.
        """
        return dict(await self._fetch(_RECORD_SENT, self.hotel_id, as_records(list(sent))))

    async def retry(self, outbox_id: int, token: UUID, not_before: datetime, reason: str) -> None:
        """Queue again a message that surely was not sent."""
        await self._advance(
            outbox_id,
            token,
            {OutboxState.sending},
            state=OutboxState.queued,
            not_before=not_before,
            reason=reason,
            lease_token=None,
            leased_until=None,
        )

    async def give_back(self, outbox_id: int, token: UUID) -> None:
        """Drop the lease of a message for which no call was made, even if its beginning was committed."""
        before = {OutboxState.queued, OutboxState.sending}
        await self._advance(outbox_id, token, before, state=OutboxState.queued, lease_token=None, leased_until=None)

    async def put_off(self, outbox_id: int, token: UUID, not_before: datetime) -> None:
        """Drop the lease of a message whose turn comes later."""
        await self._advance(
            outbox_id, token, {OutboxState.queued}, not_before=not_before, lease_token=None, leased_until=None
        )

    async def close(self, outbox_id: int, token: UUID, before: OutboxState, state: OutboxState, reason: str) -> None:
        """End a message as failed, expired or in doubt, with the reason."""
        await self._advance(
            outbox_id, token, {before}, state=state, reason=reason, lease_token=None, leased_until=None
        )

    async def doubt_stale(self) -> list[OutboxRecord]:
        """Put in doubt what was being sent by a worker that is gone; return these messages."""
        statement = (
            update(OutboxMessage)
            .where(
                self._own(OutboxMessage.hotel_id),
                OutboxMessage.state == OutboxState.sending,
                OutboxMessage.leased_until < func.now(),
            )
            .values(
                state=OutboxState.in_doubt,
                reason="the sender stopped before the answer",
                lease_token=None,
                leased_until=None,
            )
            .returning(*_COLUMNS)
        )
        return [OutboxRecord(*row) for row in await self._run(statement)]

    async def resolve(self, outbox_id: int, state: OutboxState, provider_message_id: str | None, reason: str) -> bool:
        """Settle a message in doubt by evidence; return False where it was settled before.

        Once staff were told of the doubt the message is theirs, and not queued again.
        """
        # Whatever left did so with the call that nobody heard the end of.
        sent_at = OutboxMessage.sending_at if state is OutboxState.sent else None
        result = await self._run(
            update(OutboxMessage)
            .where(
                self._own(OutboxMessage.hotel_id),
                OutboxMessage.id == outbox_id,
                OutboxMessage.state == OutboxState.in_doubt,
                *([OutboxMessage.doubt_reported_at.is_(None)] if state is OutboxState.queued else []),
            )
            .values(state=state, provider_message_id=provider_message_id, reason=reason, sent_at=sent_at)
        )
        return result.rowcount > 0

    async def with_provider_id(
        self, account_id: UUID, provider_message_id: str, chat_id: UUID
    ) -> OutboxRecord | None:
        """Return the message that the provider knows by this id: that of the chat, where several chats have one."""
        statement = self._select().where(
            OutboxMessage.account_id == account_id, OutboxMessage.provider_message_id == provider_message_id
        )
        order = ((OutboxMessage.chat_id == chat_id).desc(), OutboxMessage.id.desc())
        row = (await self._run(statement.order_by(*order).limit(1))).one_or_none()
        return OutboxRecord(*row) if row else None

    async def deliver(self, outbox_id: int, state: OutboxState, at: datetime, reason: str | None = None) -> bool:
        """Move a sent message's state forward by the provider's word; return whether it moved."""
        rank = case({known.value: number for known, number in _RANK.items()}, value=OutboxMessage.state, else_=99)
        forward = (
            OutboxMessage.state.in_({OutboxState.sent, OutboxState.in_doubt})
            if state is OutboxState.failed
            else or_(rank < _RANK[state], OutboxMessage.state == OutboxState.in_doubt)
        )
        times = {OutboxState.delivered: "delivered_at", OutboxState.read: "read_at"}
        values: dict[str, Any] = {"state": state, **({times[state]: at} if state in times else {})}
        result = await self._run(
            update(OutboxMessage)
            .where(self._own(OutboxMessage.hotel_id), OutboxMessage.id == outbox_id, forward)
            .values(**values, reason=reason)
        )
        return result.rowcount > 0

    async def open_doubts(self, account_id: UUID, limit: int = 100) -> list[OutboxRecord]:
        """Return an account's messages in doubt that staff have not been told of, oldest first."""
        statement = self._select().where(
            OutboxMessage.account_id == account_id,
            OutboxMessage.state == OutboxState.in_doubt,
            OutboxMessage.doubt_reported_at.is_(None),
        )
        return [OutboxRecord(*row) for row in await self._run(statement.order_by(OutboxMessage.id).limit(limit))]

    async def report_doubt(self, outbox_id: int, at: datetime) -> bool:
        """Note that a doubt can't be resolved and staff are told; return False where that was done before."""
        result = await self._run(
            update(OutboxMessage)
            .where(
                self._own(OutboxMessage.hotel_id),
                OutboxMessage.id == outbox_id,
                OutboxMessage.state == OutboxState.in_doubt,
                OutboxMessage.doubt_reported_at.is_(None),
            )
            .values(doubt_reported_at=at)
        )
        return result.rowcount > 0

    async def is_busy(self, at: datetime) -> bool:
        """Whether a message that may leave at `at` waits to, or is just leaving."""
        statement = select(OutboxMessage.id).where(
            self._own(OutboxMessage.hotel_id),
            OutboxMessage.state.in_((OutboxState.queued, OutboxState.sending)),
            OutboxMessage.not_before <= at,
        )
        return (await self._run(statement.limit(1))).first() is not None

    async def of_notification(self, notification_id: UUID) -> list[OutboxRecord]:
        """Return the messages that carried a notification, oldest first."""
        statement = self._select().where(OutboxMessage.notification_id == notification_id)
        return [OutboxRecord(*row) for row in await self._run(statement.order_by(OutboxMessage.id))]

    async def move(self, old_chat: UUID, new_chat: UUID) -> None:
        """Let what waits for one chat go to another; a group that became a supergroup."""
        await self._run(
            update(OutboxMessage)
            .where(
                self._own(OutboxMessage.hotel_id),
                OutboxMessage.chat_id == old_chat,
                OutboxMessage.state == OutboxState.queued,
            )
            .values(chat_id=new_chat)
        )

    async def _advance(self, outbox_id: int, token: UUID, before: Collection[OutboxState], **values: Any) -> None:
        result = await self._run(
            update(OutboxMessage)
            .where(
                self._own(OutboxMessage.hotel_id),
                OutboxMessage.id == outbox_id,
                OutboxMessage.lease_token == token,
                OutboxMessage.state.in_(before),
            )
            .values(**values)
        )
        if result.rowcount == 0:
            raise LeaseLost("the message was claimed by another worker")

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(OutboxMessage.hotel_id))


_COLUMNS = tuple(getattr(OutboxMessage, name) for name in OutboxRecord.__slots__)
_LEASED = f"""
    SELECT {", ".join(OutboxRecord.__slots__)} FROM outbox
    WHERE hotel_id = $1 AND id = ANY ($2::bigint[]) AND lease_token = ANY ($3::uuid[]) AND state = 'queued'
    ORDER BY id FOR UPDATE
"""
_BEGIN_SENDING = """
    UPDATE outbox SET state = 'sending', attempts = attempts + 1, sending_at = $3, leased_until = now() + $4::interval
    WHERE hotel_id = $1 AND id = ANY ($2::bigint[])
"""
_RECORD_SENT = """
    UPDATE outbox SET
        state = 'sent', provider_message_id = sent.provider_message_id, sent_at = sent.sent_at,
        lease_token = NULL, leased_until = NULL
    FROM jsonb_to_recordset($2::jsonb) AS sent (id bigint, token uuid, provider_message_id text, sent_at timestamptz)
    WHERE outbox.hotel_id = $1 AND outbox.id = sent.id
      AND outbox.lease_token = sent.token AND outbox.state = 'sending'
    RETURNING outbox.id, EXISTS (
        SELECT FROM outbox AS other
        WHERE other.hotel_id = $1 AND other.account_id = outbox.account_id AND other.state = 'queued'
    )
"""


def _record(row: Any) -> OutboxRecord:
    values = dict(row)
    return OutboxRecord(
        **{**values, "purpose": OutboxPurpose(values["purpose"]), "state": OutboxState(values["state"])}
    )
