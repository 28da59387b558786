"""What a guest's own messages make of the hotel's triggers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.messages import Platform
from bot.storage.repositories.firings import PLANNED, FiringRecord
from models import Conversation, TriggerFiring
from models.enums import FiringStatus, TriggerType, UserRole
from tests.bot.storage.houses import waits_for_lock
from tests.factories import NOW
from tests.handlers.conversing import House, Person

PHONE = "+491511234567"
MESSAGE_EVENTS = ("message_received", "negative_sentiment", "requires_attention", "no_reply_for")


async def add_trigger(house: House, kind: TriggerType, conditions: dict[str, Any]) -> UUID:
    async with house.database.unit(house.id) as uow:
        return (await uow.triggers.add("hello", kind, conditions, "Hello!")).id


async def planned(house: House, trigger: UUID) -> list[FiringRecord]:
    async with house.database.unit(house.id) as uow:
        columns = [getattr(TriggerFiring, name) for name in FiringRecord.__slots__]
        rows = await uow.connection.execute(
            select(*columns).where(TriggerFiring.trigger_id == trigger, TriggerFiring.status.in_(PLANNED))
        )
        return [FiringRecord(*row) for row in rows]


def booked_guest(house: House) -> Person:
    return house.person(Platform.whatsapp_green, phone=PHONE, language=None)


async def test_trigger_is_planned_when_a_guests_language_is_learned_from_their_words(house: House) -> None:
    stay = await house.book("Anna Petrova", phone=PHONE)
    trigger = await add_trigger(house, TriggerType.condition_based, {"guest.language": "ru"})
    guest = booked_guest(house)
    await guest.write("ok")
    assert await planned(house, trigger) == []
    await guest.write("Здравствуйте, какой пароль от wifi?")
    assert [line.stay_id for line in await planned(house, trigger)] == [stay.id]


async def test_guest_and_trigger_share_a_conversation_when_both_begin_it_at_the_same_moment(house: House) -> None:
    await house.book("Anna Petrova", phone=PHONE, check_in=NOW)
    guest = booked_guest(house)
    guest.chat_id = f"{PHONE[1:]}@c.us"
    trigger = await add_trigger(house, TriggerType.time_based, {"minutes_after_checkin": 0})
    async with house.database.unit(house.id) as uow:
        chat = await uow.chats.at(house.accounts[Platform.whatsapp_green], guest.chat_id)
        await guest.engine.plan_trigger(uow, trigger, "c-0")

    async with house.database.unit(house.id) as uow:
        assert await guest.engine.fire_due(uow, 10) == 1
        talk = await uow.conversations.open_in(chat)
        assert talk is not None
        # What was read for the step knows nothing of it yet.
        writing = asyncio.create_task(guest.write("What is the wifi password?"))
        await waits_for_lock(house.database, writing)

    assert (await writing).text.startswith("The password is adler-guest.")
    async with house.database.unit(house.id) as uow:
        talks = [row.id for row in await uow.connection.execute(select(Conversation.id))]
    assert talks == [talk.id]


async def test_unhappy_guest_without_a_stay_is_planned_for_when_a_trigger_waits_for_them(
    house: House, other_house: House
) -> None:
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "negative_sentiment"})
    foreign = await add_trigger(other_house, TriggerType.event_based, {"event": "negative_sentiment"})
    guest = house.person()
    await guest.write("The room is filthy and nobody answers")
    (line,) = await planned(house, trigger)
    assert (line.guest_id, line.stay_id, line.status) == (await guest.guest_id(), None, FiringStatus.scheduled)
    assert await planned(other_house, foreign) == []


@pytest.mark.parametrize(
    ("words", "events"),
    [
        ("What is the wifi password?", {"message_received"}),
        ("I am very disappointed by the breakfast", {"message_received", "negative_sentiment", "no_reply_for"}),
        ("The room is filthy and nobody answers", {*MESSAGE_EVENTS}),
        ("I want to talk to a person", {"message_received", "no_reply_for"}),
    ],
)
async def test_a_message_is_every_event_that_it_is_and_no_other(house: House, words: str, events: set[str]) -> None:
    triggers = {}
    for event in MESSAGE_EVENTS:
        conditions = {"event": event, **({"minutes": 15} if event == "no_reply_for" else {})}
        async with house.database.unit(house.id) as uow:
            added = await uow.triggers.add(event, TriggerType.event_based, conditions, "Hello!")
        triggers[event] = added.id
    await house.person().write(words)
    assert {event for event, trigger in triggers.items() if await planned(house, trigger)} == events


async def test_nothing_is_planned_for_the_unhappy_when_a_guest_only_tells_their_surname(house: House) -> None:
    await house.book("John Burns")
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "negative_sentiment"})
    guest = house.person()
    await guest.press("menu:link")
    await guest.write("BK-1001")
    await guest.write("Burns")
    assert await planned(house, trigger) == []


async def test_a_guest_hears_that_they_are_not_forgotten_when_nobody_has_replied(house: House) -> None:
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "no_reply_for", "minutes": 15})
    guest = house.person()
    await guest.write("I want to talk to a person")
    (line,) = await planned(house, trigger)
    assert line.due_at == NOW + timedelta(minutes=15)

    house.clock.move(timedelta(minutes=10))
    await guest.write("hello?")
    (still,) = await planned(house, trigger)
    assert still.due_at == line.due_at

    house.clock.move(timedelta(minutes=5))
    async with house.database.unit(house.id) as uow:
        assert await guest.engine.fire_due(uow, 10) == 1
    assert await planned(house, trigger) == []


async def test_nothing_is_waited_for_when_the_bot_has_answered(house: House) -> None:
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "no_reply_for", "minutes": 15})
    await house.person().write("What is the wifi password?")
    assert await planned(house, trigger) == []


async def test_nothing_is_said_of_waiting_when_a_person_took_the_alert(house: House) -> None:
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "no_reply_for", "minutes": 15})
    guest, other = house.person(), house.person()
    for one in (guest, other):
        await one.write("I want to talk to a person")
    async with house.database.unit(house.id) as uow:
        await uow.users.add("Olga", UserRole.staff, 7001, None, "en")
        alerts = {alert.guest_id: alert.id for alert in await uow.notifications.latest()}

    olga = house.person(id="7001")
    await olga.press(f"ack:{alerts[await guest.guest_id()]}")

    assert [line.guest_id for line in await planned(house, trigger)] == [await other.guest_id()]
    async with house.database.unit(house.id) as uow:
        (line,) = await uow.firings.of(trigger, await guest.guest_id())
    assert (line.status, line.reason) == (FiringStatus.cancelled, "replied")


async def test_conditions_may_ask_for_the_intent_when_a_guest_wrote(house: House) -> None:
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "message_received"})
    await house.person().write("What time is breakfast?")
    (line,) = await planned(house, trigger)
    assert line.event["message.intent"] == "breakfast"
