"""Records with everything filled in, so that a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from bot.hotel_settings import HotelSettings
from bot.messages import IncomingKind, IncomingMessage, Platform, Sender
from bot.nlu.analysis import Analyser
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.conversations import ConversationRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.repositories.knowledge import KnowledgeRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.users import UserRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import Texts
from handlers.base import Turn
from models.enums import BookingStatus, ConversationStatus, UserRole

# A Friday; 13:00 in Berlin.
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@cache
def texts() -> Texts:
    """The real catalogues."""
    return Texts()


@cache
def analyser() -> Analyser:
    """The real analysis; its model is read once."""
    made = Analyser()
    # The models load with the first text; inside a transaction of a test that may outlast the server's patience.
    made.analyse("Warm up")
    return made


def make_hotel(**changes: Any) -> HotelRecord:
    hotel = HotelRecord(uuid4(), "Hotel Adler", "adler", "Europe/Berlin", "en", {}, True)
    return replace(hotel, **changes)


def make_guest(**changes: Any) -> GuestRecord:
    return replace(GuestRecord(uuid4(), "Anna Petrova", None, {}, ()), **changes)


def make_user(**changes: Any) -> UserRecord:
    return replace(UserRecord(uuid4(), "Olga", UserRole.staff, None, 7001, None), **changes)


def make_stay(**changes: Any) -> StayRecord:
    """A confirmed stay in room 12 that began yesterday and ends in three days."""
    stay = StayRecord(
        id=uuid4(),
        guest_id=uuid4(),
        external_id="BK-1001",
        source="csv",
        booking_status=BookingStatus.confirmed,
        room_type="double",
        room_number="12",
        booked_at=NOW - timedelta(days=30),
        check_in=NOW - timedelta(days=1),
        check_out=NOW + timedelta(days=3),
        checked_in_at=None,
        checked_out_at=None,
        adults=2,
        children=0,
        amount=None,
        currency=None,
    )
    return replace(stay, **changes)


def make_conversation(**changes: Any) -> ConversationRecord:
    conversation = ConversationRecord(uuid4(), uuid4(), uuid4(), ConversationStatus.active, "menu", {}, 1)
    return replace(conversation, **changes)


def make_knowledge(intent: str = "wifi_password", **changes: Any) -> KnowledgeRecord:
    """The wifi password, in both languages."""
    questions = {"en": ["What is the wifi password?"], "ru": ["Какой пароль от wifi?"]}
    answers = {"en": "The password is sunflower.", "ru": "Пароль: sunflower."}
    return replace(KnowledgeRecord(uuid4(), intent, questions, answers), **changes)


def make_message(text: str = "", **changes: Any) -> IncomingMessage:
    message = IncomingMessage(
        kind=IncomingKind.text,
        chat_id="501",
        sender=Sender("501", name="Anna"),
        sent_at=NOW,
        message_id="77",
        text=text,
    )
    return replace(message, **changes)


def make_press(value: str, label: str = "", **changes: Any) -> IncomingMessage:
    """A pressed Telegram button."""
    return make_message(label, **{"kind": IncomingKind.press, "press": value, "press_id": "p1", **changes})


def make_turn(message: IncomingMessage | str = "", **changes: Any) -> Turn:
    """What a handler gets when a guest writes `message`, in English unless `language` says else."""
    message = make_message(message) if isinstance(message, str) else message
    hotel = changes.pop("hotel", None) or make_hotel()
    turn = Turn(
        hotel=hotel,
        settings=HotelSettings.model_validate(hotel.settings),
        platform=Platform.telegram,
        chat=ChatRecord(uuid4(), uuid4(), message.chat_id, True),
        message=message,
        analysis=analyser().analyse(message.text),
        language="en",
        texts=texts().with_default(hotel.default_language),
        now=NOW,
        correlation_id="c-1",
        guest=make_guest(),
        pressed=message.press,
    )
    return replace(turn, **changes)


def make_staff_turn(message: IncomingMessage | str = "", **changes: Any) -> Turn:
    """What a handler gets when one of the hotel's people writes."""
    return make_turn(message, **{"guest": None, "user": make_user(), **changes})


async def begin_next(uow: UnitOfWork, chat_id: UUID) -> InboxRecord | None:
    """Begin the oldest waiting event of one chat, whether or not it was begun before."""
    begun = (await uow.inbox.begin_next([chat_id], is_alone=True)).get(chat_id)
    return begun.event if begun else None


async def ready_chat(uow: UnitOfWork, account_id: UUID, address: str) -> UUID:
    """Note that something waits in a chat, which is made where it is new; return its id."""
    return (await uow.chats.make_ready([(account_id, address)]))[account_id, address]
