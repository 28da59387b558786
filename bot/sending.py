"""Sends what was claimed from the outbox, and records what became of it.

`sending` is committed before the call and the result after it, so a crash between the two is known as what it
is and never guessed away.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from bot.channels.base import Channel, Limits
from bot.channels.connections import Connections
from bot.clock import Clock
from bot.errors import (
    AccountUnusable,
    BellhopError,
    ChatMigrated,
    InDoubt,
    LeaseLost,
    RecipientUnreachable,
    TransientError,
)
from bot.messages import outgoing_from_json
from bot.outbox import follow_chat, name_message, obstacle
from bot.pace import Gaps, Pace
from bot.storage.claims import LEASE, OutboxLease
from bot.storage.failures import is_overload
from bot.storage.repositories.accounts import AccountRecord
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.telemetry.logs import bound, logger
from bot.telemetry.metrics import MessageOutcome, messages, send_seconds
from models.enums import AccountStatus, OutboxState

FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
# How long an account that is refused keeps its messages before the next one is tried; and one that is known not
# to work, before it is looked at again, which costs a query and no call.
ACCOUNT_REST = timedelta(seconds=30)
LOOK_AGAIN = timedelta(seconds=2)
AFTER_OUTAGE = timedelta(milliseconds=500)
# Telegram lets 20 messages a minute into a group: so many at once, the others at the group's gap.
GROUP_BURST = 4
WORKING = frozenset({AccountStatus.new, AccountStatus.active, AccountStatus.limited})

# Told inside the recording transaction what became of a message, so that what follows from it commits with it.
Settled = Callable[[UnitOfWork, OutboxRecord, OutboxState, str], Awaitable[None]]

log = logger("outbox")


class Sender:
    """Sends one claimed message at a time; many calls may run at once."""

    def __init__(
        self,
        database: Database,
        connections: Connections,
        clock: Clock,
        pace: Pace,
        settled: Settled,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._connections = connections
        self._clock = clock
        self._pace = pace
        self._settled = settled
        self._monotonic = monotonic

    async def send(self, lease: OutboxLease) -> None:
        """Send a claimed message, or give it back. Raises LeaseLost when another worker took it over."""
        began = self._monotonic()
        prepared = await self._begin(lease)
        if prepared is None:
            return
        record, chat, channel = prepared
        with bound(hotel_id=lease.hotel_id, outbox_id=lease.outbox_id, correlation_id=record.correlation_id):
            started = self._monotonic()
            try:
                self._check_moment(record, stood=started - began)
                provider_id = await channel.send(chat.address, outgoing_from_json(record.content))
            except BellhopError as error:
                await self._record_failure(lease, record, chat, channel, error)
            else:
                await self._record_sent(lease, record, channel, provider_id)
            finally:
                send_seconds.labels(channel.platform).observe(self._monotonic() - started)

    def _check_moment(self, record: OutboxRecord, stood: float) -> None:
        """Raise TransientError, before anything leaves, when the moment to send has passed since it was found.

        A process that was stopped may wake up after others took its work over, or after the bot was asked for quiet.
        """
        if stood > LEASE.total_seconds():
            raise TransientError("the sender stood still before the call, so it was not made")
        if hold := self._pace.hold_left(str(record.account_id)):
            raise TransientError("the account was put to rest before the call", timedelta(seconds=hold))

    async def _begin(self, lease: OutboxLease) -> tuple[OutboxRecord, ChatRecord, Channel] | None:
        """Check once more whether the message may go, and commit that it is being sent."""
        now = self._clock.now()
        async with self._database.unit(lease.hotel_id) as uow:
            record = await uow.outbox.leased(lease.outbox_id, lease.token)
            chat = await uow.chats.get(record.chat_id)
            account = await uow.accounts.get(record.account_id)
            stop = await obstacle(uow, record, chat, account, now)
            if stop is not None:
                state, reason = stop
                await uow.outbox.close(record.id, lease.token, OutboxState.queued, state, reason)
                await self._settled(uow, record, state, reason)
                log.info("message_stopped", outbox_id=record.id, state=state)
                return None
            channel = await self._channel(lease, account)
            if channel is None or not self._take_slot(record, chat, channel.limits):
                await uow.outbox.give_back(record.id, lease.token)
                return None
            await uow.outbox.begin_sending(record.id, lease.token, now)
        return record, chat, channel

    async def _channel(self, lease: OutboxLease, account: AccountRecord | None) -> Channel | None:
        """Return the open channel; None, and a rest for the account, where it can't be used just now."""
        if account is not None and account.is_resting:
            return None
        if account is not None and account.status in WORKING:
            try:
                return await self._connections.get(lease.hotel_id, account)
            except AccountUnusable as error:
                log.error("account_unusable", account_id=account.id, error=error)
                self._pace.hold(str(lease.account_id), ACCOUNT_REST.total_seconds())
        else:
            self._pace.hold(str(lease.account_id), LOOK_AGAIN.total_seconds())
        return None

    def _take_slot(self, record: OutboxRecord, chat: ChatRecord, limits: Limits) -> bool:
        if record.content.get("answers_press"):  # stops a spinner; providers don't count it as a message
            return True
        gaps = Gaps(limits.account_gap, limits.chat_gap)
        if chat.address.startswith("-"):
            gaps = Gaps(limits.account_gap, limits.group_gap, GROUP_BURST)
        return not self._pace.reserve(str(record.account_id), str(record.chat_id), gaps)

    async def _record(
        self, record: OutboxRecord, hotel_id: UUID, write: Callable[[UnitOfWork], Awaitable[None]]
    ) -> None:
        """Commit what the provider said. It is known only here, so an outage of the database is waited out."""
        while True:
            try:
                async with self._database.unit(hotel_id) as uow:
                    await uow.chats.lock(record.chat_id)
                    await write(uow)
                return
            except Exception as error:
                if not is_overload(error):
                    raise
                log.warning("database_unavailable", error=error)
                await asyncio.sleep(AFTER_OUTAGE.total_seconds())

    async def _record_sent(
        self, lease: OutboxLease, record: OutboxRecord, channel: Channel, provider_id: str | None
    ) -> None:
        now = self._clock.now()

        async def write(uow: UnitOfWork) -> None:
            try:
                await uow.outbox.record_sent(record.id, lease.token, provider_id, now)
            except LeaseLost:
                # It took so long that the message was put in doubt; but there is none.
                if not await uow.outbox.resolve(record.id, OutboxState.sent, provider_id, "recorded late"):
                    raise
            await name_message(uow, record, provider_id)
            await uow.accounts.count_sent(record.account_id, now)
            await self._settled(uow, record, OutboxState.sent, "")

        await self._record(record, lease.hotel_id, write)
        messages.labels(channel.platform, MessageOutcome.sent).inc()
        log.info("message_sent", attempt=record.attempts + 1)

    async def _record_failure(
        self, lease: OutboxLease, record: OutboxRecord, chat: ChatRecord, channel: Channel, error: BellhopError
    ) -> None:
        log.warning("message_not_sent", error=error, attempt=record.attempts + 1)
        wait = self._wait_after(record, error)
        state = OutboxState.in_doubt if isinstance(error, InDoubt) else OutboxState.failed

        async def write(uow: UnitOfWork) -> None:
            if wait is not None:
                await self._queue_again(uow, lease, record, wait, error)
                if isinstance(error, ChatMigrated):
                    await follow_chat(uow, chat, error.new_chat_id)
                return
            if isinstance(error, RecipientUnreachable):
                await uow.chats.mark_reachable(chat.id, False)
            await uow.outbox.close(record.id, lease.token, OutboxState.sending, state, str(error))
            if state is OutboxState.failed:
                await self._settled(uow, record, state, str(error))

        await self._record(record, lease.hotel_id, write)
        if wait is not None:
            return
        outcome = MessageOutcome.in_doubt if state is OutboxState.in_doubt else MessageOutcome.failed
        messages.labels(channel.platform, outcome).inc()

    async def _queue_again(
        self, uow: UnitOfWork, lease: OutboxLease, record: OutboxRecord, wait: timedelta, error: BellhopError
    ) -> None:
        try:
            await uow.outbox.retry(record.id, lease.token, self._clock.now() + wait, str(error))
        except LeaseLost:
            # It took so long that the message was put in doubt; but there is none.
            if not await uow.outbox.resolve(record.id, OutboxState.queued, None, str(error)):
                raise
        if isinstance(error, TransientError) and error.retry_after is not None:
            await uow.accounts.rest(record.account_id, error.retry_after)

    def _wait_after(self, record: OutboxRecord, error: BellhopError) -> timedelta | None:
        """Return how long to wait before the message is tried again; None when it must not be."""
        match error:
            case ChatMigrated():
                return timedelta()
            case AccountUnusable():
                self._pace.hold(str(record.account_id), ACCOUNT_REST.total_seconds())
                return ACCOUNT_REST
            case TransientError(retry_after=timedelta() as asked):
                self._pace.hold(str(record.account_id), asked.total_seconds())
                return asked
            case TransientError():
                doublings = 1 << min(record.attempts, 20)
                return min(FIRST_RETRY * doublings, LONGEST_RETRY) * random.uniform(0.75, 1.25)
            case _:
                return None
