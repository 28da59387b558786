"""Load: everything that a turn may know, read in one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.hotel_settings import HotelSettings
from bot.messages import IncomingMessage, Platform, Sender
from bot.nlu.analysis import Analyser
from bot.storage.repositories.conversations import ConversationRecord
from bot.storage.repositories.guests import GuestRecord, Identity
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.users import UserRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import Texts
from handlers.base import Turn
from handlers.filters import arguments_of, command_of
from handlers.language import language_of
from models.base import new_id
from models.enums import BookingStatus, IdentityKind

CHOICES = "choices"
OVER = frozenset({BookingStatus.cancelled, BookingStatus.no_show})


@dataclass(frozen=True, slots=True)
class Arrival:
    """One stored event and what it says."""

    event: InboxRecord
    message: IncomingMessage
    platform: Platform


@dataclass(frozen=True, slots=True)
class Known:
    """The turn, and what saving it needs beside: how the guest is recognised, and whether they are new."""

    turn: Turn
    identities: tuple[Identity, ...]
    is_new_guest: bool


class TurnLoader:
    """Reads turns."""

    def __init__(self, analyser: Analyser, texts: Texts, clock: Clock) -> None:
        self._analyser = analyser
        self._texts = texts
        self._clock = clock

    async def load(self, uow: UnitOfWork, arrival: Arrival) -> Known:
        """Return the turn of an arrived message."""
        message, now = arrival.message, self._clock.now()
        hotel = await uow.hotels.get()
        user = await _user(uow, arrival.platform, message.sender)
        identities = _identities(arrival.platform, message.sender)
        guest, is_new = None, False
        if user is None and not message.is_group:
            guest = await _recognise(uow, identities)
            is_new = guest is None
            guest = guest or GuestRecord(new_id(), message.sender.name, None, {}, ())
        conversation = None if message.is_group else await uow.conversations.open_in(arrival.event.chat_id)
        analysis = self._analyser.analyse(_words_of(message.text), guest.language if guest else None)
        stay = pick_stay(await uow.stays.of_guest(guest.id), now) if guest and not is_new else None
        language = (
            user.language_code or hotel.default_language
            if user
            else language_of(guest, analysis, message.sender.language, hotel)
        )
        turn = Turn(
            hotel=hotel,
            settings=HotelSettings.model_validate(hotel.settings),
            platform=arrival.platform,
            chat=await uow.chats.get(arrival.event.chat_id),
            message=message,
            analysis=analysis,
            language=language,
            texts=self._texts.with_default(hotel.default_language),
            now=now,
            correlation_id=arrival.event.correlation_id,
            guest=guest,
            user=user,
            conversation=conversation,
            stay=stay,
            knowledge=tuple(await uow.knowledge.all()) if guest else (),
            pressed=message.press or _numbered_choice(message.text, conversation),
        )
        return Known(turn, identities, is_new)


def _words_of(text: str) -> str:
    """The guest's own words: /help by itself is a command, and no cry for help."""
    return arguments_of(text) if command_of(text) else text


async def _user(uow: UnitOfWork, platform: Platform, sender: Sender) -> UserRecord | None:
    if platform is Platform.telegram:
        return await uow.users.by_telegram(int(sender.id)) if sender.id.lstrip("-").isdigit() else None
    return await uow.users.by_phone(sender.phone) if sender.phone else None


def _identities(platform: Platform, sender: Sender) -> tuple[Identity, ...]:
    """Return how the channel lets us recognise the sender, the surest first."""
    kind = IdentityKind.telegram if platform is Platform.telegram else IdentityKind.whatsapp
    own = Identity(kind, sender.id)
    return (own, Identity(IdentityKind.phone, sender.phone)) if sender.phone else (own,)


async def _recognise(uow: UnitOfWork, identities: Sequence[Identity]) -> GuestRecord | None:
    for identity in identities:
        guest = await uow.guests.recognise(identity)
        if guest is not None:
            return guest
    return None


def pick_stay(stays: Sequence[StayRecord], now: datetime) -> StayRecord | None:
    """Return the stay that a guest most likely writes about: the one they are in, the next, or the last."""
    alive = [stay for stay in stays if stay.booking_status not in OVER]
    inside = [stay for stay in alive if stay.check_in <= now < stay.check_out]
    ahead = sorted((stay for stay in alive if stay.check_in > now), key=lambda stay: stay.check_in)
    behind = sorted((stay for stay in alive if stay.check_out <= now), key=lambda stay: stay.check_out)
    return next(iter([*inside, *ahead, *behind[::-1]]), None)


def chosen_label(turn: Turn) -> str | None:
    """Return what the choice that was made says, while it is still open."""
    choices = turn.context.get(CHOICES, []) if turn.pressed is not None else []
    return next((str(choice["label"]) for choice in choices if choice["value"] == turn.pressed), None)


def _numbered_choice(text: str, conversation: ConversationRecord | None) -> str | None:
    """Return the value of the choice that the text names, by its number or its label."""
    choices = conversation.context_data.get(CHOICES, []) if conversation else []
    asked = text.strip().strip(".)").casefold()
    for number, choice in enumerate(choices, start=1):
        if asked in (str(number), str(choice["label"]).casefold()):
            return str(choice["value"])
    return None
