"""Stays that are moved, shortened, called off, booked again and handed on: what is said of them then, what not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.enums import BookingStatus, OncePer
from tests.triggers.hotels import AFTER_CHECKIN, NOON, SUITE, HotelDesk
from tests.triggers.test_engine_stays import imported, row
from triggers.planning import PlanDiff

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT, MORNING = NOON + 10 * HOUR, NOON + 20 * HOUR
TOMORROW: dict[str, Any] = {"check_in": NOON + DAY, "check_out": NOON + 3 * DAY}
CHECKED_IN: dict[str, Any] = {"booking_status": BookingStatus.checked_in, "checked_in_at": NOON}


async def another(hotel: HotelDesk) -> UUID:
    """Add the guest to whom a stay is handed on."""
    return await hotel.guest("Boris Ivanov", "+491511234568")


def left(at: datetime) -> dict[str, Any]:
    return {"booking_status": BookingStatus.checked_out, "checked_out_at": at}


@pytest.mark.parametrize(
    "conditions",
    [AFTER_CHECKIN, {"hours_before_checkout": 3}, {"cron": "0 15 * * *"}, {"on": "2026-11-20T15:00"}],
    ids=str,
)
async def test_nothing_is_said_to_guests_in_house_when_they_have_left_early(
    hotel: HotelDesk, conditions: dict[str, Any]
) -> None:
    await hotel.trigger(conditions)
    stay = await hotel.stay(check_out=NOON + 20 * HOUR, **CHECKED_IN)
    hotel.clock.move(HOUR)

    diff = await hotel.change(stay, **left(NOON + HOUR))
    for hours in range(1, 22):
        await hotel.tick(NOON + hours * HOUR)

    assert diff == PlanDiff(cancelled=1)
    assert await hotel.states() == [("cancelled", "stay_over")]
    assert await hotel.told() == []


async def test_nobody_is_welcomed_when_the_source_tells_of_the_departure_but_of_no_time(hotel: HotelDesk) -> None:
    await hotel.trigger({"cron": "0 15 * * *"})
    await imported(hotel, row(stay={"booking_status": BookingStatus.checked_in}))

    saved = await imported(hotel, row(stay={"booking_status": BookingStatus.checked_out}))

    assert saved.plan == PlanDiff(cancelled=3)


async def test_a_firing_is_cancelled_when_its_guest_left_behind_the_plans_back(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()
    async with hotel.database.unit(hotel.id) as uow:
        await uow.stays.update(stay.id, **left(NOON + HOUR))

    await hotel.tick(NOON + 2 * HOUR)

    assert await hotel.states() == [("cancelled", "stay_over")]


async def test_a_welcome_goes_after_the_departure_when_its_trigger_asks_for_that(hotel: HotelDesk) -> None:
    await hotel.trigger({**AFTER_CHECKIN, "booking_status": ["checked_in", "checked_out"]})
    stay = await hotel.stay(**CHECKED_IN)

    diff = await hotel.change(stay, **left(NOON + HOUR))
    await hotel.tick(NOON + 2 * HOUR)

    assert diff == PlanDiff()
    assert await hotel.told() == ["Welcome!"]


async def test_the_welcome_is_planned_again_when_the_departure_was_a_mistake(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay(**CHECKED_IN)
    await hotel.change(stay, **left(NOON + HOUR))

    diff = await hotel.change(stay, booking_status=BookingStatus.checked_in, checked_out_at=None)
    await hotel.tick(NOON + 2 * HOUR)

    assert diff == PlanDiff(added=1)
    assert await hotel.told() == ["Welcome!"]


async def test_what_goes_before_the_arrival_is_cancelled_when_the_guest_comes_early(hotel: HotelDesk) -> None:
    await hotel.trigger({"hours_before_checkin": 3}, "See you soon!")
    stay = await hotel.stay(**TOMORROW)

    diff = await hotel.change(stay, **CHECKED_IN)
    await hotel.tick(NOON + HOUR)

    assert diff == PlanDiff(cancelled=1)
    assert await hotel.states() == [("cancelled", "other_state")]
    assert await hotel.told() == []


async def test_thanks_go_after_the_real_departure_when_the_guest_left_early(hotel: HotelDesk) -> None:
    await hotel.trigger({"days_after_checkout": 1, "at": "12:00"}, "Thank you!")
    stay = await hotel.stay(**CHECKED_IN)

    assert await hotel.change(stay, **left(NOON + HOUR)) == PlanDiff(moved=1)
    await hotel.tick(NOON + 23 * HOUR)

    assert await hotel.told() == ["Thank you!"]


async def test_the_diff_counts_what_waits_for_the_morning_when_its_stay_is_called_off(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "booking_confirmed"})
    stay = await hotel.stay(booking_status=BookingStatus.pending, **TOMORROW)
    hotel.clock.set(NOON + 10 * HOUR)
    await hotel.change(stay, booking_status=BookingStatus.confirmed)
    await hotel.tick()
    assert await hotel.states() == [("postponed", "quiet_hours")]

    diff = await hotel.change(stay, booking_status=BookingStatus.cancelled)

    assert diff == PlanDiff(cancelled=1)
    assert await hotel.states() == [("cancelled", "stay_over")]


async def test_a_guests_own_words_are_answered_when_the_stay_was_called_off_meanwhile(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "negative_sentiment"}, "We are sorry.")
    stay = await hotel.stay(**TOMORROW)
    await hotel.happens("negative_sentiment", stay.guest_id, stay, sentiment_score=-0.8)

    assert await hotel.change(stay, booking_status=BookingStatus.cancelled) == PlanDiff()
    await hotel.tick()

    assert await hotel.told() == ["We are sorry."]


async def test_the_plan_counts_from_the_new_dates_when_a_stay_is_booked_again_under_its_number(
    hotel: HotelDesk,
) -> None:
    """The source has no column for real times, and the hotel had checked the guest in by hand."""
    await hotel.trigger({"hours_after_checkin": 20})
    await hotel.trigger({"days_before_checkin": 1, "at": "12:00"})
    await imported(hotel, row())
    async with hotel.database.unit(hotel.id) as uow:
        ((stay, _),) = await uow.stays.by_number("A-1")
    await hotel.change(stay, **CHECKED_IN)
    cancelled = await imported(hotel, row(stay={"booking_status": BookingStatus.cancelled}))

    dates = {"check_in": NOON + 10 * DAY, "check_out": NOON + 12 * DAY}
    saved = await imported(hotel, row(stay={"booking_status": BookingStatus.confirmed, **dates}))

    assert cancelled.plan == PlanDiff(cancelled=1)
    assert saved.plan == PlanDiff(added=2)
    planned = [line.due_at for line in await hotel.lines() if line.status == "scheduled"]
    assert planned == [NOON + 9 * DAY - HOUR, NOON + 10 * DAY + 20 * HOUR]


@pytest.mark.parametrize(
    ("hours", "diff", "told"), [(3, PlanDiff(moved=1), ["Welcome!"]), (20, PlanDiff(cancelled=1), [])]
)
async def test_a_welcome_goes_at_once_or_not_at_all_when_its_stay_is_moved_into_the_past(
    hotel: HotelDesk, hours: int, diff: PlanDiff, told: list[str]
) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay(**TOMORROW)

    assert await hotel.change(stay, check_in=NOON - hours * HOUR) == diff
    await hotel.tick()

    assert await hotel.told() == told


@pytest.mark.parametrize(
    ("arrival", "due_at"),
    [
        (datetime(2027, 3, 27, 14, tzinfo=UTC), datetime(2027, 3, 28, 8, tzinfo=UTC)),
        (datetime(2027, 10, 30, 13, tzinfo=UTC), datetime(2027, 10, 31, 9, tzinfo=UTC)),
    ],
    ids=["spring", "autumn"],
)
async def test_the_local_minute_is_kept_when_a_stay_is_moved_over_a_change_of_clocks(
    hotel: HotelDesk, arrival: datetime, due_at: datetime
) -> None:
    await hotel.trigger({"days_after_checkin": 1, "at": "10:00"})
    stay = await hotel.stay(**TOMORROW)

    assert await hotel.change(stay, check_in=arrival, check_out=arrival + 2 * DAY) == PlanDiff(moved=1)

    assert [line.due_at for line in await hotel.lines()] == [due_at]


async def test_mornings_after_the_departure_are_cancelled_when_a_stay_is_shortened_to_one_night(
    hotel: HotelDesk,
) -> None:
    await hotel.trigger({"cron": "0 9 * * *"})
    await hotel.trigger({"days_before_checkout": 1, "at": "18:00"})
    stay = await hotel.stay()

    diff = await hotel.change(stay, check_out=NOON + 23 * HOUR)

    assert diff == PlanDiff(moved=1, cancelled=2)
    planned = [line.due_at for line in await hotel.lines() if line.status == "scheduled"]
    assert planned == [NOON + 5 * HOUR, NOON + 20 * HOUR]


async def test_all_that_is_left_is_cancelled_when_a_stay_is_called_off_after_check_in(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.trigger({"cron": "0 9 * * *"})
    await hotel.trigger({"days_after_checkout": 1}, "Thank you!")
    stay = await hotel.stay(**CHECKED_IN)
    await hotel.tick(NOON + 2 * HOUR)

    diff = await hotel.change(stay, booking_status=BookingStatus.cancelled, checked_in_at=None)
    for days in range(1, 5):
        await hotel.tick(NOON + days * DAY)

    assert diff == PlanDiff(cancelled=4)
    assert await hotel.told() == ["Welcome!"]


@pytest.mark.parametrize("name", ["Ann Smirnova", "Vera Smith", "Annabel Smithers"])
async def test_namesakes_and_relatives_are_others_when_a_stay_is_handed_on(hotel: HotelDesk, name: str) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Welcome, {{ guest.name }}!")
    await imported(hotel, row(guest_name="Ann Smith", phone="+491511234567"))
    await imported(hotel, row(guest_name=name, phone="+491511234568"))
    await hotel.tick(NOON + 2 * HOUR)
    assert await hotel.addresses() == ["491511234568@c.us"]


@pytest.mark.parametrize("name", ["Anne Smith", "Smith Ann", "Ann Smiht", "Ann Maria Smith"])
async def test_a_guest_stays_the_same_when_name_and_number_are_corrected(hotel: HotelDesk, name: str) -> None:
    await imported(hotel, row(guest_name="Ann Smith", phone="+491511234567"))
    assert (await imported(hotel, row(guest_name=name, phone="+491511234568"))).guests == 0


async def test_the_new_guest_is_told_when_a_stay_is_handed_on(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Welcome, {{ guest.name }}!")
    await imported(hotel, row())

    saved = await imported(hotel, row(guest_name="Boris Ivanov", phone="+491511234568"))
    await hotel.tick(NOON + 2 * HOUR)

    assert (saved.guests, saved.plan) == (1, PlanDiff(moved=1))
    assert await hotel.told() == ["Welcome, Boris Ivanov!"]
    assert await hotel.addresses() == ["491511234568@c.us"]


@pytest.mark.parametrize("event", ["booking_confirmed", "room_changed"])
async def test_what_happened_in_the_night_is_told_to_the_new_guest_when_a_stay_is_handed_on(
    hotel: HotelDesk, event: str
) -> None:
    await hotel.trigger({"event": event}, "It is yours, {{ guest.name }}!")
    stay = await hotel.stay(booking_status=BookingStatus.pending, **TOMORROW)
    hotel.clock.set(NIGHT)
    await hotel.change(stay, booking_status=BookingStatus.confirmed, room_number="14")
    await hotel.tick()
    assert await hotel.states() == [("postponed", "quiet_hours")]

    diff = await hotel.change(stay, guest_id=await another(hotel))
    await hotel.tick()
    await hotel.tick(MORNING)

    assert diff == PlanDiff(moved=1)
    assert await hotel.told() == ["It is yours, Boris Ivanov!"]
    assert await hotel.addresses() == ["491511234568@c.us"]


async def test_what_a_guest_said_is_not_answered_to_another_when_the_stay_is_handed_on(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "negative_sentiment"}, "We are sorry.")
    stay = await hotel.stay(**TOMORROW)
    await hotel.happens("negative_sentiment", stay.guest_id, stay, sentiment_score=-0.8)

    diff = await hotel.change(stay, guest_id=await another(hotel))
    await hotel.tick()

    assert diff == PlanDiff(cancelled=1)
    assert await hotel.states() == [("cancelled", "handed_on")]
    assert await hotel.told() == []


async def test_an_edge_of_the_night_is_told_to_the_new_guest_when_a_stay_is_handed_on(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE, "Your suite awaits, {{ guest.name }}.")
    hotel.clock.set(NIGHT)
    stay = await hotel.stay(room_type="suite", **TOMORROW)
    await hotel.tick()
    assert await hotel.states() == [("postponed", "quiet_hours")]

    diff = await hotel.change(stay, guest_id=await another(hotel))
    await hotel.tick()
    await hotel.tick(MORNING)

    assert diff == PlanDiff(moved=1)
    assert await hotel.told() == ["Your suite awaits, Boris Ivanov."]
    assert await hotel.addresses() == ["491511234568@c.us"]


@pytest.mark.parametrize(
    ("conditions", "diff"),
    [
        (SUITE, PlanDiff(added=1, cancelled=1)),
        ({"event": "booking_created"}, PlanDiff(moved=1)),
        (AFTER_CHECKIN, PlanDiff(added=1, cancelled=1)),
    ],
    ids=str,
)
async def test_the_new_guest_is_told_when_a_stay_is_handed_on_whose_trigger_speaks_once_a_guest(
    hotel: HotelDesk, conditions: dict[str, Any], diff: PlanDiff
) -> None:
    await hotel.trigger(conditions, once_per=OncePer.guest)
    hotel.clock.set(NIGHT)
    stay = await hotel.stay(room_type="suite", check_in=NIGHT - 2 * HOUR)
    await hotel.tick()
    assert await hotel.states() == [("postponed", "quiet_hours")]

    assert await hotel.change(stay, guest_id=await another(hotel)) == diff
    await hotel.tick()
    await hotel.tick(MORNING)

    assert await hotel.addresses() == ["491511234568@c.us"]


async def test_the_new_guest_hears_once_when_they_waited_for_the_same_already(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "booking_created"}, once_per=OncePer.guest)
    hotel.clock.set(NIGHT)
    stay, boris = await hotel.stay(number="BK-1"), await another(hotel)
    await hotel.stay(boris, "BK-2")
    await hotel.tick()

    assert await hotel.change(stay, guest_id=boris) == PlanDiff(cancelled=1)
    await hotel.tick(MORNING)

    assert await hotel.addresses() == ["491511234568@c.us"]


async def test_the_new_guest_hears_once_when_two_stays_are_handed_on_to_them_together(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "booking_created"}, once_per=OncePer.guest)
    hotel.clock.set(NIGHT)
    stays = [row("A-1", phone="+491511234567"), row("A-2", guest_name="Clara Schulz", phone="+491511234569")]
    await imported(hotel, *stays)
    await hotel.tick()

    boris: dict[str, Any] = {"guest_name": "Boris Ivanov", "phone": "+491511234568"}
    saved = await imported(hotel, *(replace(stay, **boris) for stay in stays))
    await hotel.tick(MORNING)

    assert saved.plan == PlanDiff(moved=1, cancelled=1)
    assert await hotel.addresses() == ["491511234568@c.us"]


async def test_nothing_is_told_to_the_new_guest_when_a_stay_is_handed_on_and_called_off_at_once(
    hotel: HotelDesk,
) -> None:
    await hotel.trigger({"event": "booking_confirmed"})
    hotel.clock.set(NIGHT)
    stay = await hotel.stay(**TOMORROW)

    await hotel.change(stay, guest_id=await another(hotel), booking_status=BookingStatus.cancelled)
    await hotel.tick(MORNING)

    assert await hotel.told() == []


async def test_the_plan_goes_with_a_stay_that_is_called_off_when_a_trigger_asks_for_others_only(
    hotel: HotelDesk,
) -> None:
    await hotel.trigger({**AFTER_CHECKIN, "none": [{"booking_status": ["cancelled", "no_show"]}]})
    stay = await hotel.stay()

    diff = await hotel.change(stay, booking_status=BookingStatus.cancelled)

    assert (diff.cancelled, await hotel.states()) == (1, [("cancelled", "stay_over")])
