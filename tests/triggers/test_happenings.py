"""What a stay's change tells: every pair of states, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest

from bot.storage.repositories.stays import StayRecord
from models.enums import BookingStatus
from tests.triggers.hotels import NOON
from triggers.happenings import StayChange, happenings_of, holds
from triggers.moments import EVENTS

STAY = StayRecord(
    id=uuid4(),
    guest_id=uuid4(),
    external_id="BK-1",
    source="csv",
    booking_status=BookingStatus.pending,
    room_type="double",
    room_number="12",
    booked_at=None,
    check_in=NOON,
    check_out=NOON + timedelta(days=3),
    checked_in_at=None,
    checked_out_at=None,
    adults=2,
    children=0,
    amount=None,
    currency=None,
)
PAIRS = list(product(BookingStatus, BookingStatus))


def told(before: StayRecord | None, after: StayRecord) -> list[str]:
    return [happening.event for happening in happenings_of([StayChange(before, after)], "c-1")]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_what_is_told_is_so_when_a_stay_goes_from_state_to_state(before: BookingStatus, after: BookingStatus) -> None:
    stay = replace(STAY, booking_status=after)
    events = told(replace(STAY, booking_status=before), stay)
    assert set(events) <= EVENTS
    assert all(holds(event, stay) for event in events)
    assert len(events) <= 1
    assert before is not after or not events


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_nothing_is_told_on_one_of_the_ways_when_a_stay_goes_and_comes_back(
    before: BookingStatus, after: BookingStatus
) -> None:
    """Of a step and the step back, one corrects the other; only calling off is news from anywhere."""
    one, other = replace(STAY, booking_status=before), replace(STAY, booking_status=after)
    called_off = {BookingStatus.cancelled, BookingStatus.no_show}
    if not {before, after} & called_off:
        assert not (told(one, other) and told(other, one))


@pytest.mark.parametrize("status", list(BookingStatus))
def test_what_a_new_stay_tells_is_so(status: BookingStatus) -> None:
    stay = replace(STAY, booking_status=status)
    events = told(None, stay)
    assert set(events) <= EVENTS
    assert bool(events) is (status not in {BookingStatus.cancelled, BookingStatus.no_show})


def test_guest_and_stay_are_those_of_now_when_a_stay_changed_hands() -> None:
    other = uuid4()
    after = replace(STAY, guest_id=other, booking_status=BookingStatus.confirmed)
    (happening,) = happenings_of([StayChange(STAY, after)], "c-1")
    assert (happening.guest_id, happening.stay_id) == (other, STAY.id)
