"""What a trigger does beside its message: once, whatever keeps the message from the guest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import GuestChange, ServiceRequest
from models.enums import ConsentPurpose, ConsentState, OncePer, Severity
from tests.triggers.hotels import AFTER_CHECKIN, NOON, SUITE, HotelDesk
from triggers.base import Reason

HOUR = timedelta(hours=1)
NIGHT, MORNING = NOON + 11 * HOUR, NOON + 19 * HOUR
NOTICE = {"notify_staff": "{{ guest.name }} is in room {{ stay.room_number }}.", "severity": "critical"}
COT = {"open_request": "A cot for {{ stay.room_number }}", "department": "housekeeping"}
TAG = {"add_tag": "welcomed"}
OFFER, FLOW = {"offer_service": "Spa"}, {"start_flow": "feedback"}
ALL = [NOTICE, COT, TAG, OFFER, FLOW]


async def requests(hotel: HotelDesk) -> list[tuple[str, str, str]]:
    async with hotel.database.unit(hotel.id) as uow:
        columns = (ServiceRequest.kind, ServiceRequest.department, ServiceRequest.description)
        rows = await uow.connection.execute(select(*columns).order_by(ServiceRequest.id))
        return [(kind.value, department.value, words) for kind, department, words in rows]


async def tags(hotel: HotelDesk, guest_id: Any) -> tuple[str, ...]:
    async with hotel.database.unit(hotel.id) as uow:
        return (await uow.guests.get(guest_id)).tags


async def notices(hotel: HotelDesk) -> list[str]:
    return [alert.content for alert in await hotel.alerts()]


async def settle(hotel: HotelDesk) -> int:
    """Let the scheduler wake the engine until nothing is due any more; return how many firings that took."""
    settled = [await hotel.tick()]
    while settled[-1]:
        assert len(settled) < 20, "it does not come to an end"
        settled.append(await hotel.tick())
    return sum(settled)


async def opt_out(hotel: HotelDesk, guest_id: Any) -> None:
    async with hotel.database.unit(hotel.id) as uow:
        await uow.consents.add(guest_id, ConsentPurpose.service, ConsentState.withdrawn, "guest", NOON)


async def test_everything_is_done_once_when_it_fires(hotel: HotelDesk, twin: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=ALL, name="welcome")
    stay = await hotel.stay()
    await twin.stay()

    await hotel.tick(NOON + 2 * HOUR)
    await hotel.tick()

    assert await hotel.told() == ["Welcome!"]
    alerts = await hotel.alerts()
    assert sorted(alert.content for alert in alerts) == [
        "Anna Petrova is in room 12.\n(Trigger 1, “welcome”)",
        "Begin with the guest: feedback\n(Trigger 1, “welcome”)",
        "Housekeeping: A cot for 12\n(Trigger 1, “welcome”)",
        "Offer the guest: Spa\n(Trigger 1, “welcome”)",
    ]
    (urgent,) = [alert for alert in alerts if alert.severity is Severity.critical]
    assert (urgent.title, urgent.guest_id) == ("🔴 Urgent · room 12 · Anna Petrova", stay.guest_id)
    assert sorted(await requests(hotel)) == [
        ("flow", "reception", "feedback"),
        ("offer", "reception", "Spa"),
        ("request", "housekeeping", "A cot for 12"),
    ]
    assert await tags(hotel, stay.guest_id) == ("welcomed",)
    assert await twin.alerts() == []
    assert await requests(twin) == []


async def test_staff_hear_at_once_when_the_message_waits_for_the_morning(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, actions=ALL)
    stay = await hotel.stay(check_in=NIGHT - 2 * HOUR)

    await hotel.tick(NIGHT)
    assert await hotel.states(trigger) == [("postponed", Reason.quiet_hours)]
    assert len(await notices(hotel)) == 2
    assert [kind for kind, _, _ in await requests(hotel)] == ["request"]
    assert await tags(hotel, stay.guest_id) == ()

    await hotel.tick(MORNING)
    assert await hotel.told() == ["Welcome!"]
    assert sorted(kind for kind, _, _ in await requests(hotel)) == ["flow", "offer", "request"]
    assert len(await notices(hotel)) == 4
    assert await tags(hotel, stay.guest_id) == ("welcomed",)


async def test_staff_hear_once_when_a_waiting_message_is_planned_anew(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, actions=[NOTICE])
    stay = await hotel.stay(check_in=NIGHT - 2 * HOUR)
    await hotel.tick(NIGHT)
    await hotel.change_trigger(trigger, is_active=False)
    await hotel.change_trigger(trigger, is_active=True)
    await hotel.change(stay, room_number="14")

    await hotel.tick(MORNING)

    assert len(await notices(hotel)) == 1


async def test_staff_hear_once_when_a_waiting_edge_is_paused_and_resumed(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(SUITE, actions=[NOTICE])
    hotel.clock.set(NIGHT)
    await hotel.stay(room_type="suite")
    await hotel.tick()
    hotel.clock.move(HOUR)
    await hotel.change_trigger(trigger, is_active=False)
    await hotel.change_trigger(trigger, is_active=True)

    await hotel.tick(MORNING)

    assert await hotel.told() == ["Welcome!"]
    assert len(await notices(hotel)) == 1


async def test_staff_hear_again_when_the_stay_of_a_waiting_message_is_moved(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=[NOTICE, COT])
    stay = await hotel.stay(check_in=NIGHT - 2 * HOUR)
    await hotel.tick(NIGHT)
    week = timedelta(days=7)
    await hotel.change(stay, check_in=NIGHT - 2 * HOUR + week, check_out=NIGHT + 2 * week, room_number="14")

    await hotel.tick(MORNING)
    assert [words for _, _, words in await requests(hotel)] == ["A cot for 12"]
    await hotel.tick(MORNING + week)

    assert [words for _, _, words in await requests(hotel)] == ["A cot for 12", "A cot for 14"]


async def test_staff_hear_again_when_the_arrival_of_a_guest_who_opted_out_is_moved(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=[NOTICE])
    stay = await hotel.stay()
    await opt_out(hotel, stay.guest_id)
    await hotel.tick(NOON + 2 * HOUR)
    await hotel.change(stay, check_in=NOON + 24 * HOUR)

    await hotel.tick(NOON + 26 * HOUR)

    assert len(await notices(hotel)) == 2


@pytest.mark.parametrize("conditions", [AFTER_CHECKIN, SUITE, {"event": "booking_confirmed"}], ids=str)
async def test_staff_hear_of_the_new_guest_when_the_stay_of_a_waiting_message_is_handed_on(
    hotel: HotelDesk, conditions: dict[str, Any]
) -> None:
    await hotel.trigger(conditions, actions=[NOTICE])
    hotel.clock.set(NIGHT)
    stay = await hotel.stay(check_in=NIGHT - 2 * HOUR, booked_at=NIGHT, room_type="suite")
    await hotel.tick()

    await hotel.change(stay, guest_id=await hotel.guest("Boris Ivanov", "+491511234568"))
    await hotel.tick()

    about = [words.partition("\n")[0] for words in await notices(hotel)]
    assert sorted(about) == ["Anna Petrova is in room 12.", "Boris Ivanov is in room 12."]


async def test_staff_hear_again_when_the_conditions_ended_in_the_night_and_came_back(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE, actions=[NOTICE])
    hotel.clock.set(NIGHT)
    stay = await hotel.stay(room_type="suite", room_number="1")
    await hotel.tick()
    await hotel.change(stay, room_type="double")
    hotel.clock.move(HOUR)
    await hotel.change(stay, room_type="suite", room_number="2")

    await hotel.tick(MORNING)

    about = [words.partition("\n")[0] for words in await notices(hotel)]
    assert sorted(about) == ["Anna Petrova is in room 1.", "Anna Petrova is in room 2."]


async def test_staff_hear_once_when_a_guest_who_opted_out_says_the_same_again(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "negative_sentiment"}, actions=[NOTICE])
    stay = await hotel.stay()
    await opt_out(hotel, stay.guest_id)
    for _ in range(2):
        await hotel.happens("negative_sentiment", stay.guest_id, stay, sentiment_score=-0.8)
        await hotel.tick()
        hotel.clock.move(HOUR)

    assert len(await notices(hotel)) == 1


async def test_staff_hear_and_the_guest_is_tagged_when_the_guest_opted_out(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, actions=ALL)
    stay = await hotel.stay()
    await opt_out(hotel, stay.guest_id)

    await hotel.tick(NOON + 2 * HOUR)

    assert await hotel.states(trigger) == [("skipped", Reason.opted_out)]
    assert await hotel.told() == []
    assert [kind for kind, _, _ in await requests(hotel)] == ["request"]
    assert await tags(hotel, stay.guest_id) == ("welcomed",)


async def test_staff_hear_when_the_guest_cannot_be_reached(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, actions=[NOTICE])
    await hotel.stay(await hotel.guest(phone=None))

    await hotel.tick(NOON + 2 * HOUR)

    assert await hotel.states(trigger) == [("skipped", Reason.unreachable)]
    assert len(await notices(hotel)) == 1


async def test_nothing_is_done_when_the_conditions_are_not_met(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN | {"room_type": "suite"}, actions=ALL)
    stay = await hotel.stay(room_type="double")

    assert await hotel.tick(NOON + 2 * HOUR) == 1

    assert (await notices(hotel), await requests(hotel), await tags(hotel, stay.guest_id)) == ([], [], ())


async def test_nothing_is_done_again_while_the_trigger_rests(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "message_received"}, actions=[NOTICE], cooldown=HOUR, once_per=OncePer.day)
    guest = await hotel.guest()
    stay, other = await hotel.stay(guest, "BK-1"), await hotel.stay(guest, "BK-2")
    for one in (stay, other):
        await hotel.happens("message_received", guest, one, text="Hello")
        await hotel.tick()
    assert len(await notices(hotel)) == 1


async def test_a_tag_lets_another_trigger_fire(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Welcome!", actions=[{"add_tag": "VIP"}])
    await hotel.trigger({"guest.tags": "vip"}, "You are our VIP.")
    await hotel.stay()

    hotel.clock.set(NOON + 2 * HOUR)
    await settle(hotel)

    assert await hotel.told() == ["Welcome!", "You are our VIP."]


async def test_a_tag_counts_for_what_is_due_at_the_same_time(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Welcome!", actions=[TAG], priority=5)
    await hotel.trigger(AFTER_CHECKIN | {"guest.tags": {"not_in": ["welcomed"]}}, "Welcome again!")
    await hotel.stay()

    await hotel.tick(NOON + 2 * HOUR)

    assert await hotel.told() == ["Welcome!"]


async def test_two_triggers_that_tag_for_each_other_come_to_an_end(hotel: HotelDesk) -> None:
    conditions = {"guest.tags": {"not_in": ["x"]}, "booking_status": "confirmed"}
    await hotel.trigger(conditions, "There", actions=[{"add_tag": "x"}])
    await hotel.trigger({"guest.tags": "x"}, "Back", actions=[{"remove_tag": "x"}])
    stay = await hotel.stay()

    assert await settle(hotel) == 2

    assert await hotel.told() == ["There", "Back"]
    assert await tags(hotel, stay.guest_id) == ()


async def test_two_triggers_that_tag_for_each_other_come_to_an_end_when_the_guest_opted_out(hotel: HotelDesk) -> None:
    conditions = {"guest.tags": {"not_in": ["x"]}, "booking_status": "confirmed"}
    await hotel.trigger(conditions, actions=[{"add_tag": "x"}])
    await hotel.trigger({"guest.tags": "x"}, actions=[{"remove_tag": "x"}])
    guest = await hotel.guest()
    await opt_out(hotel, guest)
    await hotel.stay(guest)

    assert await settle(hotel) == 2


async def test_its_own_tag_does_not_keep_a_message_from_going_in_the_morning(hotel: HotelDesk) -> None:
    await hotel.trigger(SUITE | {"guest.tags": {"not_in": ["welcomed"]}}, "Your suite awaits.", actions=[TAG])
    hotel.clock.set(NIGHT)
    stay = await hotel.stay(room_type="suite")
    await settle(hotel)

    hotel.clock.set(MORNING)
    await settle(hotel)

    assert await hotel.told() == ["Your suite awaits."]
    assert await tags(hotel, stay.guest_id) == ("welcomed",)


async def test_the_message_goes_and_staff_hear_of_it_when_their_words_cannot_be_made(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=[{"notify_staff": "{{ guest.name }}"}])
    async with hotel.database.unit(hotel.id) as uow:
        guest = await uow.guests.add(None)
    await hotel.writes(guest.id)
    await hotel.stay(guest.id)

    await hotel.tick(NOON + 2 * HOUR)

    assert await hotel.told() == ["Welcome!"]
    (notice,) = await notices(hotel)
    assert notice.startswith("The words for this guest could not be made. /trigger 1 shows")


async def test_staff_hear_when_the_message_cannot_be_made(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, "{{ guest.name }}", actions=[{"notify_staff": "Somebody came."}])
    async with hotel.database.unit(hotel.id) as uow:
        guest = await uow.guests.add(None)
    await hotel.writes(guest.id)
    await hotel.stay(guest.id)

    await hotel.tick(NOON + 2 * HOUR)

    assert await hotel.states(trigger) == [("failed", Reason.bad_template)]
    assert any(notice.startswith("Somebody came.") for notice in await notices(hotel))


async def test_the_past_tells_who_tagged_the_guest(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=[TAG])
    await hotel.stay()
    await hotel.tick(NOON + 2 * HOUR)
    async with hotel.database.unit(hotel.id) as uow:
        changes = list(await uow.connection.execute(select(GuestChange.actor, GuestChange.new)))
    assert changes == [("trigger", {"tags": ["welcomed"]})]


async def test_many_are_told_of_and_tagged_in_one_round(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=[NOTICE, COT, TAG])
    guests = [await hotel.guest(f"Guest {n}", phone=f"+49151123450{n}") for n in range(5)]
    for number, guest in enumerate(guests):
        await hotel.stay(guest, f"BK-{number}", room_number=str(number))

    assert await hotel.tick(NOON + 2 * HOUR) == 5

    assert sorted(words for _, _, words in await requests(hotel)) == [f"A cot for {n}" for n in range(5)]
    assert sum("is in room" in notice for notice in await notices(hotel)) == 5
    assert [await tags(hotel, guest) for guest in guests] == [("welcomed",)] * 5


async def test_requests_go_with_the_guest_who_turns_out_to_be_another(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, actions=[COT])
    stay = await hotel.stay()
    await hotel.tick(NOON + 2 * HOUR)
    known = await hotel.guest("Anna", phone="+491517654321")
    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.merge(stay.guest_id, known, {"by": "test"})
        assert (await uow.connection.scalars(select(ServiceRequest.guest_id))).all() == [known]


async def test_why_tells_of_the_ledger_with_the_words_that_staff_read(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN, actions=[NOTICE, OFFER])
    stay = await hotel.stay(check_in=NIGHT - 2 * HOUR)
    await hotel.tick(NIGHT)
    async with hotel.database.unit(hotel.id) as uow:
        explained = await hotel.engine.explain(uow, trigger, await uow.guests.get(stay.guest_id))
    assert [action.what for action in explained.actions] == ["Anna Petrova is in room 12."]
