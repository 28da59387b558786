"""The hotel's zone and quiet hours corrected while its plan stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk
from triggers.audits import Author
from triggers.hotel_times import HotelTimes, change_times, rehearse_times
from triggers.planning import PlanDiff

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def correct(hotel: HotelDesk, **changes: Any) -> PlanDiff:
    """Change the hotel's zone and quiet hours, as an admin does."""
    async with hotel.database.unit(hotel.id) as uow:
        times = replace(HotelTimes.of(await uow.hotels.get()), **changes)
        author = Author(hotel.clock.now(), "c-8")
        prospect = await rehearse_times(uow, hotel.engine, times, author, 5)
        diff = await change_times(uow, hotel.engine, times, author)
    assert prospect.diff == diff
    return diff


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"quiet_until": time(6)}, NOON + 17 * HOUR),
        ({"quiet_until": time(9)}, NOON + 20 * HOUR),
        ({"quiet_from": time(), "quiet_until": time()}, NOON + 10 * HOUR),
        ({"timezone": "Europe/Moscow"}, NOON + 17 * HOUR),
        ({"timezone": "Europe/London"}, NOON + 20 * HOUR),
    ],
    ids=str,
)
async def test_what_waits_for_the_morning_goes_at_the_right_one_when_the_nights_are_corrected(
    hotel: HotelDesk, changes: dict[str, Any], at: datetime
) -> None:
    """It was put off at 23:00 until 8:00, which is 19 hours after noon."""
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay(check_in=NOON + 8 * HOUR)
    await hotel.tick(NOON + 10 * HOUR)
    assert await hotel.states() == [("postponed", "quiet_hours")]

    assert await correct(hotel, **changes) == PlanDiff(moved=1)

    assert [line.due_at for line in await hotel.lines()] == [at]
    await hotel.tick(max(at, hotel.clock.now()))
    assert await hotel.told() == ["Welcome!"]


async def test_what_waits_for_another_day_stays_for_it_when_the_nights_are_corrected(hotel: HotelDesk) -> None:
    async with hotel.database.unit(hotel.id) as uow:
        await uow.hotels.save_settings({"automatic_messages_a_day": 1})
    await hotel.trigger(AFTER_CHECKIN, "first", useful_for=2 * DAY)
    await hotel.trigger({"hours_after_checkin": 3}, "second", useful_for=2 * DAY)
    await hotel.stay()
    await hotel.tick(NOON + 2 * HOUR)
    await hotel.tick(NOON + 3 * HOUR)
    assert ("postponed", "attention_budget") in await hotel.states()

    assert await correct(hotel, quiet_until=time(9)) == PlanDiff(moved=1)

    await hotel.tick(NOON + 19 * HOUR)
    assert await hotel.told() == ["first"]
    await hotel.tick(NOON + 20 * HOUR)
    assert await hotel.told() == ["first", "second"]


async def test_nothing_moves_when_the_nights_are_what_they_were(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay(check_in=NOON + 8 * HOUR)
    await hotel.tick(NOON + 10 * HOUR)
    hotel.clock.set(NOON + 15 * HOUR)
    assert await correct(hotel) == PlanDiff()


async def test_no_morning_is_told_twice_when_the_zone_is_corrected_to_one_where_it_is_still_to_come(
    hotel: HotelDesk, twin: HotelDesk
) -> None:
    for one in (hotel, twin):
        await one.trigger({"cron": "0 9 * * *"}, "Good morning!")
        await one.stay()
        await one.tick(NOON + 20 * HOUR)

    diff = await correct(hotel, timezone="America/New_York")
    for hours in range(20, 31):
        await hotel.tick(NOON + hours * HOUR)

    # Today's has been told, tomorrow's goes by the new clock, that of the last day would come after the departure.
    assert diff == PlanDiff(moved=1, cancelled=1)
    assert await hotel.told() == ["Good morning!"]
    assert [line.due_at for line in await twin.lines()] == [NOON + (20 + 24 * days) * HOUR for days in range(3)]
