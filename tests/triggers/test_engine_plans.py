"""Plans are rows: made, moved and cancelled with the stays and triggers they come from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.storage.repositories.stays import NewStay
from models import Hotel
from models.enums import BookingStatus, CatchUp, OncePer
from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk
from triggers.planning import PlanDiff

HOUR = timedelta(hours=1)


async def test_a_firing_is_planned_when_a_stay_is_saved(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)

    _, diff = await hotel.saves(await hotel.guest())

    (line,) = await hotel.lines()
    assert diff == PlanDiff(added=1)
    assert (line.status, line.due_at) == ("scheduled", NOON + 2 * HOUR)
    assert line.useful_until == NOON + 14 * HOUR


async def test_a_firing_is_planned_for_known_stays_when_a_trigger_is_made(hotel: HotelDesk, twin: HotelDesk) -> None:
    await hotel.stay()
    await twin.stay()

    await hotel.trigger(AFTER_CHECKIN)

    assert [line.due_at for line in await hotel.lines()] == [NOON + 2 * HOUR]
    assert await twin.lines() == []


async def test_saving_the_same_stay_again_changes_nothing(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.trigger({"cron": "0 9 * * *"})
    guest = await hotel.guest()
    await hotel.saves(guest)

    _, diff = await hotel.saves(guest)

    assert diff == PlanDiff()


async def test_the_firing_moves_when_its_stay_is_moved(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()

    diff = await hotel.change(stay, check_in=NOON + 24 * HOUR)

    assert diff == PlanDiff(moved=1)
    assert [line.due_at for line in await hotel.lines()] == [NOON + 26 * HOUR]


async def test_the_firing_counts_from_the_arrival_when_the_guest_comes_late(hotel: HotelDesk) -> None:
    await hotel.trigger({**AFTER_CHECKIN, "booking_status": "checked_in"})
    stay = await hotel.stay()
    await hotel.tick(NOON + 2 * HOUR)
    assert await hotel.states() == [("skipped", "conditions_not_met")]

    hotel.clock.set(NOON + 4 * HOUR)
    await hotel.change(stay, booking_status=BookingStatus.checked_in, checked_in_at=NOON + 4 * HOUR)
    await hotel.tick(NOON + 6 * HOUR)

    assert await hotel.told() == ["Welcome!"]


async def test_the_firing_is_cancelled_when_its_stay_is(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()

    diff = await hotel.change(stay, booking_status=BookingStatus.cancelled)

    assert diff == PlanDiff(cancelled=1)
    assert await hotel.states() == [("cancelled", "stay_over")]


async def test_the_firing_is_planned_again_when_the_stay_is_booked_again(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()
    await hotel.change(stay, booking_status=BookingStatus.cancelled)

    diff = await hotel.change(stay, booking_status=BookingStatus.confirmed)
    await hotel.tick(NOON + 2 * HOUR)

    assert diff == PlanDiff(added=1)
    assert await hotel.told() == ["Welcome!"]


async def test_plans_are_cancelled_and_made_again_when_a_trigger_is_paused_and_resumed(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()

    assert await hotel.change_trigger(trigger, is_active=False) == PlanDiff(cancelled=1)
    assert await hotel.states() == [("cancelled", "trigger_inactive")]
    assert await hotel.change_trigger(trigger, is_active=True) == PlanDiff(added=1)
    assert await hotel.states() == [("scheduled", None)]


async def test_plans_move_when_a_trigger_is_edited(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()

    diff = await hotel.change_trigger(trigger, conditions={"hours_after_checkin": 5})

    assert diff == PlanDiff(moved=1)
    assert [line.due_at for line in await hotel.lines()] == [NOON + 5 * HOUR]


async def test_plans_are_cancelled_when_a_trigger_is_deleted(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()

    async with hotel.database.unit(hotel.id) as uow:
        await uow.triggers.delete(trigger.id, NOON)
        diff = await hotel.engine.plan_trigger(uow, trigger.id, "c-2")

    assert diff == PlanDiff(cancelled=1)


async def test_a_stay_of_long_ago_is_planned_when_its_trigger_looks_back_that_far(hotel: HotelDesk) -> None:
    await hotel.stay(check_in=NOON - timedelta(days=203), check_out=NOON - timedelta(days=200) + HOUR)

    await hotel.trigger({"days_after_checkout": 200})

    # One hour less of winter time lies between.
    assert [line.due_at for line in await hotel.lines()] == [NOON + 2 * HOUR]


async def test_nothing_is_planned_when_the_moment_is_too_long_past(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)

    await hotel.stay(check_in=NOON - 20 * HOUR)

    assert await hotel.lines() == []


async def test_a_crontab_line_is_planned_for_every_morning_in_house(hotel: HotelDesk) -> None:
    await hotel.trigger({"cron": "0 9 * * *"})

    await hotel.stay()

    assert [line.due_at.astimezone(UTC).isoformat() for line in await hotel.lines()] == [
        "2026-11-21T08:00:00+00:00",
        "2026-11-22T08:00:00+00:00",
        "2026-11-23T08:00:00+00:00",
    ]


async def test_a_crontab_line_reaches_a_far_stay_when_days_have_passed(hotel: HotelDesk) -> None:
    await hotel.trigger({"cron": "0 9 * * *"})
    await hotel.stay(check_in=NOON + timedelta(days=90), check_out=NOON + timedelta(days=91))
    assert await hotel.lines() == []

    hotel.clock.move(timedelta(days=60))
    async with hotel.database.unit(hotel.id) as uow:
        diff = await hotel.engine.plan_hotel(uow, "daily")

    assert diff == PlanDiff(added=1)


async def test_plans_follow_the_new_zone_when_a_hotel_moves_its_clock(hotel: HotelDesk) -> None:
    await hotel.trigger({"days_after_checkin": 1, "at": "10:00"})
    await hotel.trigger({"event": "negative_sentiment"})
    await hotel.stay()
    assert [line.due_at for line in await hotel.lines()] == [datetime(2026, 11, 21, 9, tzinfo=UTC)]

    async with hotel.database.unit(hotel.id) as uow:
        await uow.connection.execute(update(Hotel).values(timezone="Asia/Tokyo"))
        diff = await hotel.engine.plan_hotel(uow, "rezone")

    assert diff == PlanDiff(moved=1)
    assert [line.due_at for line in await hotel.lines()] == [datetime(2026, 11, 21, 1, tzinfo=UTC)]


async def test_the_first_stay_counts_when_a_trigger_speaks_once_a_guest(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, once_per=OncePer.guest)
    guest = await hotel.guest()
    await hotel.stay(guest, "BK-2", check_in=NOON + timedelta(days=9), check_out=NOON + timedelta(days=10))

    first = await hotel.stay(guest, "BK-1")

    (line,) = await hotel.lines()
    assert (line.due_at, line.stay_id) == (NOON + 2 * HOUR, first.id)
    await hotel.change(first, booking_status=BookingStatus.cancelled)
    assert [line.due_at for line in await hotel.lines()] == [NOON + timedelta(days=9) + 2 * HOUR]


async def test_the_next_stay_counts_when_the_first_became_known_too_late_for_its_message(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, once_per=OncePer.guest, catch_up=CatchUp.skip)
    guest = await hotel.guest()
    await hotel.stay(guest, "BK-1", check_in=NOON - 4 * HOUR)
    assert await hotel.states() == [("skipped", "came_late")]

    following = await hotel.stay(guest, "BK-2", check_in=NOON + 24 * HOUR)

    (line,) = await hotel.lines()
    assert (line.status, line.due_at, line.stay_id) == ("scheduled", NOON + 26 * HOUR, following.id)


async def test_a_postponed_firing_stays_postponed_when_its_stay_is_saved_again(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    guest, check_in = await hotel.guest(), NOON + 8 * HOUR
    await hotel.saves(guest, check_in=check_in, check_out=NOON + timedelta(days=3))
    await hotel.tick(NOON + 10 * HOUR)
    assert await hotel.states() == [("postponed", "quiet_hours")]

    _, diff = await hotel.saves(guest, check_in=check_in, check_out=NOON + timedelta(days=3))

    assert diff == PlanDiff()
    assert await hotel.states() == [("postponed", "quiet_hours")]


async def test_the_local_time_is_kept_when_the_clocks_change_during_the_stay(hotel: HotelDesk) -> None:
    spring = datetime(2027, 3, 27, 14, tzinfo=UTC)  # the night before the clocks go forward
    hotel.clock.set(spring)
    await hotel.trigger({"days_after_checkin": 1, "at": "02:30"})

    await hotel.stay()

    # 2:30 does not exist that morning: the first minute after the gap is 3:00, which is 1:00 UTC.
    assert [line.due_at for line in await hotel.lines()] == [datetime(2027, 3, 28, 1, tzinfo=UTC)]


async def test_all_stays_are_planned_when_they_fill_several_pages(hotel: HotelDesk) -> None:
    guest = await hotel.guest()
    async with hotel.database.unit(hotel.id) as uow:
        hotel_stay = (await hotel.saves(guest, "BK-0"))[0]
        base = {name: getattr(hotel_stay, name) for name in NewStay.__slots__}
        await uow.stays.save_all([NewStay(**{**base, "external_id": f"N-{n:05}"}) for n in range(2100)])

    await hotel.trigger(AFTER_CHECKIN)

    assert len(await hotel.lines()) == 2101


@pytest.mark.parametrize("is_hotel_news", [False, True])
async def test_a_crontab_line_is_told_when_plans_are_made_anew_before_its_turn(
    hotel: HotelDesk, is_hotel_news: bool
) -> None:
    """The first waits because the engine is late, the second for the end of the quiet hours."""
    await hotel.trigger({"cron": "0 14 * * *"}, "afternoon")
    await hotel.trigger({"cron": "0 7 * * *"}, "morning")
    stay = await hotel.stay()

    async def plan_anew(at: datetime) -> None:
        hotel.clock.set(at)
        if not is_hotel_news:
            await hotel.change(stay, adults=at.hour)
            return
        async with hotel.database.unit(hotel.id) as uow:
            await hotel.engine.plan_hotel(uow, "c-9")

    await plan_anew(NOON + HOUR + timedelta(seconds=1))
    await hotel.tick()
    await hotel.tick(NOON + 18 * HOUR)
    await plan_anew(NOON + 18.5 * HOUR)
    await hotel.tick(NOON + 19 * HOUR)

    assert await hotel.told() == ["afternoon", "morning"]


async def test_a_crontab_line_that_waits_is_cancelled_when_its_stay_is_moved_away(
    hotel: HotelDesk,
) -> None:
    await hotel.trigger({"cron": "0 7 * * *"})
    stay = await hotel.stay()
    await hotel.tick(NOON + 18 * HOUR)
    assert ("postponed", "quiet_hours") in await hotel.states()
    await hotel.change(stay, check_in=NOON + 30 * HOUR, check_out=NOON + 32 * HOUR)
    assert {*await hotel.states()} == {("cancelled", "plan_changed")}


async def test_a_crontab_line_of_this_morning_is_not_caught_up_with_when_it_is_new(hotel: HotelDesk) -> None:
    await hotel.stay(check_in=NOON - 20 * HOUR, check_out=NOON + HOUR)
    await hotel.trigger({"cron": "0 9 * * *"})
    assert await hotel.lines() == []
