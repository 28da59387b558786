"""Events of the stay: raised by whatever changed it, once, and only while they are news."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from models.enums import BookingStatus, OncePer
from tests.triggers.hotels import NOON, HotelDesk
from tests.triggers.test_engine_stays import imported, row

HOUR = timedelta(hours=1)
TOMORROW: dict[str, Any] = {"check_in": NOON + timedelta(days=1), "check_out": NOON + timedelta(days=4)}
CHANGES: dict[str, dict[str, Any]] = {
    "booking_confirmed": {"booking_status": BookingStatus.confirmed},
    "booking_cancelled": {"booking_status": BookingStatus.cancelled},
    "checked_in": {"booking_status": BookingStatus.checked_in},
    "checked_out": {"booking_status": BookingStatus.checked_out},
    "no_show": {"booking_status": BookingStatus.no_show},
    "room_changed": {"room_number": "14"},
}


async def wait_for(hotel: HotelDesk, *events: str, **values: Any) -> None:
    for event in events:
        await hotel.trigger({"event": event}, event, **values)


@pytest.mark.parametrize("event", CHANGES)
async def test_only_its_own_event_is_spoken_of_when_a_stay_changes(
    hotel: HotelDesk, twin: HotelDesk, event: str
) -> None:
    stay = await hotel.stay(booking_status=BookingStatus.pending)
    await wait_for(hotel, "booking_created", *CHANGES)
    await wait_for(twin, event)

    assert (await hotel.change(stay, **CHANGES[event])).added == 1
    await hotel.tick()

    assert await hotel.told() == [event]
    assert await twin.lines() == []


@pytest.mark.parametrize("event", CHANGES)
async def test_nothing_more_is_said_when_a_source_tells_the_same_again(hotel: HotelDesk, event: str) -> None:
    await wait_for(hotel, event)
    guest = await hotel.guest()
    await hotel.stay(guest, booking_status=BookingStatus.pending, **TOMORROW)
    changed = {"booking_status": BookingStatus.pending, **TOMORROW, **CHANGES[event]}
    for _ in range(3):
        await hotel.saves(guest, **changed)
        await hotel.tick()

    assert await hotel.told() == [event]


async def test_a_new_booking_is_told_of_when_it_comes_confirmed(hotel: HotelDesk) -> None:
    await wait_for(hotel, "booking_created", priority=2)
    await wait_for(hotel, "booking_confirmed", "checked_in")

    await hotel.stay(**TOMORROW)
    await hotel.tick()

    assert await hotel.told() == ["booking_created", "booking_confirmed"]


@pytest.mark.parametrize("status", list(BookingStatus))
async def test_nobody_is_written_to_when_stays_of_last_year_are_imported(
    hotel: HotelDesk, status: BookingStatus
) -> None:
    await wait_for(hotel, "booking_created", *CHANGES)
    last_year = NOON - timedelta(days=365)
    times = {"check_in": last_year, "check_out": last_year + timedelta(days=3)}

    await imported(hotel, row(stay={**times, "booking_status": status}))

    assert await hotel.lines() == []


async def test_nobody_is_thanked_for_a_booking_of_last_month_when_it_becomes_known_now(hotel: HotelDesk) -> None:
    await wait_for(hotel, "booking_created", "booking_confirmed")
    await hotel.stay(booked_at=NOON - timedelta(days=30), **TOMORROW)
    assert await hotel.lines() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BookingStatus.checked_in, BookingStatus.confirmed),
        (BookingStatus.checked_out, BookingStatus.checked_in),
        (BookingStatus.confirmed, BookingStatus.pending),
        (BookingStatus.cancelled, BookingStatus.pending),
    ],
)
async def test_nothing_happened_when_a_mistake_is_corrected(
    hotel: HotelDesk, before: BookingStatus, after: BookingStatus
) -> None:
    stay = await hotel.stay(booking_status=before)
    await wait_for(hotel, *CHANGES)
    await hotel.change(stay, booking_status=after)
    assert await hotel.lines() == []


async def test_nothing_happened_when_a_stay_gets_its_first_room(hotel: HotelDesk) -> None:
    stay = await hotel.stay(room_number=None)
    await wait_for(hotel, "room_changed")
    await hotel.change(stay, room_number="14")
    assert await hotel.lines() == []


async def test_every_new_room_is_spoken_of_when_it_may_once_a_room(hotel: HotelDesk) -> None:
    stay = await hotel.stay()
    await hotel.trigger({"event": "room_changed"}, "{{ stay.room_number }}", once_per=OncePer.room)
    for room in ("14", "15", "14"):
        await hotel.change(stay, room_number=room)
        await hotel.tick()
    assert await hotel.told() == ["14", "15"]


async def test_a_guest_hears_once_when_two_sources_tell_of_the_arrival_at_the_same_moment(hotel: HotelDesk) -> None:
    await wait_for(hotel, "checked_in")
    stay = await hotel.stay()
    arrived = {"booking_status": BookingStatus.checked_in}

    await asyncio.gather(*(hotel.saves(stay.guest_id, **arrived) for _ in range(4)))
    await asyncio.gather(*(hotel.tick() for _ in range(4)))

    assert await hotel.told() == ["checked_in"]


async def test_the_night_is_waited_for_and_nothing_said_when_the_booking_was_cancelled_meanwhile(
    hotel: HotelDesk,
) -> None:
    await wait_for(hotel, "booking_confirmed")
    stay = await hotel.stay(booking_status=BookingStatus.pending, **TOMORROW)
    hotel.clock.set(NOON + 10 * HOUR)
    await hotel.change(stay, booking_status=BookingStatus.confirmed)
    await hotel.tick()
    assert await hotel.states() == [("postponed", "quiet_hours")]

    await hotel.change(stay, booking_status=BookingStatus.cancelled)
    await hotel.tick(NOON + 20 * HOUR)

    assert await hotel.states() == [("cancelled", "stay_over")]
    assert await hotel.told() == []


async def test_the_real_time_counts_when_a_check_out_is_told_late(hotel: HotelDesk) -> None:
    await wait_for(hotel, "checked_out", useful_for=2 * HOUR)
    stay = await hotel.stay(booking_status=BookingStatus.checked_in)

    left = {"booking_status": BookingStatus.checked_out, "checked_out_at": NOON - HOUR}
    await hotel.change(stay, **left)

    (line,) = await hotel.lines()
    assert (line.due_at, line.useful_until) == (NOON - HOUR, NOON + HOUR)


async def test_events_are_raised_when_a_file_is_imported(hotel: HotelDesk) -> None:
    await wait_for(hotel, "booking_cancelled", "room_changed")
    await imported(hotel, row(stay={"room_number": "12"}), row("A-2", phone="+491511234568"))

    changed = row(stay={"room_number": "14"}), row("A-2", phone="+491511234568", stay=CHANGES["booking_cancelled"])
    assert (await imported(hotel, *changed)).plan.added == 2
    await hotel.tick()

    assert sorted(await hotel.told()) == ["booking_cancelled", "room_changed"]


async def test_nothing_was_raised_when_the_import_fails_in_the_end(hotel: HotelDesk) -> None:
    await wait_for(hotel, "booking_created")
    with pytest.raises(DBAPIError):
        await imported(hotel, row(), row("A-2", phone=None, stay={"room_type": "x" * 65}))
    assert await hotel.lines() == []


@pytest.mark.parametrize("event", ["room_ready", "request_done", "feedback_given"])
async def test_events_of_other_rooms_are_spoken_of_when_they_are_raised(hotel: HotelDesk, event: str) -> None:
    stay = await hotel.stay()
    await wait_for(hotel, event)
    for _ in range(2):
        await hotel.happens(event, stay.guest_id, stay)
        await hotel.tick()
    assert await hotel.told() == [event]


async def test_conditions_are_asked_too_when_an_event_happens(hotel: HotelDesk) -> None:
    stay = await hotel.stay()
    await hotel.trigger({"event": "checked_in", "room_type": "suite"}, "To the suite!")
    await hotel.trigger({"event": "checked_in", "room_type": "double"}, "To the double!")
    await hotel.change(stay, booking_status=BookingStatus.checked_in)
    await hotel.tick()
    assert await hotel.told() == ["To the double!"]


async def test_nothing_is_said_in_the_morning_when_an_arrival_was_a_mistake(hotel: HotelDesk) -> None:
    stay = await hotel.stay(**TOMORROW)
    await wait_for(hotel, "checked_in")
    hotel.clock.set(NOON + 10 * HOUR)
    await hotel.change(stay, booking_status=BookingStatus.checked_in)
    await hotel.tick()

    await hotel.change(stay, booking_status=BookingStatus.confirmed)
    await hotel.tick(NOON + 20 * HOUR)

    assert await hotel.states() == [("cancelled", "other_state")]
    assert await hotel.told() == []
