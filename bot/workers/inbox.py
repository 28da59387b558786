"""Handles what waits in the chats: one chat at a time per worker, its events in the order they came."""

from __future__ import annotations

import asyncio

from bot.channels.registry import format_of
from bot.clock import Clock
from bot.errors import LeaseLost, RejectedInput
from bot.inbox import TOPIC
from bot.knocks import Knocks
from bot.messages import AccountUpdate, ChatMoved, DeliveryUpdate, Incoming, IncomingMessage, Platform, ReachUpdate
from bot.notifications import Desk, Subject
from bot.outbox import TOPIC as OUTBOX_TOPIC
from bot.storage.claims import ChatLease
from bot.storage.failures import is_passing
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import bound, logger
from bot.telemetry.metrics import MessageOutcome, messages
from bot.updates import Updates
from bot.workers.crew import AFTER_OUTAGE, work_off
from bot.workers.leases import Leases
from handlers.step import Step
from handlers.turns import Arrival
from models.enums import NotificationType, Severity

MOST_ATTEMPTS = 3
HANDS = 8

log = logger("inbox")


class InboxWorker:
    """Claims chats and handles their events."""

    def __init__(
        self,
        database: Database,
        step: Step,
        updates: Updates,
        desk: Desk,
        clock: Clock,
        knocks: Knocks,
        leases: Leases,
    ) -> None:
        self._database = database
        self._step = step
        self._updates = updates
        self._desk = desk
        self._clock = clock
        self._knocks = knocks
        self._leases = leases
        self._alone = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; the message in hand is finished first."""
        self._stop = stop
        await work_off(
            self._database.claims.claim_chats,
            self._work_chat,
            topic=TOPIC,
            knocks=self._knocks,
            stop=stop,
            hands=HANDS,
        )

    async def _work_chat(self, lease: ChatLease) -> None:
        with self._leases.chat(lease.token), bound(hotel_id=lease.hotel_id):
            while not self._stop.is_set():
                if not await self._handle_next(lease):
                    return
            async with self._database.unit(lease.hotel_id) as uow:
                await uow.chats.hold(lease.chat_id, lease.token)
                await uow.chats.release(lease.chat_id, lease.token)

    async def _handle_next(self, lease: ChatLease, *, is_alone: bool = False) -> bool:
        """Handle the oldest waiting event; return False when none waits and the chat is given back.

        Whatever was in hand when a worker died is suspected of having killed it. Suspects go one by one, and are
        counted when their turn comes: so the next death is the culprit's own, and its neighbours are not blamed.
        """
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease.chat_id, lease.token)
            event = await uow.inbox.begin_next(lease.chat_id, is_alone=is_alone)
            if event is not None:
                platform = Platform(await uow.accounts.platform_of(event.account_id))
            elif is_alone or not await uow.inbox.is_waiting(lease.chat_id):
                await uow.chats.release(lease.chat_id, lease.token)
                return False
        if event is None:
            async with self._alone:
                return await self._handle_next(lease, is_alone=True)
        with bound(correlation_id=event.correlation_id):
            await self._attempt(lease, event, platform)
        await self._knocks.knock(OUTBOX_TOPIC)
        return True

    async def _attempt(self, lease: ChatLease, event: InboxRecord, platform: Platform) -> None:
        if event.attempts > MOST_ATTEMPTS:
            await self._quarantine(lease, event, platform, event.last_error or "its worker died each time")
            return
        try:
            await self._dispatch(lease, event, platform, format_of(platform, self._clock).parse(event.payload))
        except LeaseLost:
            raise
        except RejectedInput as error:
            await self._quarantine(lease, event, platform, f"could not be read: {error}")
        except Exception as error:
            if is_passing(error):
                await self._forgive(lease, event)
                raise
            log.error("message_failed", attempt=event.attempts, error=error, exc_info=True)
            if event.attempts == MOST_ATTEMPTS:
                await self._quarantine(lease, event, platform, type(error).__name__)
            else:
                async with self._database.unit(lease.hotel_id) as uow:
                    await uow.inbox.note_error(event.id, type(error).__name__)

    async def _dispatch(
        self, lease: ChatLease, event: InboxRecord, platform: Platform, incoming: list[Incoming]
    ) -> None:
        for part in incoming:
            if isinstance(part, IncomingMessage):
                await self._step.handle(lease, Arrival(event, part, platform))
                return
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease.chat_id, lease.token)
            for part in incoming:
                if isinstance(part, DeliveryUpdate | AccountUpdate | ReachUpdate | ChatMoved):
                    await self._updates.apply(uow, event, part)
            await uow.inbox.finish(event.id, self._clock.now())

    async def _quarantine(self, lease: ChatLease, event: InboxRecord, platform: Platform, reason: str) -> None:
        """Set an event aside and tell staff, so that those behind it go on and nobody's words vanish."""
        log.error("message_quarantined", attempt=event.attempts, event_id=event.id)
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease.chat_id, lease.token)
            await uow.inbox.quarantine(event.id, self._clock.now(), reason)
            conversation = await uow.conversations.open_in(lease.chat_id)
            guest = await uow.guests.get(conversation.guest_id) if conversation and conversation.guest_id else None
            await self._desk.raise_alert(
                uow,
                NotificationType.system_alert,
                Severity.warning,
                "alert-title-quarantined",
                Subject(
                    guest_id=guest.id if guest else None,
                    guest_name=guest.name if guest else None,
                    conversation_id=conversation.id if conversation else None,
                ),
                await self._desk.sentence(uow, "alert-quarantined", event=str(event.id), attempts=event.attempts),
                event.correlation_id,
            )
        messages.labels(platform, MessageOutcome.quarantined).inc()

    async def _forgive(self, lease: ChatLease, event: InboxRecord) -> None:
        """The database failed, not the event: take the counted attempt back, if that is possible by now."""
        await asyncio.sleep(AFTER_OUTAGE.total_seconds())
        try:
            async with self._database.unit(lease.hotel_id) as uow:
                await uow.chats.hold(lease.chat_id, lease.token)
                await uow.inbox.forgive(event.id)
                await uow.chats.release(lease.chat_id, lease.token)
        except Exception as error:
            log.warning("attempt_not_forgiven", error=error)
