"""The one door in: what a provider sent is stored, raw and once, before anybody acknowledges it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

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

log = logger("inbox")


class Inbox:
    """Stores events; a repeated one changes nothing."""

    def __init__(self, database: Database, clock: Clock, knocks: Knocks) -> None:
        self._database = database
        self._clock = clock
        self._knocks = knocks

    async def accept(self, account: AccountHead, events: Sequence[RawEvent]) -> int:
        """Store the events of one account in one commit; return how many were new.

        Once this returns the provider may be told that they arrived, and not before.
        """
        if not events:
            return 0
        now = self._clock.now()
        lanes = [_key(event.lane) for event in events]
        async with self._database.unit(account.hotel_id) as uow:
            chats = await uow.chats.make_ready(account.account_id, set(lanes))
            new = await uow.inbox.add(
                [
                    NewEvent(
                        account.account_id,
                        chats[lane],
                        event.kind,
                        _key(event.event_id),
                        event.payload,
                        new_id().hex,
                        now,
                    )
                    for event, lane in zip(events, lanes, strict=True)
                ]
            )
            await uow.accounts.note_inbound(account.account_id, now, every=timedelta(minutes=1))
        messages.labels(account.platform, MessageOutcome.accepted).inc(new)
        log.debug("events_accepted", hotel_id=account.hotel_id, account_id=account.account_id, new_count=new)
        await self._knocks.knock(TOPIC)
        return new


def _key(text: str) -> str:
    """Return text that fits a key column; one that is too long is replaced by its hash."""
    cleaned = clean_text(text)
    if len(cleaned) <= LONGEST_KEY:
        return cleaned
    return hashlib.sha256(cleaned.encode()).hexdigest()
