"""Examples: invented stays for which a trigger of a file must fire, or must not. Pure.

An example asks *when* and *whether* only, by the same planner and evaluator that serve the guests. Quiet hours,
budgets and consents are the hotel's and the guest's, and no part of what the trigger says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from models.base import new_id
from models.enums import BookingStatus
from triggers.base import Change, Event
from triggers.conditions import evaluate
from triggers.dossiers import Dossier
from triggers.exchange.document import Document, Entry, Example
from triggers.facts import case_of, stay_times
from triggers.rejections import Problem, RejectedTrigger
from triggers.rules import Rule, read
from triggers.schedules import instant, occurrences

_NOBODY = UUID(int=0)
_BEGUN = frozenset({BookingStatus.checked_in, BookingStatus.checked_out})
# Wide enough for every crontab line of a stay, whose end bounds it anyway.
_EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


def example_problems(document: Document, hotel: HotelRecord) -> Iterator[RejectedTrigger]:
    """Yield a problem for each example that doesn't come out as it says, with what comes out instead."""
    for number, entry in enumerate(document.triggers):
        rule = read(entry.record)
        for index, example in enumerate(entry.examples):
            found = _firings(rule, example, hotel)
            if not _is_as_said(example, found):
                path = f"triggers[{number}].examples[{index}].fires"
                yield RejectedTrigger(path, Problem.bad_example, _difference(entry, example, found))


def _is_as_said(example: Example, found: list[datetime]) -> bool:
    if isinstance(example.fires, bool):
        return bool(found) is example.fires
    return example.fires in found


def _difference(entry: Entry, example: Example, found: list[datetime]) -> str:
    wanted = "yes" if example.fires is True else "no" if example.fires is False else f"{example.fires:%Y-%m-%d %H:%M}"
    times = ", ".join(f"{at:%Y-%m-%d %H:%M}" for at in found[:3])
    return f"{entry.name!r} should fire: {wanted}; for this stay it fires: {times or 'no'}"


def _firings(rule: Rule, example: Example, hotel: HotelRecord) -> list[datetime]:
    """Return the hotel's minutes at which the trigger fires for the example."""
    zone = ZoneInfo(hotel.timezone)
    stay, guest = _stay(example, zone), _guest(example)
    earlier = _earlier_stays(stay, example)
    dossier = Dossier(
        guest=guest,
        stays=(stay, *earlier),
        reaches=(),
        consents={},
        received=dict.fromkeys(example.received, stay.check_in),
        received_today=0,
    )
    happened = {f"message.{name}": value for name, value in example.message.model_dump(exclude_unset=True).items()}
    return [
        at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        for at in _moments(rule, example, stay, zone)
        if evaluate(rule.conditions, case_of(hotel, dossier, stay, happened, at).facts).held
    ]


def _moments(rule: Rule, example: Example, stay: StayRecord, zone: ZoneInfo) -> list[datetime]:
    when = rule.conditions.when
    if isinstance(when, Event):
        return [instant(example.now or example.stay.check_in, zone) + when.delay]
    if not rule.looks_at(stay.booking_status):
        return []
    if isinstance(when, Change):
        return [instant(example.now or example.stay.check_in, zone)]
    return [one.due_at for one in occurrences(when, stay_times(stay, zone), *_EVER)]


def _guest(example: Example) -> GuestRecord:
    given = example.guest
    return GuestRecord(_NOBODY, None, given.language, dict(given.preferences), given.tags)


def _stay(example: Example, zone: ZoneInfo) -> StayRecord:
    given = example.stay
    return StayRecord(
        id=new_id(),
        guest_id=_NOBODY,
        external_id="example",
        source=given.source,
        booking_status=given.booking_status,
        room_type=given.room_type,
        room_number=given.room_number,
        booked_at=given.booked_at and instant(given.booked_at, zone),
        check_in=instant(given.check_in, zone),
        check_out=instant(given.check_out, zone),
        checked_in_at=given.checked_in_at and instant(given.checked_in_at, zone),
        checked_out_at=given.checked_out_at and instant(given.checked_out_at, zone),
        adults=given.adults,
        children=given.children,
        amount=None if given.amount is None else Decimal(repr(given.amount)),
        currency=None,
    )


def _earlier_stays(stay: StayRecord, example: Example) -> list[StayRecord]:
    """Return as many stays of a year ago as it takes for the guest to have had so many."""
    own = 1 if stay.booking_status in _BEGUN else 0
    past = replace(
        stay,
        booking_status=BookingStatus.checked_out,
        check_in=stay.check_in - timedelta(days=365),
        check_out=stay.check_out - timedelta(days=365),
    )
    return [replace(past, id=new_id()) for _ in range((example.guest.stays_count or own) - own)]
