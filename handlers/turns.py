"""Load: everything that a turn may know, read in one short transaction."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.hotel_settings import HotelSettings
from bot.messages import IncomingMessage, Platform, Sender
from bot.nlu.analysis import Analyser
from bot.nlu.base import Analysis
from bot.storage.repositories.accounts import AccountRecord
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.conversations import ConversationRecord
from bot.storage.repositories.guests import GuestRecord, Identity
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.repositories.knowledge import KnowledgeRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.users import UserRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import Texts
from handlers.alerts import HouseVoice
from handlers.base import Turn
from handlers.filters import arguments_of, command_of
from handlers.language import language_of
from models.base import new_id
from models.enums import BookingStatus, IdentityKind

CHOICES = "choices"
# What is longer is a message of its own, and no label of a choice.
_LONGEST_CHOICE = 300
_UNSEEN = frozenset({"Cf", "Mn", "Me"})
# A person was called since choices were offered. They may ask for numbers, too: how many towels, which of two rooms.
HANDED_OVER = "handed_over"
OVER = frozenset({BookingStatus.cancelled, BookingStatus.no_show})


@dataclass(frozen=True, slots=True)
class Arrival:
    """One stored event and what it says."""

    event: InboxRecord
    message: IncomingMessage
    platform: Platform


@dataclass(frozen=True, slots=True)
class Known:
    """The turn, and what saving it needs beside: how the guest is recognised, and whether they are new.

    `unknown` are those of the `identities` that were nobody's when it was read.
    """

    turn: Turn
    identities: tuple[Identity, ...]
    unknown: tuple[Identity, ...]
    is_new_guest: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was read for all arrivals of one hotel at once."""

    hotel: HotelRecord
    knowledge: tuple[KnowledgeRecord, ...]
    users: dict[int | str, UserRecord]
    guests: dict[Identity, GuestRecord]
    stays: dict[UUID, list[StayRecord]]
    chats: dict[UUID, ChatRecord]
    conversations: dict[UUID, ConversationRecord]
    accounts: dict[UUID, AccountRecord]

    def guest(self, identities: Sequence[Identity]) -> GuestRecord | None:
        """Return whom the surest known of these identities belongs to."""
        return next((self.guests[one] for one in identities if one in self.guests), None)

    def user(self, platform: Platform, sender: Sender) -> UserRecord | None:
        """Return the one of the hotel's own people who wrote."""
        key = _user_key(platform, sender)
        return None if key is None else self.users.get(key)

    def is_meant(self, arrival: Arrival) -> bool:
        """Return whether a message is for us: in a group a command may name another bot."""
        named, account = arrival.message.addressee, self.accounts.get(arrival.event.account_id)
        if named is None or account is None or not arrival.message.is_group:
            return True
        return named.casefold() == account.address.removeprefix("@").casefold()


class TurnLoader:
    """Makes turns of messages and what was read for them."""

    def __init__(self, analyser: Analyser, texts: Texts, clock: Clock, offers_aid: bool = False) -> None:
        self._analyser = analyser
        self._texts = texts
        self._clock = clock
        self._offers_aid = offers_aid

    def now(self) -> datetime:
        return self._clock.now()

    def voice_of(self, hotel: HotelRecord) -> HouseVoice:
        """Return what the hotel's people are told things by, where nobody has a turn."""
        return HouseVoice(hotel, self._texts.with_default(hotel.default_language), self._offers_aid)

    def turns(self, shelf: Shelf, arrivals: Sequence[Arrival]) -> Iterator[Known]:
        """Yield the turns of arrived messages, in order, from what was read for them."""
        now = self._clock.now()
        settings = HotelSettings.model_validate(shelf.hotel.settings)
        texts = self._texts.with_default(shelf.hotel.default_language)
        return (self._known(shelf, settings, texts, arrival, now) for arrival in arrivals)

    def _known(self, shelf: Shelf, settings: HotelSettings, texts: Texts, arrival: Arrival, now: datetime) -> Known:
        message, chat_id = arrival.message, arrival.event.chat_id
        user = shelf.user(arrival.platform, message.sender)
        identities = _identities(arrival.platform, message.sender)
        guest, is_new = None, False
        if user is None and not message.is_group:
            guest = shelf.guest(identities)
            is_new = guest is None
            guest = guest or GuestRecord(new_id(), message.sender.name, None, {}, ())
        conversation = None if message.is_group else shelf.conversations.get(chat_id)
        local_now = now.astimezone(ZoneInfo(shelf.hotel.timezone))
        analysis = self._analyser.analyse(_words_of(message), guest.language if guest else None, local_now)
        turn = Turn(
            hotel=shelf.hotel,
            settings=settings,
            platform=arrival.platform,
            chat=shelf.chats[chat_id],
            message=message,
            analysis=analysis,
            language=_language(shelf.hotel, user, guest, analysis, message.sender),
            texts=texts,
            now=now,
            correlation_id=arrival.event.correlation_id,
            guest=guest,
            user=user,
            conversation=conversation,
            stay=pick_stay(shelf.stays.get(guest.id, ()), now) if guest else None,
            knowledge=shelf.knowledge if guest else (),
            pressed=message.press or _numbered_choice(message.text, conversation),
            is_meant=shelf.is_meant(arrival),
            offers_aid=self._offers_aid,
        )
        return Known(turn, identities, tuple(one for one in identities if one not in shelf.guests), is_new)


def _words_of(message: IncomingMessage) -> str:
    """The guest's own words: /help by itself is a command, and no cry for help; a link's payload is nobody's word."""
    if message.start is not None:
        return ""
    return arguments_of(message.text) if command_of(message.text) else message.text


async def read_shelf(uow: UnitOfWork, arrivals: Sequence[Arrival]) -> Shelf:
    """Read what turns of these messages of the hotel may know."""
    chats = {arrival.event.chat_id for arrival in arrivals}
    keys = {_user_key(arrival.platform, arrival.message.sender) for arrival in arrivals}
    identities = {one for arrival in arrivals for one in _identities(arrival.platform, arrival.message.sender)}
    users = await uow.users.known_by(
        [key for key in keys if isinstance(key, int)], [key for key in keys if isinstance(key, str)]
    )
    guests = await uow.guests.recognise_all(identities)
    named = {arrival.event.account_id for arrival in arrivals if arrival.message.addressee}
    stays: dict[UUID, list[StayRecord]] = {}
    for stay in await uow.stays.of_guests({guest.id for guest in guests.values()}):
        stays.setdefault(stay.guest_id, []).append(stay)
    return Shelf(
        hotel=await uow.hotels.get(),
        knowledge=tuple(await uow.knowledge.all()),
        users={key: user for user in users for key in (user.telegram_id, user.phone) if key is not None},
        guests=guests,
        stays=stays,
        chats=await uow.chats.with_ids(chats),
        conversations=await uow.conversations.open_in_all(chats),
        accounts=await uow.accounts.with_ids(named) if named else {},
    )


def _user_key(platform: Platform, sender: Sender) -> int | str | None:
    """Return by what one of the hotel's own people would be known: a Telegram id or a phone."""
    if platform is Platform.telegram:
        return int(sender.id) if sender.id.lstrip("-").isdigit() else None
    return sender.phone


def _language(
    hotel: HotelRecord, user: UserRecord | None, guest: GuestRecord | None, analysis: Analysis, sender: Sender
) -> str:
    if user is not None:
        return user.language_code or hotel.default_language
    return language_of(guest, analysis, sender.language, hotel)


def _identities(platform: Platform, sender: Sender) -> tuple[Identity, ...]:
    """Return how the channel lets us recognise the sender, the surest first."""
    kind = IdentityKind.telegram if platform is Platform.telegram else IdentityKind.whatsapp
    own = Identity(kind, sender.id)
    return (own, Identity(IdentityKind.phone, sender.phone)) if sender.phone else (own,)


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
    context = conversation.context_data if conversation else {}
    choices = context.get(CHOICES, [])
    if not choices or len(text) > _LONGEST_CHOICE:
        return None
    asked = _plainly_written(text)
    for number, choice in enumerate(choices, start=1):
        is_named = asked == _plainly_written(choice["label"])
        if is_named or (asked == str(number) and HANDED_OVER not in context):
            return str(choice["value"])
    return None


def _plainly_written(text: str) -> str:
    """Fold what keyboards differ in: case, the digits of other scripts, the box around 1️⃣, marks that nobody sees, and
    what people put behind a number."""
    signs = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in _UNSEEN)
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in signs).casefold().strip().strip(".)")
