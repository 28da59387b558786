"""Condition-based triggers fire on the edge: once, when their conditions become true."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from bot.notifications import Desk
from models.enums import BookingStatus, OncePer
from tests.bot.storage.houses import waits_for_lock
from tests.factories import texts
from tests.triggers.hotels import NOON, SUITE, HotelDesk
from triggers.engine import Engine
from triggers.happenings import StayChange
from triggers.planning import PlanDiff

HOUR = timedelta(hours=1)


async def test_it_fires_once_when_the_conditions_become_true(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE, "Your suite awaits.")
    stay = await hotel.stay(room_type="suite", booking_status=BookingStatus.pending)
    assert await hotel.tick() == 0

    await hotel.change(stay, booking_status=BookingStatus.confirmed)
    await hotel.tick()
    await hotel.change(stay, booking_status=BookingStatus.pending)
    await hotel.change(stay, booking_status=BookingStatus.confirmed)
    await hotel.tick()

    assert await hotel.told() == ["Your suite awaits."]


async def test_it_does_not_fire_again_when_the_process_was_restarted(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE, "Your suite awaits.")
    stay = await hotel.stay(room_type="suite")
    await hotel.tick()

    clock = FixedClock(NOON + HOUR)
    restarted = Engine(clock, Desk(texts(), clock))
    async with hotel.database.unit(hotel.id) as uow:
        assert await restarted.plan_guests(uow, {stay.guest_id: "c-9"}) == PlanDiff()
        assert await restarted.fire_due(uow, 10) == 0

    assert await hotel.told() == ["Your suite awaits."]


async def test_it_is_silent_about_what_held_before_when_it_is_new(hotel: HotelDesk, twin: HotelDesk) -> None:
    old = await hotel.stay(room_type="suite")
    await twin.stay(room_type="suite")

    trigger = await hotel.trigger(SUITE, "Your suite awaits.")
    await hotel.change(old, room_number="99")
    await hotel.tick()

    assert await hotel.told() == []
    assert await hotel.states(trigger) == [("skipped", "held_before")]
    assert await twin.lines() == []


async def test_it_fires_when_what_held_before_ended_and_came_back(hotel: HotelDesk) -> None:
    stay = await hotel.stay(room_type="suite")
    await hotel.trigger(SUITE, "Your suite awaits.")

    await hotel.change(stay, room_type="double")
    await hotel.change(stay, room_type="suite")
    await hotel.tick()

    assert await hotel.told() == ["Your suite awaits."]


async def test_what_held_before_is_not_shown_as_a_decision(hotel: HotelDesk) -> None:
    await hotel.stay(room_type="suite")
    await hotel.trigger(SUITE)

    async with hotel.database.unit(hotel.id) as uow:
        assert await uow.ledger.lines(NOON - HOUR) == []


async def test_a_waiting_message_is_cancelled_when_the_conditions_end_before_the_morning(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(SUITE)
    hotel.clock.set(NOON + 10 * HOUR)
    stay = await hotel.stay(room_type="suite", check_in=NOON + timedelta(days=5), check_out=NOON + timedelta(days=6))
    await hotel.tick()
    assert await hotel.states(trigger) == [("postponed", "quiet_hours")]

    assert await hotel.change(stay, room_number="7") == PlanDiff()
    assert await hotel.change(stay, booking_status=BookingStatus.cancelled) == PlanDiff(cancelled=1)
    assert await hotel.change(stay, booking_status=BookingStatus.confirmed) == PlanDiff(added=1)
    await hotel.tick(NOON + 20 * HOUR)

    assert await hotel.told() == ["Welcome!"]


async def test_a_waiting_message_is_kept_when_its_trigger_is_paused_and_resumed(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(SUITE)
    hotel.clock.set(NOON + 10 * HOUR)
    await hotel.stay(room_type="suite", check_in=NOON + timedelta(days=5), check_out=NOON + timedelta(days=6))
    await hotel.tick()

    await hotel.change_trigger(trigger, is_active=False)
    await hotel.change_trigger(trigger, is_active=True)
    await hotel.tick(NOON + 20 * HOUR)

    assert await hotel.told() == ["Welcome!"]


async def test_a_guest_is_told_once_when_the_trigger_speaks_once_a_guest(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE, once_per=OncePer.guest)
    guest = await hotel.guest()
    await hotel.stay(guest, "BK-1", room_type="suite")
    second = await hotel.stay(guest, "BK-2", room_type="double")
    await hotel.tick()

    await hotel.change(second, room_type="suite")
    await hotel.tick()

    assert await hotel.told() == ["Welcome!"]


async def test_every_new_room_is_spoken_of_when_the_trigger_speaks_once_a_room(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE, "Room {{ stay.room_number }}", once_per=OncePer.room)
    stay = await hotel.stay(room_type="suite", room_number="1")
    await hotel.change(stay, room_number="2")
    await hotel.tick()

    await hotel.change(stay, room_number="3")
    await hotel.tick()

    assert await hotel.told() == ["Room 2", "Room 3"]


async def test_it_fires_when_the_guest_changes_so_that_it_becomes_true(hotel: HotelDesk) -> None:
    await hotel.trigger({"room_type": "suite", "guest.language": "ru"}, "Привет")
    guest = await hotel.guest()
    await hotel.stay(guest, room_type="suite")

    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.update(guest, language="ru")
        diff = await hotel.engine.plan_guests(uow, {guest: "c-5"})
    await hotel.tick()

    assert diff == PlanDiff(added=1)
    assert await hotel.told() == ["Привет"]


async def test_called_off_stays_are_looked_at_only_when_the_trigger_asks_for_them(hotel: HotelDesk) -> None:
    await hotel.trigger({"room_type": "suite"}, "Your suite awaits.")
    await hotel.trigger({"booking_status": ["cancelled", "no_show"]}, "A pity!")

    stay = await hotel.stay(room_type="suite", booking_status=BookingStatus.cancelled)
    await hotel.tick()

    assert await hotel.told() == ["A pity!"]
    assert stay.booking_status == "cancelled"


async def test_it_is_silent_about_stays_that_are_long_over(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE)

    await hotel.stay(room_type="suite", check_in=NOON - timedelta(days=9), check_out=NOON - timedelta(days=5))

    assert await hotel.lines() == []


async def test_it_fires_when_guest_and_stay_change_at_the_same_moment_and_only_both_make_it_true(
    hotel: HotelDesk,
) -> None:
    await hotel.trigger({"room_type": "suite", "guest.language": "ru"}, "К вашему сюиту!")
    guest = await hotel.guest()
    stay = await hotel.stay(guest)

    async with hotel.database.unit(hotel.id) as one:
        await one.guests.update(guest, language="ru")
        async with hotel.database.unit(hotel.id) as other:
            await other.stays.update(stay.id, room_type="suite")
            (changed,) = await other.stays.with_ids([stay.id])
            await hotel.engine.take_changes(other, [StayChange(stay, changed)], "c-6")
            # Neither sees what the other has not committed yet.
            learning = asyncio.create_task(hotel.engine.plan_guests(one, {guest: "c-5"}))
            await waits_for_lock(hotel.database, learning)
        await learning
    await hotel.tick()

    assert await hotel.told() == ["К вашему сюиту!"]


@pytest.mark.parametrize("is_handed_on", [True, False])
async def test_the_other_suite_is_spoken_of_when_the_first_is_none_any_more_before_the_morning(
    hotel: HotelDesk, is_handed_on: bool
) -> None:
    await hotel.trigger(SUITE, "Suite {{ stay.room_number }}", once_per=OncePer.guest)
    guest, another = await hotel.guest(), await hotel.guest("Boris", "+491511234568")
    hotel.clock.set(NOON + 10 * HOUR)
    first = await hotel.stay(guest, "BK-1", room_type="suite", room_number="1")
    await hotel.stay(guest, "BK-2", room_type="suite", room_number="2")
    await hotel.tick()

    await hotel.change(first, **({"guest_id": another} if is_handed_on else {"room_type": "double"}))
    await hotel.tick()
    await hotel.tick(NOON + 20 * HOUR)

    said = zip(await hotel.addresses(), await hotel.told(), strict=True)
    theirs = [("491511234568@c.us", "Suite 1")] if is_handed_on else []
    assert sorted(said) == [("491511234567@c.us", "Suite 2"), *theirs]
