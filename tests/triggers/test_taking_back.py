"""What had fired and could not leave: called off when it is wanted no more, decided anew in the morning at night."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models import OutboxMessage
from models.enums import BookingStatus, OutboxPurpose
from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk
from tests.triggers.test_engine_actions import ALL, requests, tags
from triggers.taking_back import JUST_SAID, UNDER_WAY, is_taken_back

HOUR = timedelta(hours=1)
DUE, NIGHT, MORNING = NOON + 2 * HOUR, NOON + 11 * HOUR, NOON + 19 * HOUR
LATER = DUE + HOUR


async def take_back(hotel: HotelDesk, at: datetime) -> list[bool]:
    """Look at every message of a trigger that waits, as whoever sends it does at that time."""
    async with hotel.database.unit(hotel.id) as uow:
        ids = select(OutboxMessage.id).where(OutboxMessage.purpose == OutboxPurpose.trigger)
        queued = [await uow.outbox.get(row.id) for row in await uow.connection.execute(ids)]
        return [await is_taken_back(uow, one, at) for one in queued if one]


async def test_everything_beside_the_message_is_done_once_when_it_is_taken_back(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=ALL, useful_for=timedelta(days=1))
    guest = await hotel.guest()
    await hotel.stay(guest)
    await hotel.tick(DUE)
    done = await requests(hotel), await tags(hotel, guest), len(await hotel.alerts())

    assert await take_back(hotel, NIGHT) == [True]
    assert await hotel.states() == [("postponed", "quiet_hours")]
    await hotel.tick(MORNING)

    assert await hotel.told() == ["Welcome!", "Welcome!"], "the first of them never leaves"
    assert (await requests(hotel), await tags(hotel, guest), len(await hotel.alerts())) == done


async def test_nothing_is_said_in_the_morning_when_the_stay_was_called_off_at_night(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, useful_for=timedelta(days=1))
    stay = await hotel.stay()
    await hotel.tick(DUE)
    await take_back(hotel, NIGHT)

    await hotel.change(stay, booking_status=BookingStatus.cancelled)
    await hotel.tick(MORNING)

    assert await hotel.states() == [("cancelled", "stay_over")]


async def test_the_ledger_says_so_when_the_morning_is_too_late(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, useful_for=3 * HOUR)
    await hotel.stay()
    await hotel.tick(DUE)

    assert await take_back(hotel, NIGHT) == [True]
    await hotel.tick(MORNING)

    assert await hotel.states() == [("expired", "no_longer_useful")]


@pytest.mark.parametrize("at", [DUE + UNDER_WAY, NIGHT - 3 * HOUR])
async def test_a_message_leaves_when_it_is_young_or_by_day(hotel: HotelDesk, at: datetime) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()
    await hotel.tick(DUE)

    assert await take_back(hotel, at) == [False]
    assert await hotel.states() == [("fired", "fired")]


async def test_nothing_leaves_when_its_trigger_was_paused_or_deleted_meanwhile(hotel: HotelDesk) -> None:
    welcome = await hotel.trigger(AFTER_CHECKIN)
    news = await hotel.trigger({"event": "checked_in"}, "You are in!")
    stay = await hotel.stay(booking_status=BookingStatus.confirmed)
    await hotel.change(stay, booking_status=BookingStatus.checked_in)
    await hotel.tick(DUE)

    await hotel.change_trigger(welcome, is_active=False)
    async with hotel.database.unit(hotel.id) as uow:
        await uow.triggers.delete(news.id, DUE)

    assert await take_back(hotel, LATER) == [True, True]
    assert await hotel.states() == [("cancelled", "trigger_inactive")] * 2


async def test_it_is_said_once_when_its_trigger_is_resumed_in_time(hotel: HotelDesk) -> None:
    welcome = await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()
    await hotel.tick(DUE)
    await hotel.change_trigger(welcome, is_active=False)
    await take_back(hotel, LATER)

    hotel.clock.set(LATER)
    await hotel.change_trigger(welcome, is_active=True)
    await hotel.tick()
    await hotel.tick()

    assert await hotel.told() == ["Welcome!", "Welcome!"], "the first of them never leaves"
    assert await hotel.states() == [("fired", "fired")]


async def test_nothing_leaves_when_the_stay_was_called_off_meanwhile(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()
    await hotel.tick(DUE)
    await hotel.change(stay, booking_status=BookingStatus.cancelled)

    assert await take_back(hotel, LATER) == [True]
    assert await hotel.states() == [("cancelled", "stay_over")]


async def test_the_room_stays_unsaid_when_the_stay_is_another_guests_by_now(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Your room is {{ stay.room_number }}.")
    stay = await hotel.stay()
    await hotel.tick(DUE)
    await hotel.change(stay, guest_id=await hotel.guest("Boris", "+491511234568"))

    assert await take_back(hotel, LATER) == [True]
    assert await hotel.states() == [("cancelled", "handed_on")]


async def test_word_of_a_cancellation_leaves_when_it_had_to_wait(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "booking_cancelled"}, "Your booking is cancelled.")
    stay = await hotel.stay()
    await hotel.change(stay, booking_status=BookingStatus.cancelled)
    await hotel.tick()

    assert await take_back(hotel, LATER) == [False]


async def test_nobody_looks_again_when_a_message_leaves_at_once(hotel: HotelDesk) -> None:
    welcome = await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()
    await hotel.tick(DUE)
    await hotel.change_trigger(welcome, is_active=False)

    assert await take_back(hotel, DUE + JUST_SAID) == [False]


async def test_a_message_leaves_when_its_guest_turned_out_to_be_a_known_one(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    known, stranger = await hotel.guest(), await hotel.guest("A.", None)
    await hotel.writes(stranger)
    await hotel.stay(stranger)
    await hotel.tick(DUE)
    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.merge(stranger, known, {"by": "test"})

    assert await take_back(hotel, LATER) == [False]
