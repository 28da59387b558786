"""What happens to guests that triggers may wait for, and what of it a changed stay tells. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bot.storage.repositories.stays import StayRecord
from models.enums import BookingStatus, SentimentType
from triggers.rules import OVER

_EVENT_OF = {
    BookingStatus.confirmed: "booking_confirmed",
    BookingStatus.checked_in: "checked_in",
    BookingStatus.checked_out: "checked_out",
    BookingStatus.cancelled: "booking_cancelled",
    BookingStatus.no_show: "no_show",
}
# How far a stay has come. A step back corrects a mistake, and nothing happened.
_PROGRESS = {BookingStatus.confirmed: 1, BookingStatus.checked_in: 2, BookingStatus.checked_out: 3}
_COMING_OR_HERE = frozenset({BookingStatus.pending, BookingStatus.confirmed, BookingStatus.checked_in})
# In which states of the stay it is still so; events that are not here are about the guest.
_HOLDS_WHILE = {
    "booking_created": _COMING_OR_HERE,
    "booking_confirmed": frozenset({BookingStatus.confirmed, BookingStatus.checked_in}),
    "booking_cancelled": frozenset({BookingStatus.cancelled}),
    "checked_in": frozenset({BookingStatus.checked_in}),
    "checked_out": frozenset({BookingStatus.checked_out}),
    "no_show": frozenset({BookingStatus.no_show}),
    "room_changed": _COMING_OR_HERE,
    "room_ready": _COMING_OR_HERE,
}


@dataclass(frozen=True, slots=True)
class Happening:
    """Something happened to a guest: just now, or at `at` where it is told later.

    `facts` is what conditions may ask of it, by dotted name; `name` that of an external event.
    """

    event: str
    guest_id: UUID
    stay_id: UUID | None
    correlation_id: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StayChange:
    """A stay as it was, None for one that is new, and as it is."""

    before: StayRecord | None
    after: StayRecord

    @property
    def is_handed_on(self) -> bool:
        """Whether the stay is another guest's now."""
        return self.before is not None and self.before.guest_id != self.after.guest_id


def message_facts(text: str, score: Decimal, kind: SentimentType, intent: str | None) -> dict[str, Any]:
    """Return what conditions may ask of a guest's message; of old messages the intent is not known."""
    return {
        "message.text": text,
        "message.sentiment_score": float(score),
        "message.sentiment_type": kind.value,
        "message.intent": intent,
    }


def message_events(kind: SentimentType) -> list[str]:
    """Return what triggers may wait for in a guest's message of this mood."""
    names = ["message_received"]
    if kind in {SentimentType.negative, SentimentType.requires_attention}:
        names.append("negative_sentiment")
    if kind is SentimentType.requires_attention:
        names.append("requires_attention")
    return names


def states_during(event: str) -> Set[BookingStatus]:
    """Return in which states of the stay it is still so."""
    return _HOLDS_WHILE.get(event, frozenset(BookingStatus))


def is_about_stay(event: str) -> bool:
    """Whether an event is the stay's own, and not its guest's."""
    return event in _HOLDS_WHILE


def holds(event: str, stay: StayRecord) -> bool:
    """Whether it is still so: nobody is told of a room that is ready once the stay was cancelled."""
    return stay.booking_status in states_during(event)


def happenings_of(changes: Iterable[StayChange], correlation_id: str) -> list[Happening]:
    """Return what happened when these stays changed."""
    return [
        Happening(event, change.after.guest_id, change.after.id, correlation_id, at=at)
        for change in changes
        for event, at in _events(change)
    ]


def _events(change: StayChange) -> Iterator[tuple[str, datetime | None]]:
    """Yield what a change tells, with its time where that is known to be another than now."""
    before, after = change.before, change.after
    if before is None:
        yield from _events_of_a_new_one(after)
        return
    if _went_on(before.booking_status, after.booking_status):
        times = {BookingStatus.checked_in: after.checked_in_at, BookingStatus.checked_out: after.checked_out_at}
        yield _EVENT_OF[after.booking_status], times.get(after.booking_status)
    if before.room_number and after.room_number and before.room_number != after.room_number:
        yield "room_changed", None


def _went_on(before: BookingStatus, after: BookingStatus) -> bool:
    return after is not before and (after in OVER or _PROGRESS.get(after, 0) > _PROGRESS.get(before, 0))


def _events_of_a_new_one(stay: StayRecord) -> Iterator[tuple[str, datetime | None]]:
    """Yield what a stay tells that was not known before; one that was called off tells nothing.

    It may have been booked, and may have begun and ended, long ago.
    """
    if stay.booking_status in OVER:
        return
    booked = min(stay.booked_at, stay.check_in) if stay.booked_at else stay.check_in
    yield "booking_created", booked
    match stay.booking_status:
        case BookingStatus.confirmed:
            yield "booking_confirmed", booked
        case BookingStatus.checked_in:
            yield "checked_in", stay.checked_in_at or stay.check_in
        case BookingStatus.checked_out:
            yield "checked_out", stay.checked_out_at or stay.check_out
