"""Two real hotels in one database, and people who talk to one of them through the real step and routes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.channels.connections import Connections
from bot.clock import FixedClock
from bot.fetching import Fetcher
from bot.messages import (
    IncomingKind,
    IncomingMessage,
    OutgoingMessage,
    Platform,
    Sender,
    SharedContact,
    StaffMessage,
    outgoing_from_json,
)
from bot.nlu.advice import Adviser
from bot.notifications import Desk
from bot.security.encryption import KeyRing
from bot.storage.claims import ChatLease
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.inbox import InboxRecord, NewEvent
from bot.storage.repositories.stays import NewStay, StayRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from handlers.base import Fetches, Files, Handler, Outcome, Turn
from handlers.router import Route, Router
from handlers.routes import routes
from handlers.step import Step
from handlers.turns import Arrival, TurnLoader
from models import OutboxMessage
from models.enums import BookingStatus, IdentityKind, OutboxPurpose
from tests.factories import NOW, analyser, begin_next, ready_chat, texts
from triggers.engine import Engine


@dataclass(frozen=True, slots=True)
class House:
    """A hotel with one account per platform, and a remote model where one is given."""

    id: UUID
    database: Database
    clock: FixedClock
    accounts: dict[Platform, UUID]
    adviser: Adviser | None = None

    async def book(
        self, name: str | None, number: str = "BK-1001", phone: str | None = None, **changes: Any
    ) -> StayRecord:
        """Add a guest with a stay that goes on now."""
        async with self.database.unit(self.id) as uow:
            guest = await uow.guests.add(name)
            if phone:
                await uow.guests.identify(guest.id, Identity(IdentityKind.phone, phone), {"by": "import"})
            stay = NewStay(
                guest_id=guest.id,
                external_id=number,
                source="csv",
                booking_status=BookingStatus.confirmed,
                check_in=NOW - timedelta(days=1),
                check_out=NOW + timedelta(days=3),
                room_number="12",
            )
            return await uow.stays.save(replace(stay, **changes))

    def person(self, platform: Platform = Platform.telegram, **sender: Any) -> Person:
        """Somebody who has never written."""
        number = str(uuid4().int % 10**9)
        return Person(self, platform, Sender(**{"id": number, "name": "Ann", "language": "en", **sender}))


@dataclass(frozen=True, slots=True)
class Said:
    """What a message led to: what was thought, and what is about to leave for this chat."""

    route: str | None
    outcome: Outcome
    replies: tuple[OutgoingMessage, ...]

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.replies)


class Person:
    """One chat with the hotel, handled by the pipeline's own step."""

    def __init__(self, house: House, platform: Platform, sender: Sender) -> None:
        self.house = house
        self.platform = platform
        self.sender = sender
        self.chat_id = sender.id
        loader = TurnLoader(analyser(), texts(), house.clock, offers_aid=house.adviser is not None)
        desk = Desk(texts(), house.clock, offers_aid=house.adviser is not None)
        self._parts = house.database, loader, desk
        self.engine = Engine(house.clock, desk)
        connections = Connections(KeyRing({"k1": bytes(32)}), {}, house.clock)
        self._router = _Witness(self.engine, Fetcher(house.database, connections), house.adviser)
        self._step = Step(house.database, loader, self._router, desk, self.engine, house.adviser)

    def is_answered_by(self, handler: Handler) -> None:
        """Let one handler answer everything."""
        database, loader, desk = self._parts
        self._step = Step(database, loader, Router([Route("test", lambda turn: True, handler)]), desk, self.engine)

    def is_served_with(self, other: Person) -> None:
        """Let one process serve both."""
        self._step, self._router = other._step, other._router

    async def write(self, text: str, **changes: Any) -> Said:
        return await self.send(self._message(text, **changes))

    async def write_again(self, text: str) -> Said:
        """Be heard once more by a worker, after the first one died of it or with it."""
        return await self._be_heard(self._message(text), attempt=2)

    async def write_hastily(self, text: str) -> Said:
        """Be heard when the next message waits behind this one."""
        return await self._be_heard(self._message(text), attempt=1, is_followed=True)

    async def press(self, value: str, **changes: Any) -> Said:
        press = {"kind": IncomingKind.press, "press": value, "press_id": "p1", **changes}
        return await self.send(self._message("", **press))

    async def follow(self, payload: str) -> Said:
        """Open the bot by a deep link."""
        return await self.send(self._message(f"/start {payload}", start=payload))

    async def share_contact(self, phone: str, is_own: bool = True) -> Said:
        contact = SharedContact(phone, is_own=is_own)
        sender = replace(self.sender, phone=phone if is_own else self.sender.phone)
        return await self.send(self._message("", kind=IncomingKind.contact, contact=contact, sender=sender))

    async def send(self, message: IncomingMessage) -> Said:
        return await self._be_heard(message, attempt=1)

    async def _be_heard(self, message: IncomingMessage, attempt: int, is_followed: bool = False) -> Said:
        lease, event = await self._arrive(message)
        if is_followed:
            async with self.house.database.unit(self.house.id) as uow:
                await uow.inbox.add([self._event(event.chat_id)])
        event = replace(event, attempts=attempt)
        before = len(await self._leaving(lease.chat_id))
        await self._step.handle(lease, Arrival(event, message, self.platform))
        replies = (await self._leaving(lease.chat_id))[before:]
        return Said(self._router.route, self._router.outcome, tuple(replies))

    async def is_written_to(self, text: str, **changes: Any) -> None:
        """Be written to by one of the hotel's people, on the hotel's own phone."""
        lease, event = await self._arrive(self._message(""))
        said = StaffMessage(IncomingKind.text, self.chat_id, self.house.clock.now(), "3EB0", text)
        async with self.house.database.unit(self.house.id) as uow:
            await uow.chats.hold(lease)
            await self._step.hear_staff(uow, event, self.platform, replace(said, **changes))
            await uow.inbox.finish_all([event.id], self.house.clock.now())
            await uow.chats.release_all([lease])

    async def guest_id(self) -> UUID:
        """Return who the hotel thinks this is."""
        kind = IdentityKind.telegram if self.platform is Platform.telegram else IdentityKind.whatsapp
        async with self.house.database.unit(self.house.id) as uow:
            guest = await uow.guests.recognise(Identity(kind, self.sender.id))
        assert guest is not None
        return guest.id

    async def _arrive(self, message: IncomingMessage) -> tuple[ChatLease, InboxRecord]:
        account = self.house.accounts[self.platform]
        async with self.house.database.unit(self.house.id) as uow:
            chat_id = await ready_chat(uow, account, message.chat_id)
            await uow.inbox.add([self._event(chat_id)])
        (lease,) = await self.house.database.claims.claim_chats(10)
        async with self.house.database.unit(self.house.id) as uow:
            record = await begin_next(uow, chat_id)
        assert record is not None
        return lease, record

    def _event(self, chat_id: UUID) -> NewEvent:
        account = self.house.accounts[self.platform]
        return NewEvent(account, chat_id, "message", str(uuid4()), b"", "c-1", self.house.clock.now())

    async def _leaving(self, chat_id: UUID) -> list[OutgoingMessage]:
        async with self.house.database.unit(self.house.id) as uow:
            return await _replies(uow, chat_id)

    def _message(self, text: str, **changes: Any) -> IncomingMessage:
        message = IncomingMessage(
            kind=IncomingKind.text,
            chat_id=self.chat_id,
            sender=self.sender,
            sent_at=self.house.clock.now(),
            message_id="77",
            text=text,
        )
        return replace(message, **changes)


class _Witness(Router):
    """The real table, which remembers who answered and what was thought."""

    def __init__(self, engine: Engine, files: Files, adviser: Adviser | None) -> None:
        super().__init__(routes(engine, files, adviser))
        self.route: str | None = None
        self.outcome = Outcome()

    def match(self, turn: Turn) -> Route | None:
        found = super().match(turn)
        self.route, self.outcome = found.name if found else None, Outcome()
        if found is None:
            return None
        watched = _WatchedFetch if isinstance(found.handler, Fetches) else _Watched
        return replace(found, handler=watched(found.handler, self))


class _Watched:
    def __init__(self, handler: Handler, witness: _Witness) -> None:
        self._handler = handler
        self._witness = witness

    async def load(self, uow: UnitOfWork, turn: Turn) -> Any:
        return await self._handler.load(uow, turn)

    def think(self, turn: Turn, loaded: Any) -> Outcome:
        self._witness.outcome = self._handler.think(turn, loaded)
        return self._witness.outcome


class _WatchedFetch(_Watched):
    async def fetch(self, turn: Turn, loaded: Any) -> Any:
        assert isinstance(self._handler, Fetches), "it was chosen so"
        return await self._handler.fetch(turn, loaded)


async def _replies(uow: UnitOfWork, chat_id: UUID) -> list[OutgoingMessage]:
    statement = (
        select(OutboxMessage.content)
        .where(OutboxMessage.chat_id == chat_id, OutboxMessage.purpose == OutboxPurpose.reply)
        .order_by(OutboxMessage.id)
    )
    return [outgoing_from_json(content) for content in (await uow.connection.execute(statement)).scalars()]
