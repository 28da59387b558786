"""Settles messages of which nobody knows whether they left: by the provider's journal, never by a guess."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from bot.channels.base import JOURNAL_LAG
from bot.channels.connections import Connections
from bot.clock import Clock
from bot.errors import InDoubt, PermanentError, TransientError
from bot.messages import outgoing_from_json
from bot.outbox import name_messages
from bot.sending import Settled
from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.telemetry.logs import logger
from models.enums import OutboxState

# With a provider that says when to ask again: a journal may be asked once a second only, for all its messages.
LONGEST_PATIENCE = timedelta(minutes=10)
CLOCK_SKEW = timedelta(seconds=10)

log = logger("outbox")


class Doubts:
    """Asks the providers about the messages in doubt of one account at a time."""

    def __init__(self, database: Database, connections: Connections, clock: Clock, settled: Settled) -> None:
        self._database = database
        self._connections = connections
        self._clock = clock
        self._settled = settled
        self._missed: dict[int, datetime] = {}

    async def mark_stale(self, hotel_id: UUID) -> None:
        """Put in doubt what a worker was sending when it died."""
        async with self._database.unit(hotel_id) as uow:
            for record in await uow.outbox.doubt_stale():
                log.warning("message_in_doubt", hotel_id=hotel_id, outbox_id=record.id)

    async def look_into(self, hotel_id: UUID, account_id: UUID) -> None:
        """Settle what can be settled now, and tell staff of what never can be."""
        async with self._database.unit(hotel_id) as uow:
            open_doubts = await uow.outbox.open_doubts(account_id)
        for record in open_doubts:
            await self._look_into(hotel_id, record)

    async def _look_into(self, hotel_id: UUID, record: OutboxRecord) -> None:
        async with self._database.unit(hotel_id) as uow:
            chat = await uow.chats.get(record.chat_id)
            account = await uow.accounts.get(record.account_id)
        since = record.sending_at or record.created_at
        age = self._clock.now() - since
        if account is None:
            await self._report(hotel_id, record)
            return
        try:
            channel = await self._connections.get(hotel_id, account)
            found = await channel.find_sent(chat.address, outgoing_from_json(record.content), since - CLOCK_SKEW)
        except (InDoubt, PermanentError):
            await self._report(hotel_id, record)
        except TransientError as error:
            if age > (JOURNAL_LAG if error.retry_after is None else LONGEST_PATIENCE):
                await self._report(hotel_id, record)
        else:
            if found is None:
                if self._is_absent(record, since):
                    await self._settle(hotel_id, record, OutboxState.queued, None)
            elif not await self._settle(hotel_id, record, OutboxState.sent, found.message_id) and age > JOURNAL_LAG:
                await self._report(hotel_id, record)

    def _is_absent(self, record: OutboxRecord, since: datetime) -> bool:
        """Whether the provider has shown it nowhere for as long as its journal may lag.

        A single look is no proof, however late it comes: what has just left the provider's queue is in neither.
        """
        now = self._clock.now()
        first = self._missed.get(record.id, now)
        if not since <= first <= now:  # of an earlier attempt, or of a clock that was set back
            first = now
        self._missed[record.id] = first
        return now - first >= JOURNAL_LAG

    async def _settle(
        self, hotel_id: UUID, record: OutboxRecord, state: OutboxState, provider_message_id: str | None
    ) -> bool:
        """A message found in the journal was sent; one surely missing goes back to the queue.

        Return False where the journal's line is that of an earlier message with the same words: ours may come yet.
        """
        async with self._database.unit(hotel_id) as uow:
            await uow.chats.lock([record.chat_id])
            if provider_message_id and await _is_anothers(uow, record, provider_message_id):
                return False
            reason = f"the provider's journal says so: {'sent' if provider_message_id else 'never arrived'}"
            self._missed.pop(record.id, None)
            if await uow.outbox.resolve(record.id, state, provider_message_id, reason):
                if provider_message_id:
                    await name_messages(uow, [(record, provider_message_id)])
                if state is OutboxState.sent:
                    await self._settled(uow, record, state, reason)
                log.info("doubt_resolved", hotel_id=hotel_id, outbox_id=record.id, outcome=state)
        return True

    async def _report(self, hotel_id: UUID, record: OutboxRecord) -> None:
        self._missed.pop(record.id, None)
        async with self._database.unit(hotel_id) as uow:
            if await uow.outbox.report_doubt(record.id, self._clock.now()):
                await self._settled(uow, record, OutboxState.in_doubt, record.reason or "")
                log.warning("doubt_unresolved", hotel_id=hotel_id, outbox_id=record.id)


async def _is_anothers(uow: UnitOfWork, record: OutboxRecord, provider_message_id: str) -> bool:
    """Whether the chat has another message that the provider knows by this id."""
    named = await uow.outbox.with_provider_id(record.account_id, provider_message_id, record.chat_id)
    return named is not None and named.chat_id == record.chat_id
