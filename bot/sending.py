"""Sends what was claimed from the outbox, and records what became of it.

`sending` is committed before the call and the result after it, so a crash between the two is known as what it
is and never guessed away.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from bot.batches import Batches
from bot.channels.base import Channel
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
from bot.inbox import TOPIC as INBOX_TOPIC
from bot.knocks import Knocks
from bot.messages import outgoing_from_json
from bot.outbox import follow_chat, name_messages, obstacle
from bot.pace import Pace
from bot.slots import lock_groups, take_slot
from bot.storage.claims import LEASE, OutboxLease
from bot.storage.failures import is_passing, outlast
from bot.storage.repositories.accounts import AccountRecord
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.outbox import OutboxRecord, SentMessage
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.telemetry.logs import bound, logger
from bot.telemetry.metrics import MessageOutcome, messages, send_seconds
from models.enums import AccountStatus, OutboxState

MOST_TOGETHER = 50
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
# How long an account that is refused keeps its messages before the next one is tried; and one that is known not
# to work, before it is looked at again, which costs a query and no call.
ACCOUNT_REST = timedelta(seconds=30)
LOOK_AGAIN = timedelta(seconds=2)
# How long a message stays whose group somebody else has just locked: about as long as that lasts.
BUSY_REST = timedelta(milliseconds=50)
WORKING = frozenset({AccountStatus.new, AccountStatus.active, AccountStatus.limited})

# Told inside the recording transaction what became of a message, so that what follows from it commits with it.
Settled = Callable[[UnitOfWork, OutboxRecord, OutboxState, str], Awaitable[None]]
# Says whether something is not to be heard at this hour; whoever wanted it sent has taken it back then.
IsTakenBack = Callable[[UnitOfWork, OutboxRecord, datetime], Awaitable[bool]]

log = logger("outbox")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that is being sent, and what sending it takes."""

    lease: OutboxLease
    record: OutboxRecord
    chat: ChatRecord
    channel: Channel


@dataclass(frozen=True, slots=True, eq=False)
class Receipt:
    """The provider's word that it took a message."""

    parcel: Parcel
    sent: SentMessage

    @property
    def record(self) -> OutboxRecord:
        return self.parcel.record


class Sender:
    """Sends claimed messages. Many calls run at once; those of one hotel are begun and recorded together."""

    def __init__(
        self,
        database: Database,
        connections: Connections,
        clock: Clock,
        pace: Pace,
        knocks: Knocks,
        settled: Settled,
        monotonic: Callable[[], float] = time.monotonic,
        is_taken_back: IsTakenBack | None = None,
    ) -> None:
        self._database = database
        self._connections = connections
        self._clock = clock
        self._pace = pace
        self._knocks = knocks
        self._settled = settled
        self._is_taken_back = is_taken_back
        self._monotonic = monotonic
        self._begins = Batches(self._begin_all, MOST_TOGETHER)
        self._receipts = Batches(self._record_all, MOST_TOGETHER)

    async def send(self, lease: OutboxLease) -> bool:
        """Send a claimed message, or give it back; return whether there may be more for which this made room.

        Raises LeaseLost when another worker took it over.
        """
        began = self._monotonic()
        parcel = await self._begin(lease)
        if parcel is None:
            return True
        record, chat, channel = parcel.record, parcel.chat, parcel.channel
        with _about(lease, record):
            started = self._monotonic()
            try:
                self._check_moment(record, stood=started - began)
                provider_id = await channel.send(chat.address, outgoing_from_json(record.content))
            except BellhopError as error:
                await self._record_failure(parcel, error)
                return True
            else:
                return await self._record_sent(parcel, provider_id)
            finally:
                send_seconds.labels(channel.platform).observe(self._monotonic() - started)

    async def give_back(self, lease: OutboxLease) -> None:
        """Leave a claimed message, for which no call was made, to the next claim."""
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.outbox.give_back(lease.outbox_id, lease.token)

    async def put_off(self, lease: OutboxLease, wait: timedelta) -> None:
        """Leave a claimed message to the next claim after so long."""
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.outbox.put_off(lease.outbox_id, lease.token, self._clock.now() + wait)

    async def close(self) -> None:
        """Give up what is being begun or recorded."""
        await self._begins.close()
        await self._receipts.close()

    async def _begin(self, lease: OutboxLease) -> Parcel | None:
        """Commit that a message is being sent. Where the database fails meanwhile, no call is made, whatever it has
        committed: the message is given back."""
        try:
            return await self._begins.do(lease.hotel_id, lease)
        except Exception as error:
            if is_passing(error):
                await outlast(lambda: self.give_back(lease))
            raise

    def _check_moment(self, record: OutboxRecord, stood: float) -> None:
        """Raise TransientError, before anything leaves, when the moment to send has passed since it was found.

        A process that was stopped may wake up after others took its work over, or after the bot was asked for quiet.
        """
        if stood > LEASE.total_seconds():
            raise TransientError("the sender stood still before the call, so it was not made")
        if hold := self._pace.hold_left(str(record.account_id)):
            raise TransientError("the account was put to rest before the call", timedelta(seconds=hold))

    async def _begin_all(self, hotel_id: UUID, leases: Sequence[OutboxLease]) -> list[Parcel | Exception | None]:
        """Check once more which messages may go, and commit that they are being sent; None for one that may not."""
        now = self._clock.now()
        async with self._database.unit(hotel_id) as uow:
            # The next slot is for what is urgent.
            records = await uow.outbox.leased(sorted(leases, key=attrgetter("priority")))
            chats = await uow.chats.with_ids({record.chat_id for record in records.values()})
            busy, is_passed_over = await lock_groups(uow, chats.values())
            accounts = await uow.accounts.with_ids({record.account_id for record in records.values()})
            parcels: dict[OutboxLease, Parcel | None] = dict.fromkeys(records)
            for lease, record in records.items():
                if record.chat_id in busy:
                    await uow.outbox.put_off(record.id, lease.token, now + BUSY_REST)
                else:
                    chat, account = chats[record.chat_id], accounts.get(record.account_id)
                    parcels[lease] = await self._parcel(uow, lease, record, chat, account)
            await uow.outbox.begin_sending([parcel.record.id for parcel in parcels.values() if parcel], now)
        if is_passed_over:
            await self._knocks.knock(INBOX_TOPIC)
        lost = LeaseLost("the message was claimed by another worker")
        return [parcels.get(lease, lost) for lease in leases]

    async def _parcel(
        self,
        uow: UnitOfWork,
        lease: OutboxLease,
        record: OutboxRecord,
        chat: ChatRecord,
        account: AccountRecord | None,
    ) -> Parcel | None:
        """Return what sending a message takes; one that may not leave now is ended or given back, for None."""
        with _about(lease, record):
            now = self._clock.now()
            stop = await obstacle(uow, record, chat, account, now)
            if stop is not None:
                state, reason = stop
                await uow.outbox.close(record.id, lease.token, OutboxState.queued, state, reason)
                await self._settled(uow, record, state, reason)
                log.info("message_stopped", state=state)
                return None
            if self._is_taken_back and await self._is_taken_back(uow, record, now):
                await uow.outbox.close(record.id, lease.token, OutboxState.queued, OutboxState.expired, "taken back")
                log.info("message_taken_back")
                return None
            channel = await self._channel(lease, account)
            if channel is None or not await take_slot(self._pace, uow, lease, record, chat, channel.limits):
                await uow.outbox.give_back(record.id, lease.token)
                return None
            return Parcel(lease, record, chat, channel)

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

    @asynccontextmanager
    async def _locking(self, hotel_id: UUID, chat_ids: Collection[UUID]) -> AsyncIterator[UnitOfWork]:
        """Begin a transaction with these chats locked; what a claim passed over for that is looked for again."""
        async with self._database.unit(hotel_id) as uow:
            chats = await uow.chats.lock(chat_ids)
            yield uow
        if any(chats.values()):
            await self._knocks.knock(INBOX_TOPIC)

    async def _record_sent(self, parcel: Parcel, provider_id: str | None) -> bool:
        receipt = Receipt(parcel, SentMessage(parcel.record.id, parcel.lease.token, provider_id, self._clock.now()))
        made_room = await outlast(lambda: self._receipts.do(parcel.lease.hotel_id, receipt))
        messages.labels(parcel.channel.platform, MessageOutcome.sent).inc()
        log.info("message_sent", attempt=parcel.record.attempts + 1)
        return made_room

    async def _record_all(self, hotel_id: UUID, receipts: Sequence[Receipt]) -> list[bool | Exception]:
        claims_before = self._database.claims.outbox_claims
        async with self._locking(hotel_id, {receipt.record.chat_id for receipt in receipts}) as uow:
            held = await uow.outbox.record_sent([receipt.sent for receipt in receipts])
            ours = [one for one in receipts if one.record.id in held or await self._record_late(uow, one)]
            names = [(one.record, name) for one in ours if (name := one.sent.provider_message_id) is not None]
            await name_messages(uow, names)
            counts = Counter(one.record.account_id for one in ours)
            await uow.accounts.count_sent(counts, self._clock.now())
            for one in ours:
                await self._settled(uow, one.record, OutboxState.sent, "")
        # Who claimed meanwhile has still seen these on their way, and may have passed over what is behind them.
        was_claimed = self._database.claims.outbox_claims != claims_before
        lost = LeaseLost("the message was claimed by another worker")
        return [was_claimed or held.get(one.record.id, True) if one in ours else lost for one in receipts]

    async def _record_late(self, uow: UnitOfWork, receipt: Receipt) -> bool:
        """Where the call took so long that the message was put in doubt, take the doubt away; there is none."""
        name = receipt.sent.provider_message_id
        return await uow.outbox.resolve(receipt.record.id, OutboxState.sent, name, "recorded late")

    async def _record_failure(self, parcel: Parcel, error: BellhopError) -> None:
        record = parcel.record
        log.warning("message_not_sent", error=error, attempt=record.attempts + 1)
        wait = self._wait_after(record, error)
        state = OutboxState.in_doubt if isinstance(error, InDoubt) else OutboxState.failed

        async def write() -> None:
            async with self._locking(parcel.lease.hotel_id, [record.chat_id]) as uow:
                if wait is not None:
                    await self._queue_again(uow, parcel.lease, record, wait, error)
                    if isinstance(error, ChatMigrated):
                        await follow_chat(uow, parcel.chat, error.new_chat_id)
                    return
                if isinstance(error, RecipientUnreachable):
                    await uow.chats.mark_reachable(record.chat_id, False)
                await uow.outbox.close(record.id, parcel.lease.token, OutboxState.sending, state, str(error))
                if state is OutboxState.failed:
                    await self._settled(uow, record, state, str(error))

        await outlast(write)
        if wait is None:
            outcome = MessageOutcome.in_doubt if state is OutboxState.in_doubt else MessageOutcome.failed
            messages.labels(parcel.channel.platform, outcome).inc()

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
            case ChatMigrated() if not record.attempts:
                return timedelta()
            case AccountUnusable():
                self._pace.hold(str(record.account_id), ACCOUNT_REST.total_seconds())
                return ACCOUNT_REST
            case TransientError(retry_after=timedelta() as asked):
                self._pace.hold(str(record.account_id), asked.total_seconds())
                return asked
            case TransientError() | ChatMigrated():  # one that sends us on for ever must not be asked without a pause
                doublings = 1 << min(record.attempts, 20)
                return min(FIRST_RETRY * doublings, LONGEST_RETRY) * random.uniform(0.75, 1.25)
            case _:
                return None


def _about(lease: OutboxLease, record: OutboxRecord) -> AbstractContextManager[None]:
    """What every line that is logged of a message says of it."""
    return bound(hotel_id=lease.hotel_id, outbox_id=lease.outbox_id, correlation_id=record.correlation_id)
