"""Ways to link a stay: a followed link, the guest's own phone number, a booking number with the surname.

Nothing that is said tells whether a booking number exists: the surname is asked for in any case, and a wrong
number and a wrong surname are answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.messages import IncomingKind, OutgoingMessage, Platform
from bot.nlu.requests import recognise
from bot.storage.repositories.guests import GuestRecord, Identity
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import format_date
from handlers.attention import SaySorry, is_unhappy
from handlers.base import Alert, Effect, Outcome, Reply, Turn
from handlers.booking_texts import MOST_SURNAME_WORDS, booking_numbers, numbered_words, surname_beside
from handlers.information import AnswerQuestion, is_answered
from handlers.linking import LinkStay, Recognise
from handlers.menu import AT_REST, menu_choices
from handlers.open_stays import is_open, nearest
from handlers.stay_links import linked_stay, payload_of
from handlers.surnames import is_surname_of
from handlers.welcome import Welcome
from models.enums import IdentityKind, NotificationType, Severity

STATES = "link:"
BOOKING = f"{STATES}booking"
SURNAME = f"{STATES}surname"

MOST_FAILURES = 5
_FAILURES_COUNT_FOR = timedelta(hours=1)
_FAILURES = "link_failures"
_NUMBERS = "link_numbers"

# While the surname is awaited, shorter words with a digit are rather a time or a room than a booking number.
_SHORTEST_NEW_NUMBER = 4
_MOST_WORDS_BESIDE = 2

Booking = tuple[StayRecord, str | None]
"""A stay and the name of the guest it was made for."""


class FollowLink:
    """Greets whoever followed a stay's link, and knows the stay."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> StayRecord | None:
        return await linked_stay(uow, payload_of(turn.message) or "")

    def think(self, turn: Turn, loaded: StayRecord | None) -> Outcome:
        if loaded is None or not is_open(loaded, turn.now):
            return Outcome((_with_contact_button(turn, turn.say("link-expired")),), state=BOOKING)
        if turn.stay is not None and turn.stay.id == loaded.id:
            return Welcome().think(turn, None)
        return Outcome(state=AT_REST, effects=(LinkStay(loaded.id, "deep link", is_arrival=True),))


class TakeContact:
    """Finds the stays booked under the guest's own phone number, where the channel vouches that it is theirs."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> tuple[GuestRecord | None, StayRecord | None]:
        contact = turn.message.contact
        if contact is None or not contact.is_own:
            return None, None
        owner = await uow.guests.recognise(Identity(IdentityKind.phone, contact.phone))
        return owner, nearest(await uow.stays.of_guest(owner.id), turn.now) if owner else None

    def think(self, turn: Turn, loaded: tuple[GuestRecord | None, StayRecord | None]) -> Outcome:
        owner, stay = loaded
        if turn.message.contact is None or not turn.message.contact.is_own:
            return Outcome((_with_contact_button(turn, turn.say("link-foreign-contact")),), state=BOOKING)
        if stay is not None:
            return Outcome(state=AT_REST, effects=(LinkStay(stay.id, "own phone number"),))
        known: tuple[Effect, ...] = (Recognise(owner.id, "own phone number"),) if owner else ()
        return Outcome((turn.reply("link-phone-not-found"),), state=BOOKING, effects=known)


class AskBooking(Reply):
    """Begins the dialogue, unless the stay is known already."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        stay = turn.stay
        if stay is not None and is_open(stay, turn.now):
            dates = {
                "check_in": format_date(stay.check_in, turn.language, turn.zone),
                "check_out": format_date(stay.check_out, turn.language, turn.zone),
            }
            return Outcome((turn.reply("link-already", *menu_choices(turn), **dates),), state=AT_REST)
        return Outcome((_with_contact_button(turn, turn.say("link-ask-booking")),), state=BOOKING)


class TakeBooking:
    """Takes the booking number and asks for the surname, whether there is such a booking or not; a surname that
    stands beside the number is used at once."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> list[Booking]:
        return await _bookings(uow, booking_numbers(turn.text)) if surname_beside(turn.text) else []

    def think(self, turn: Turn, loaded: list[Booking]) -> Outcome:
        if len(_failures(turn)) >= MOST_FAILURES:
            return Outcome((turn.reply("link-too-many"),), state=AT_REST)
        surname = surname_beside(turn.text)
        if surname:
            return _settle(turn, surname, loaded)
        context = {**turn.context, _NUMBERS: booking_numbers(turn.text)}
        return Outcome((turn.reply("link-ask-surname"),), state=SURNAME, context=context)


class TakeSurname:
    """Links the stay when number and surname belong together."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> list[Booking]:
        return await _bookings(uow, turn.context.get(_NUMBERS, []))

    def think(self, turn: Turn, loaded: list[Booking]) -> Outcome:
        return _settle(turn, turn.text, loaded)


def follows_link(turn: Turn) -> bool:
    """Whether the guest came by a stay's link."""
    return payload_of(turn.message) is not None


def shares_contact(turn: Turn) -> bool:
    """Whether a contact card is meant for finding a stay: the guest's own, or any that was sent when asked for it."""
    contact = turn.message.contact
    was_asked = turn.state.startswith(STATES) and turn.platform is Platform.telegram
    return contact is not None and (contact.is_own or was_asked)


def may_be_booking(turn: Turn) -> bool:
    """Whether the text can be the awaited booking number, and not a question or a request of its own."""
    if not (turn.state == BOOKING or _is_new_number(turn)) or not _is_answer(turn):
        return False
    is_cry = not numbered_words(turn.text) and is_unhappy(turn)
    return bool(booking_numbers(turn.text)) and not is_cry and not is_answered(turn)


def may_be_surname(turn: Turn) -> bool:
    """Whether the text can be the awaited surname: a few words without digits that ask nothing."""
    if turn.state != SURNAME or not _is_answer(turn):
        return False
    text = turn.text
    has_words = 0 < len(text.split()) <= MOST_SURNAME_WORDS
    return has_words and not any(sign.isdigit() or sign in "?!" for sign in text)


def _is_new_number(turn: Turn) -> bool:
    """Whether, where the surname is awaited, another booking number came instead."""
    if turn.state != SURNAME or "?" in turn.text or is_unhappy(turn):
        return False
    has_number = any(len(word) >= _SHORTEST_NEW_NUMBER for word in numbered_words(turn.text))
    return has_number and len(surname_beside(turn.text).split()) <= _MOST_WORDS_BESIDE


def _is_answer(turn: Turn) -> bool:
    return turn.message.kind is IncomingKind.text and recognise(turn.text) is None


async def _bookings(uow: UnitOfWork, numbers: Sequence[str]) -> list[Booking]:
    return [booking for number in numbers for booking in await uow.stays.by_number(number)]


def _settle(turn: Turn, surname: str, bookings: Sequence[Booking]) -> Outcome:
    """Link the stay that the surname belongs to, or count the try.

    A success forgives no failures: else whoever has a booking of their own could guess at others' for ever.
    """
    stays = [stay for stay, name in bookings if is_surname_of(surname, name)]
    found = nearest(stays, turn.now)
    forgotten = {key: value for key, value in turn.context.items() if key != _NUMBERS}
    if found is None or _is_ambiguous(stays, turn.now):
        return _refuse(turn, {**forgotten, _FAILURES: [*_failures(turn), turn.now.isoformat()]})
    link = LinkStay(found.id, "booking number and surname")
    return Outcome(state=AT_REST, context=forgotten, effects=(link,), has_mood=False)


def _refuse(turn: Turn, context: Mapping[str, Any]) -> Outcome:
    """Ask again; or answer the complaint or the question that was taken for a surname, though it counts as a try."""
    refused = _asked_again(turn, context)
    if is_unhappy(turn):
        sorry = SaySorry().think(turn, None)
        said = {**(sorry.context or {}), **context}
        return replace(refused, replies=sorry.replies, status=sorry.status, context=said, alerts=())
    if is_answered(turn):
        return replace(refused, replies=AnswerQuestion().think(turn, None).replies)
    return refused


def _asked_again(turn: Turn, context: Mapping[str, Any]) -> Outcome:
    """Ask once more, or stop and tell staff after too many tries."""
    if len(context[_FAILURES]) < MOST_FAILURES:
        text = f"{turn.say('link-not-found')}\n\n{turn.say('link-ask-booking')}"
        return Outcome((OutgoingMessage(text),), state=BOOKING, context=context)
    alert = Alert(NotificationType.urgent_request, Severity.warning, "alert-title-link-tries")
    return Outcome((turn.reply("link-too-many"),), state=AT_REST, context=context, alerts=(alert,))


def _is_ambiguous(stays: Sequence[StayRecord], now: datetime) -> bool:
    """Two guests of one surname with the same number, from two sources: a person has to look."""
    guests: set[UUID] = {stay.guest_id for stay in stays if is_open(stay, now)}
    return len(guests) > 1


def _failures(turn: Turn) -> list[str]:
    """The moments of the failures that still count."""
    since = turn.now - _FAILURES_COUNT_FOR
    return [at for at in turn.context.get(_FAILURES, []) if datetime.fromisoformat(at) > since]


def _with_contact_button(turn: Turn, text: str) -> OutgoingMessage:
    """Return the text, in Telegram with a button that shares the guest's own number."""
    if turn.platform is not Platform.telegram:
        return OutgoingMessage(text)
    offer = f"{text}\n\n{turn.say('link-offer-contact')}"
    return OutgoingMessage(offer, asks_contact=turn.say("link-share-contact"))
