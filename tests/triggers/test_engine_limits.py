"""Limits on each firing: how late, how soon again, and by which channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Platform
from models.enums import BookingStatus, CatchUp, OncePer
from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DUE = NOON + 2 * HOUR
LATE: dict[str, Any] = {"check_in": NOON - 3 * HOUR}


async def test_a_late_stay_is_caught_up_with_when_nothing_else_is_said(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay(**LATE)
    await hotel.tick()
    assert await hotel.told() == ["Welcome!"]


async def test_a_late_stay_is_skipped_for_a_reason_when_its_trigger_sends_nothing_late(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, catch_up=CatchUp.skip)
    guest = await hotel.guest()
    _, diff = await hotel.saves(guest, **LATE)
    assert diff.added == 0
    await hotel.saves(guest, room_number="14", **LATE)
    await hotel.tick()

    assert (await hotel.told(), await hotel.states()) == ([], [("skipped", "came_late")])
    async with hotel.database.unit(hotel.id) as uow:
        explanation = await hotel.engine.explain(uow, trigger, await uow.guests.get(guest))
    assert explanation.verdict.reason == "came_late"


async def test_a_stay_in_time_is_told_when_its_trigger_sends_nothing_late(hotel: HotelDesk) -> None:
    """The engine may wake late, and the stay be saved again meanwhile: it was known in time."""
    await hotel.trigger(AFTER_CHECKIN, catch_up=CatchUp.skip)
    stay = await hotel.stay()
    hotel.clock.set(DUE + HOUR)
    await hotel.change(stay, room_number="14")
    await hotel.tick()
    assert await hotel.told() == ["Welcome!"]


async def test_a_firing_is_taken_back_when_its_stay_turns_out_to_have_begun_long_ago(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, catch_up=CatchUp.skip)
    stay = await hotel.stay()
    diff = await hotel.change(stay, checked_in_at=NOON - 3 * HOUR)
    assert (diff.moved, diff.cancelled) == (0, 1)
    assert await hotel.states() == [("skipped", "came_late")]


async def test_the_firing_is_planned_after_all_when_a_late_stay_is_moved_into_the_future(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, catch_up=CatchUp.skip)
    stay = await hotel.stay(**LATE)
    await hotel.change(stay, check_in=NOON + HOUR)
    await hotel.tick(NOON + 3 * HOUR)
    assert await hotel.told() == ["Welcome!"]


async def test_a_late_arrival_is_skipped_when_its_trigger_sends_nothing_late(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "checked_in"}, "late", catch_up=CatchUp.skip)
    await hotel.stay(booking_status=BookingStatus.checked_in, checked_in_at=NOON - HOUR)
    await hotel.tick()
    assert (await hotel.told(), await hotel.states()) == ([], [("skipped", "came_late")])


async def test_a_trigger_rests_after_it_has_spoken_when_it_has_a_cooldown(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({"event": "message_received"}, once_per=OncePer.day, cooldown=2 * DAY)
    guest, other = await hotel.guest(), await hotel.guest("Boris", "+491511234568")
    for day in range(4):
        hotel.clock.set(NOON + day * DAY)
        await hotel.happens("message_received", guest, text="hi")
        await hotel.tick()
    await hotel.happens("message_received", other, text="hi")
    await hotel.tick()

    told = ["fired", "skipped", "fired", "skipped", "fired"]
    assert [line.status for line in await hotel.lines(trigger)] == told
    assert ("skipped", "cooldown") in await hotel.states(trigger)


async def test_one_of_two_stays_is_told_when_both_are_due_within_a_cooldown(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, cooldown=DAY)
    guest = await hotel.guest()
    await hotel.stay(guest, "BK-1")
    await hotel.stay(guest, "BK-2")
    await hotel.tick(DUE)
    assert await hotel.told() == ["Welcome!"]


@pytest.mark.parametrize(
    ("channels", "address"),
    [
        ([], "501"),
        (["telegram"], "501"),
        (["whatsapp_green"], "491511234567@c.us"),
        (["whatsapp_green", "telegram"], "491511234567@c.us"),
        (["whatsapp_cloud", "telegram"], "501"),
        (["whatsapp_cloud"], "501"),
    ],
)
async def test_the_preferred_channel_is_used_when_the_guest_has_several(
    hotel: HotelDesk, channels: list[str], address: str
) -> None:
    await hotel.trigger(AFTER_CHECKIN, channels=channels)
    guest = await hotel.guest()
    await hotel.writes(guest, Platform.telegram, "501")
    await hotel.stay(guest)
    await hotel.tick(DUE)
    assert await hotel.addresses() == [address]


async def test_the_other_channel_is_used_when_the_preferred_one_is_closed(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, channels=["whatsapp_green"])
    guest = await hotel.guest()
    chat = await hotel.writes(guest, Platform.whatsapp_green, "491511234567@c.us")
    await hotel.writes(guest, Platform.telegram, "501")
    await hotel.stay(guest)
    async with hotel.database.unit(hotel.id) as uow:
        await uow.chats.mark_reachable(chat, False)
    await hotel.tick(DUE)
    assert await hotel.addresses() == ["501"]


@pytest.mark.parametrize(
    ("once_per", "told"), [(OncePer.stay, 2), (OncePer.guest, 1), (OncePer.room, 3), (OncePer.day, 4)]
)
async def test_an_event_is_told_as_often_as_its_trigger_may(hotel: HotelDesk, once_per: OncePer, told: int) -> None:
    await hotel.trigger({"event": "request_done"}, once_per=once_per)
    guest = await hotel.guest()
    first, second = await hotel.stay(guest, "BK-1"), await hotel.stay(guest, "BK-2")

    async def done(day: int, stay: Any) -> None:
        hotel.clock.set(NOON + day * DAY)
        await hotel.happens("request_done", guest, stay)
        await hotel.tick()

    await done(0, first)
    await done(0, first)
    await done(1, first)
    await hotel.change(first, room_number="14")
    await done(1, first)
    await done(2, second)
    await done(3, second)

    assert len(await hotel.told()) == told
