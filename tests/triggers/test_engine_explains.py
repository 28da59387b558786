"""Why a guest got a message, or did not: the ledger's own words, or what would be decided now."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from bot.storage.repositories.triggers import TriggerRecord
from models.enums import BookingStatus, ConsentPurpose, ConsentState
from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk
from triggers.engine import Explanation

HOUR = timedelta(hours=1)
DUE = NOON + 2 * HOUR


async def why(hotel: HotelDesk, trigger: TriggerRecord, guest_id: UUID) -> Explanation:
    async with hotel.database.unit(hotel.id) as uow:
        fresh = await uow.triggers.get(trigger.id) or trigger
        return await hotel.engine.explain(uow, fresh, await uow.guests.get(guest_id))


def verdict_of(explanation: Explanation) -> tuple[str, str]:
    return explanation.verdict.status.value, explanation.verdict.reason.value


async def test_the_stored_verdict_is_told_when_it_fired(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({**AFTER_CHECKIN, "nights": 3})
    guest = await hotel.guest()
    stay = await hotel.stay(guest)
    await hotel.tick(DUE)
    await hotel.change(stay, check_out=NOON + timedelta(days=9))

    found = await why(hotel, trigger, guest)

    assert verdict_of(found) == ("fired", "fired")
    assert [one.actual for one in found.verdict.conditions] == [3]
    assert found.firing is not None
    assert found.firing.decided_at == DUE


async def test_the_present_is_told_when_the_firing_is_still_ahead(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({**AFTER_CHECKIN, "booking_status": "checked_in"})
    guest = await hotel.guest()
    stay = await hotel.stay(guest)

    assert verdict_of(await why(hotel, trigger, guest)) == ("skipped", "conditions_not_met")
    await hotel.change(stay, booking_status=BookingStatus.checked_in)
    found = await why(hotel, trigger, guest)

    assert verdict_of(found) == ("scheduled", "fired")
    assert found.firing is not None
    assert found.firing.due_at == DUE
    assert await hotel.states() == [("scheduled", None)]


async def test_the_postponement_is_told_when_the_firing_waits(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    await hotel.stay(guest, check_in=NOON + 8 * HOUR)
    await hotel.tick(NOON + 10 * HOUR)

    assert verdict_of(await why(hotel, trigger, guest)) == ("postponed", "quiet_hours")


async def test_the_last_word_is_told_when_another_stay_is_planned_already(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest(phone=None)
    await hotel.stay(guest)
    await hotel.tick(DUE)
    await hotel.stay(guest, "BK-2", check_in=NOON + timedelta(days=30), check_out=NOON + timedelta(days=31))

    assert verdict_of(await why(hotel, trigger, guest)) == ("skipped", "unreachable")


async def test_the_cancelled_line_is_named_when_the_stay_was_called_off(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    stay = await hotel.stay(guest)
    await hotel.change(stay, booking_status=BookingStatus.cancelled)

    found = await why(hotel, trigger, guest)

    assert verdict_of(found) == ("cancelled", "stay_over")
    assert found.firing is not None
    assert found.firing.reason == "stay_over"


async def test_the_pause_is_told_when_the_trigger_is_paused(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({**AFTER_CHECKIN, "nights": 3})
    guest = await hotel.guest()
    await hotel.stay(guest)
    await hotel.change_trigger(trigger, is_active=False)

    found = await why(hotel, trigger, guest)

    assert verdict_of(found) == ("cancelled", "trigger_inactive")
    assert [one.held for one in found.verdict.conditions] == [True]


async def test_the_obstacle_is_told_when_nothing_was_ever_planned(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({"event": "negative_sentiment"})
    guest = await hotel.guest()
    assert verdict_of(await why(hotel, trigger, guest)) == ("scheduled", "fired")

    async with hotel.database.unit(hotel.id) as uow:
        await uow.consents.add(guest, ConsentPurpose.service, ConsentState.withdrawn, "STOP", NOON)
    found = await why(hotel, trigger, guest)

    assert found.firing is None
    assert verdict_of(found) == ("skipped", "opted_out")


async def test_the_present_stay_is_asked_when_the_guest_has_several(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({"event": "negative_sentiment", "room_number": "2"})
    guest = await hotel.guest()
    await hotel.stay(
        guest, "BK-1", room_number="1", check_in=NOON + timedelta(days=20), check_out=NOON + timedelta(days=21)
    )
    await hotel.stay(guest, "BK-2", room_number="2")

    assert verdict_of(await why(hotel, trigger, guest)) == ("scheduled", "fired")


async def test_nothing_of_the_second_hotel_is_told(hotel: HotelDesk, twin: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    await twin.trigger(AFTER_CHECKIN)
    await twin.stay()

    found = await why(hotel, trigger, guest)

    assert found.firing is None


async def test_the_wait_is_told_when_it_is_night(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    await hotel.stay(guest, check_in=NOON + timedelta(days=2))
    hotel.clock.set(NOON + 10 * HOUR)

    assert verdict_of(await why(hotel, trigger, guest)) == ("postponed", "quiet_hours")


async def test_the_night_is_in_the_way_when_nothing_is_useful_for_so_long(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, useful_for=HOUR)
    guest = await hotel.guest()
    hotel.clock.set(NOON + 10 * HOUR)

    assert verdict_of(await why(hotel, trigger, guest)) == ("skipped", "quiet_hours")
