"""What had fired and did not leave before the night, decided anew in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models import OutboxMessage
from models.enums import BookingStatus, OutboxPurpose
from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk
from tests.triggers.test_engine_actions import ALL, requests, tags
from triggers.nights import UNDER_WAY, is_taken_back

HOUR = timedelta(hours=1)
DUE, NIGHT, MORNING = NOON + 2 * HOUR, NOON + 11 * HOUR, NOON + 19 * HOUR


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
