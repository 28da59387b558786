"""What an admin is told of a trigger that has yet to speak."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from bot.messages import Platform
from models.enums import BookingStatus, ConsentPurpose, ConsentState, TriggerType
from tests.factories import NOW
from tests.handlers.admins import Worker, add_trigger, hire, triggers_of
from tests.handlers.conversing import House


async def book(house: House, name: str, number: str, days: int, **changes: object) -> None:
    """Book a guest who can be reached by phone and comes in so many days."""
    phone = f"+49{uuid4().int % 10**10:010}"
    arrival = NOW + timedelta(days=days)
    values = {"check_in": arrival, "check_out": arrival + timedelta(days=2), "room_type": "suite", **changes}
    await house.book(name, number, phone, **values)


async def plan(house: House, admin: Worker) -> None:
    async with house.database.unit(house.id) as uow:
        for trigger in await uow.triggers.all():
            await admin.engine.plan_trigger(uow, trigger.id, "c-0")


@pytest.mark.parametrize("platform", list(Platform))
async def test_the_preview_names_who_fits_now_and_what_is_planned_for_a_week(
    house: House, other_house: House, platform: Platform
) -> None:
    await book(house, "Anna Petrova", "BK-1", 1)
    await book(house, "Boris Orlov", "BK-2", 20)
    await book(house, "Clara Maier", "BK-3", 2, room_type="double")
    await book(other_house, "Dora Fremd", "BK-4", 1)
    await add_trigger(house, conditions={"hours_after_checkin": 2, "room_type": "suite"})
    admin = await hire(house, platform)
    await plan(house, admin)
    await admin.write("/trigger 1")
    said = await admin.tap("Preview")
    assert (
        "Its conditions fit 2 of the 3 present and coming stays now:\n• Anna Petrova, BK-1\n• Boris Orlov, BK-2"
        in (said.text)
    )
    assert "2 messages are planned for the next 7 days:" in said.text, "conditions are asked when the time has come"
    planned = said.text.partition("planned for")[2]
    assert "21 November 2026, 15:00: Anna Petrova, BK-1" in planned
    assert "Boris" not in planned
    assert "Dora" not in said.text


async def test_the_preview_says_who_fits_but_would_not_get_it(house: House) -> None:
    await house.book("Silent Guest", "BK-1")
    await book(house, "Tired Guest", "BK-2", 1)
    async with house.database.unit(house.id) as uow:
        (tired,) = await uow.guests.search("Tired")
        await uow.consents.add(tired.id, ConsentPurpose.promotional, ConsentState.withdrawn, "test", NOW)
    await add_trigger(house)
    said = await (await hire(house)).write("/trigger preview 1")
    assert "Silent Guest, BK-1, but would not get it. There is no chat" in said.text
    assert "Tired Guest, BK-2, but would not get it. The guest does not want" in said.text


async def test_the_preview_leaves_out_stays_that_were_called_off_or_are_over(house: House) -> None:
    await book(house, "Anna Petrova", "BK-1", 1, booking_status=BookingStatus.cancelled)
    await book(house, "Boris Orlov", "BK-2", -10)
    await add_trigger(house)
    said = await (await hire(house)).write("/trigger 1 preview")
    assert "fit none of the 1 present and coming stays" in said.text
    assert "Nothing is planned for the next 7 days." in said.text


async def test_a_paused_trigger_is_previewed_as_if_it_ran_and_says_so(house: House) -> None:
    await book(house, "Anna Petrova", "BK-1", 1)
    await add_trigger(house, is_active=False)
    said = await (await hire(house)).write("/trigger 1 preview")
    assert "The trigger is paused at the moment." in said.text
    assert "Anna Petrova" in said.text
    assert not (await triggers_of(house))[0].is_active


async def test_a_long_preview_is_turned_page_by_page(house: House) -> None:
    for number in range(1, 13):
        await book(house, f"Guest {number}", f"BK-{number}", number)
    await add_trigger(house)
    admin = await hire(house)
    await plan(house, admin)
    first = await admin.write("/trigger 1 preview")
    assert "BK-10" in first.text
    assert "BK-11" not in first.text
    second = await admin.tap("More")
    assert "BK-12" in second.text
    assert "BK-10" not in second.text
    assert "BK-1\n" in (await admin.tap("‹ Back")).text


async def test_the_preview_names_the_mistake_of_a_trigger_that_cannot_be_read(house: House) -> None:
    await add_trigger(house, conditions={"hours_after_chekin": 2})
    assert "hours_after_checkin" in (await (await hire(house)).write("/trigger 1 preview")).text


async def test_the_preview_is_russian_when_the_admin_reads_russian(house: House) -> None:
    await book(house, "Анна Петрова", "BK-1", 1)
    await add_trigger(house)
    admin = await hire(house, language="ru")
    await plan(house, admin)
    said = await admin.write("/trigger 1 прогноз")
    assert "Сейчас его условиям отвечают 1 из 1 нынешних и будущих проживаний:\n• Анна Петрова, BK-1" in said.text
    assert "запланировано сообщений: 1\n• 21 ноября 2026" in said.text


async def test_nobody_is_named_before_a_message_that_the_conditions_ask_about(house: House) -> None:
    await book(house, "Anna Petrova", "BK-1", 1)
    conditions = {"event": "negative_sentiment", "message.sentiment_score": {"lt": -0.5}}
    await add_trigger(house, trigger_type=TriggerType.event_based, conditions=conditions)
    said = await (await hire(house)).write("/trigger 1 preview")
    assert "Its conditions ask about what a guest writes" in said.text
    assert "fit none" not in said.text


async def test_nobody_is_held_back_when_today_alone_is_in_the_way(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.hotels.save_settings({"automatic_messages_a_day": 1})
    await book(house, "Anna Petrova", "BK-1", 5)
    await add_trigger(house, "booked", conditions={"minutes_after_booking": 0})
    admin = await hire(house)
    await admin.write("/stay new BK-2 name=Boris phone=+4915112345678 arrival=tomorrow departure=2026-11-30")
    async with house.database.unit(house.id) as uow:
        assert await admin.engine.fire_due(uow, 10) == 1
    await add_trigger(house, "welcome")
    said = await admin.write("/trigger 2 preview")
    assert "• Boris, BK-2\n• Anna Petrova, BK-1\n" in said.text
