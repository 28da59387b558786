"""Handles what waits in the chats: one chat at a time per worker, its events in the order they came."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from bot.batches import Batches
from bot.channels.registry import format_of
from bot.clock import Clock
from bot.errors import LeaseLost, RejectedInput
from bot.inbox import TOPIC
from bot.knocks import Knocks
from bot.lanes import Begun, begin_next
from bot.messages import (
    AccountUpdate,
    ChatMoved,
    DeliveryUpdate,
    Incoming,
    IncomingMessage,
    Platform,
    ReachUpdate,
    StaffMessage,
)
from bot.notifications import Desk, Subject
from bot.outbox import TOPIC as OUTBOX_TOPIC
from bot.storage.claims import ChatLease
from bot.storage.failures import AFTER_OUTAGE, is_passing, outlast
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import bound, logger
from bot.telemetry.metrics import MessageOutcome, messages
from bot.updates import Updates
from bot.workers.crew import work_off
from bot.workers.leases import Leases
from handlers.step import MOST_TOGETHER, Step
from handlers.turns import Arrival
from models.enums import NotificationType, Severity

MOST_ATTEMPTS = 3
HANDS = 100

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
        self._begins = Batches(self._begin_all, MOST_TOGETHER)
        self._suspects = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; the message in hand is finished first."""
        self._stop = stop
        try:
            await work_off(
                self._database.claims.claim_chats,
                self._work_chat,
                topic=TOPIC,
                knocks=self._knocks,
                stop=stop,
                hands=HANDS,
            )
        finally:
            await self._begins.close()
            await self._step.close()

    async def _work_chat(self, lease: ChatLease) -> None:
        with self._leases.chat(lease.token), bound(hotel_id=lease.hotel_id):
            try:
                begun = await self._next(lease)
                while begun is not None and not self._stop.is_set():
                    begun = await self._handle(lease, begun)
                if begun is not None:
                    await self._leave(lease, begun)
            except Exception as error:
                # Given back as soon as the database is there again, and not only when the lease ends; after a pause,
                # since what fails so of itself would come again and again without one.
                if is_passing(error):
                    await asyncio.sleep(AFTER_OUTAGE.total_seconds())
                    await outlast(lambda: self._give_back(lease))
                raise

    async def _next(self, lease: ChatLease) -> Begun | None:
        """Begin the oldest waiting event of the chat; None where nothing waits, and then the chat was given back."""
        return await self._begins.do(lease.hotel_id, lease)

    async def _begin_all(self, hotel_id: UUID, leases: Sequence[ChatLease]) -> list[Begun | Exception | None]:
        async with self._database.unit(hotel_id) as uow:
            held = await uow.chats.hold_all(leases)
            begun = await begin_next(uow, held)
        lost = LeaseLost("the chat was claimed by another worker")
        return [begun.get(lease.chat_id) if lease in held else lost for lease in leases]

    async def _leave(self, lease: ChatLease, begun: Begun) -> None:
        """Give the chat back with an event in it that was begun, but not handled."""
        if begun.is_counted:
            await self._forgive(lease, begun.event)
        await self._give_back(lease)

    async def _give_back(self, lease: ChatLease) -> None:
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease)
            await uow.chats.release_all([lease])

    async def _handle(self, lease: ChatLease, begun: Begun) -> Begun | None:
        """Handle an event of a chat; return the next one, as `_next` does."""
        with bound(correlation_id=begun.event.correlation_id):
            if begun.is_counted:
                following = await self._attempt(lease, begun.event, begun.platform)
            else:
                following = await self._handle_suspect(lease, begun)
        await self._knocks.knock(OUTBOX_TOPIC)
        return following

    async def _handle_suspect(self, lease: ChatLease, begun: Begun) -> Begun | None:
        """Handle an event that was in hand when its worker died, and is suspected of having killed it.

        Suspects go one by one, and are counted when their turn comes: so the next death is the culprit's own, and its
        neighbours are not blamed.
        """
        async with self._suspects:
            async with self._database.unit(lease.hotel_id) as uow:
                await uow.chats.hold(lease)
                again = (await uow.inbox.begin_next([lease.chat_id], is_alone=True)).get(lease.chat_id)
            if again is not None:
                return await self._attempt(lease, again.event, begun.platform)
        return await self._next(lease)

    async def _attempt(self, lease: ChatLease, event: InboxRecord, platform: Platform) -> Begun | None:
        if event.attempts > MOST_ATTEMPTS:
            return await self._quarantine(lease, event, platform, event.last_error or "its worker died each time")
        try:
            return await self._dispatch(lease, event, platform, format_of(platform, self._clock).parse(event.payload))
        except LeaseLost:
            raise
        except RejectedInput as error:
            return await self._quarantine(lease, event, platform, f"could not be read: {error}")
        except Exception as error:
            if is_passing(error):
                await outlast(lambda: self._forgive(lease, event))
                raise
            log.error("message_failed", attempt=event.attempts, error=error, exc_info=True)
            if event.attempts == MOST_ATTEMPTS:
                return await self._quarantine(lease, event, platform, type(error).__name__)
            async with self._database.unit(lease.hotel_id) as uow:
                await uow.inbox.note_error(event.id, type(error).__name__)
            return await self._next(lease)

    async def _dispatch(
        self, lease: ChatLease, event: InboxRecord, platform: Platform, incoming: list[Incoming]
    ) -> Begun | None:
        for part in incoming:
            if isinstance(part, IncomingMessage):
                return await self._step.handle(lease, Arrival(event, part, platform))
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease)
            for part in incoming:
                if isinstance(part, StaffMessage):
                    await self._step.hear_staff(uow, event, platform, part)
                elif isinstance(part, DeliveryUpdate | AccountUpdate | ReachUpdate | ChatMoved):
                    await self._updates.apply(uow, event, part)
            await uow.inbox.finish_all([event.id], self._clock.now())
            return (await begin_next(uow, [lease])).get(lease.chat_id)

    async def _quarantine(
        self, lease: ChatLease, event: InboxRecord, platform: Platform, reason: str
    ) -> Begun | None:
        """Set an event aside and tell staff, so that those behind it go on and nobody's words vanish."""
        log.error("message_quarantined", attempt=event.attempts, event_id=event.id)
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease)
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
            begun = (await begin_next(uow, [lease])).get(lease.chat_id)
        messages.labels(platform, MessageOutcome.quarantined).inc()
        return begun

    async def _forgive(self, lease: ChatLease, event: InboxRecord) -> None:
        """The database failed, not the event: take the counted attempt back."""
        async with self._database.unit(lease.hotel_id) as uow:
            await uow.chats.hold(lease)
            await uow.inbox.forgive(event.id)
