"""Two real hotels in one database, and people who talk to one of them through the real routes and effects."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bot.clock import FixedClock
from bot.messages import IncomingKind, IncomingMessage, OutgoingMessage, Platform, Sender, SharedContact
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.repositories.stays import NewStay, StayRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from handlers.base import Outcome
from handlers.router import Router
from handlers.routes import guest_routes, staff_routes
from handlers.turns import Arrival, TurnLoader
from models.enums import BookingStatus, IdentityKind, InboxState
from tests.factories import NOW, analyser, texts


@dataclass(frozen=True, slots=True)
class House:
    """A hotel with one account per platform."""

    id: UUID
    database: Database
    clock: FixedClock
    accounts: dict[Platform, UUID]

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
    """What a message led to."""

    route: str | None
    outcome: Outcome
    replies: tuple[OutgoingMessage, ...]

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.replies)


class Person:
    """One chat with the hotel. Loading is the pipeline's own; saving keeps what the next message needs."""

    def __init__(self, house: House, platform: Platform, sender: Sender) -> None:
        self.house = house
        self.platform = platform
        self.sender = sender
        self.chat_id = sender.id
        self._loader = TurnLoader(analyser(), texts(), house.clock)
        self._router = Router((*staff_routes(), *guest_routes()))

    async def write(self, text: str, **changes: Any) -> Said:
        return await self.send(self._message(text, **changes))

    async def press(self, value: str, **changes: Any) -> Said:
        return await self.send(
            self._message("", **{"kind": IncomingKind.press, "press": value, "press_id": "p1", **changes})
        )

    async def follow(self, payload: str) -> Said:
        """Open the bot by a deep link."""
        return await self.send(self._message(f"/start {payload}", start=payload))

    async def share_contact(self, phone: str, is_own: bool = True) -> Said:
        contact = SharedContact(phone, is_own=is_own)
        return await self.send(self._message("", kind=IncomingKind.contact, contact=contact))

    async def send(self, message: IncomingMessage) -> Said:
        async with self.house.database.unit(self.house.id) as uow:
            account = self.house.accounts[self.platform]
            event = _event(account, await uow.chats.at(account, message.chat_id), self.house.clock.now())
            known = await self._loader.load(uow, Arrival(event, message, self.platform))
            route = self._router.match(known.turn)
            loaded = await route.handler.load(uow, known.turn) if route else None
        outcome = route.handler.think(known.turn, loaded) if route else Outcome()
        async with self.house.database.unit(self.house.id) as uow:
            turn = known.turn
            if turn.guest is not None:
                if known.is_new_guest:
                    await uow.guests.add(turn.guest.name, guest_id=turn.guest.id)
                for identity in known.identities:
                    await uow.guests.identify(turn.guest.id, identity, {})
            replies = list(outcome.replies)
            for effect in outcome.effects:
                replies += await effect.apply(uow, turn)
            if not message.is_group:
                await self._save_conversation(uow, event.chat_id, outcome, replies)
        return Said(route.name if route else None, outcome, tuple(replies))

    async def guest_id(self) -> UUID:
        """Return who the hotel thinks this is."""
        kind = IdentityKind.telegram if self.platform is Platform.telegram else IdentityKind.whatsapp
        async with self.house.database.unit(self.house.id) as uow:
            guest = await uow.guests.recognise(Identity(kind, self.sender.id))
        assert guest is not None
        return guest.id

    async def _save_conversation(
        self, uow: UnitOfWork, chat_id: UUID, outcome: Outcome, replies: list[OutgoingMessage]
    ) -> None:
        found = await uow.conversations.open_in(chat_id)
        conversation = found or await uow.conversations.begin(chat_id, None, NOW)
        context = dict(conversation.context_data if outcome.context is None else outcome.context)
        offered = [asdict(choice) for reply in replies for choice in reply.choices]
        changes = {
            "context_data": {**context, **({"choices": offered} if offered else {})},
            "current_state": outcome.state or conversation.current_state,
            "status": outcome.status or conversation.status,
        }
        await uow.conversations.save(conversation, {}, **changes)

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


def _event(account_id: UUID, chat_id: UUID, at: datetime) -> InboxRecord:
    return InboxRecord(1, account_id, chat_id, "message", "1", b"", "c-1", at, InboxState.queued, 1, None)
