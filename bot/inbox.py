"""The one door in: what a provider sent is stored, raw and once, before anybody acknowledges it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.batches import Batches
from bot.channels.base import RawEvent
from bot.clock import Clock
from bot.knocks import Knocks
from bot.messages import clean_text
from bot.storage.claims import AccountHead
from bot.storage.repositories.inbox import NewEvent
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import logger
from bot.telemetry.metrics import MessageOutcome, messages
from models.base import new_id

TOPIC = "inbox"
LONGEST_KEY = 255
MOST_TOGETHER = 100
# An account's row is a busy one: when it last received something is noted so often at most.
NOTE_EVERY = timedelta(minutes=1)
_NEVER = datetime.min.replace(tzinfo=UTC)

log = logger("inbox")


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What one push or one fetch brought for an account."""

    account: AccountHead
    events: Sequence[RawEvent]


class Inbox:
    """Stores events; a repeated one changes nothing. What comes for one hotel at once is stored in one commit."""

    def __init__(self, database: Database, clock: Clock, knocks: Knocks) -> None:
        self._database = database
        self._clock = clock
        self._knocks = knocks
        self._deliveries = Batches(self._store, MOST_TOGETHER)
        # When each account was last noted to have received something.
        self._noted: dict[UUID, datetime] = {}

    async def close(self) -> None:
        """Give up what is being stored; nobody was told that it arrived."""
        await self._deliveries.close()

    async def accept(self, account: AccountHead, events: Sequence[RawEvent]) -> int:
        """Store the events of one account; return how many were new.

        Once this returns the provider may be told that they arrived, and not before.
        """
        if not events:
            return 0
        new = await self._deliveries.do(account.hotel_id, _Delivery(account, events))
        messages.labels(account.platform, MessageOutcome.accepted).inc(new)
        log.debug("events_accepted", hotel_id=account.hotel_id, account_id=account.account_id, new_count=new)
        return new

    async def _store(self, hotel_id: UUID, deliveries: Sequence[_Delivery]) -> list[int | Exception]:
        now = self._clock.now()
        accounts = {delivery.account.account_id for delivery in deliveries}
        unnoted = [one for one in accounts if now - self._noted.get(one, _NEVER) >= NOTE_EVERY]
        async with self._database.unit(hotel_id) as uow:
            lanes = {(one.account.account_id, _key(event.lane)) for one in deliveries for event in one.events}
            chats = await uow.chats.make_ready(lanes)
            rows = [_row(one.account.account_id, chats, event, now) for one in deliveries for event in one.events]
            new = await uow.inbox.add(rows)
            await uow.accounts.note_inbound(unnoted, now, NOTE_EVERY)
        self._noted |= dict.fromkeys(unnoted, now)
        await self._knocks.knock(TOPIC)
        # Of two that brought the same event, the first has stored it.
        return [sum(_take(new, key) for key in _keys(delivery)) for delivery in deliveries]


def _keys(delivery: _Delivery) -> list[tuple[UUID, str, str]]:
    return [(delivery.account.account_id, str(event.kind), _key(event.event_id)) for event in delivery.events]


def _take(keys: set[tuple[UUID, str, str]], key: tuple[UUID, str, str]) -> bool:
    """Take a key out of the set; return whether it was there."""
    was_there = key in keys
    keys.discard(key)
    return was_there


def _row(account_id: UUID, chats: Mapping[tuple[UUID, str], UUID], event: RawEvent, now: datetime) -> NewEvent:
    return NewEvent(
        account_id=account_id,
        chat_id=chats[account_id, _key(event.lane)],
        kind=event.kind,
        event_id=_key(event.event_id),
        payload=event.payload,
        correlation_id=new_id().hex,
        received_at=now,
    )


def _key(text: str) -> str:
    """Return text that fits a key column; one that is too long is replaced by its hash."""
    cleaned = clean_text(text)
    if len(cleaned) <= LONGEST_KEY:
        return cleaned
    return hashlib.sha256(cleaned.encode()).hexdigest()
