"""What an admin is told that a trigger would have done in the last 90 days."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from bot.messages import Platform
from bot.storage.engine import owner_connection
from bot.storage.repositories.stays import StayRecord
from models import OutboxMessage, TriggerFiring
from models.enums import BookingStatus, ConsentPurpose, ConsentState, TriggerType
from tests.bot.storage.houses import waits_for_lock
from tests.databases import Database
from tests.factories import NOW
from tests.handlers.admins import add_trigger, hire, triggers_of
from tests.handlers.conversing import House
from tests.stamps import happened, kept_since

_LOCK = text("LOCK TABLE stay_changes IN ACCESS EXCLUSIVE MODE")
LONG_AGO = NOW - timedelta(days=100)
# Two in the afternoon in Berlin, ten days ago, whichever hour it is now.
ARRIVAL = (NOW - timedelta(days=10)).replace(hour=13, minute=0)


async def stayed(
    house: House, database: Database, name: str = "Anna Petrova", number: str = "BK-1", **changes: object
) -> StayRecord:
    """A guest with a phone who came ten days ago, and of whose stay the hotel has known for long."""
    values = {"check_in": ARRIVAL, "check_out": ARRIVAL + timedelta(days=2), "room_type": "suite", **changes}
    stay = await house.book(name, number, f"+49{uuid4().int % 10**10:010}", **values)
    await happened(database, LONG_AGO)
    return stay


async def change(house: House, database: Database, stay: StayRecord, at: datetime, **values: object) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.stays.update(stay.id, **values)
    await happened(database, at)


async def ask(house: House, platform: Platform = Platform.telegram, language: str = "en") -> str:
    """Try trigger 1 and return the answer; nothing may be written by that."""
    admin = await hire(house, platform, language=language)
    before = await triggers_of(house)
    text = (await admin.write("/trigger try 1")).text
    async with house.database.unit(house.id) as uow:
        sent = select(func.count()).where(OutboxMessage.firing_id.is_not(None))
        counts = [await uow.connection.scalar(one) for one in (sent, select(func.count(TriggerFiring.id)))]
    assert counts == [0, 0]
    assert await triggers_of(house) == before
    return text


@pytest.mark.parametrize("platform", list(Platform))
async def test_the_past_is_told_with_who_when_and_by_which_channel(
    house: House, other_house: House, clean_database: Database, platform: Platform
) -> None:
    await stayed(house, clean_database)
    await stayed(house, clean_database, "Boris Orlov", "BK-2", room_type="double")
    await stayed(other_house, clean_database, "Dora Fremd", "BK-3")
    await add_trigger(house, conditions={"hours_after_checkin": 2, "room_type": "suite"}, is_active=False)
    text = await ask(house, platform)
    assert "1. welcome: what it would have done in the last 90 days" in text
    assert "It would have been sent once." in text
    assert "Not sent: 1\n• 1: The conditions were not met." in text
    assert "• 10 November 2026, 16:00: Anna Petrova, BK-1, WhatsApp" in text
    assert "estimate" not in text
    assert "Boris" not in text, "whom the conditions don't fit is only counted"
    assert "Dora" not in text


async def test_what_fell_into_the_night_would_have_gone_in_the_morning(
    house: House, clean_database: Database
) -> None:
    night = ARRIVAL.replace(hour=21)
    await stayed(house, clean_database, check_in=night, check_out=night + timedelta(days=2))
    await add_trigger(house)
    assert "• 11 November 2026, 08:00: Anna Petrova" in await ask(house)


async def test_conditions_are_asked_of_what_was_known_then(house: House, clean_database: Database) -> None:
    was_suite = await stayed(house, clean_database, "Anna Petrova", "BK-1", room_type="suite")
    became_suite = await stayed(house, clean_database, "Boris Orlov", "BK-2", room_type="double")
    await change(house, clean_database, was_suite, ARRIVAL + timedelta(days=1), room_type="double")
    await change(house, clean_database, became_suite, ARRIVAL + timedelta(days=1), room_type="suite")
    await add_trigger(house, conditions={"hours_after_checkin": 2, "room_type": "suite"})
    text = await ask(house)
    assert "Anna Petrova, BK-1, WhatsApp" in text
    assert "Boris" not in text


async def test_a_stay_that_was_moved_is_met_once_at_the_time_that_counted(
    house: House, clean_database: Database
) -> None:
    stay = await stayed(house, clean_database, check_in=ARRIVAL - timedelta(days=20))
    await change(house, clean_database, stay, ARRIVAL - timedelta(days=30), check_in=ARRIVAL)
    await add_trigger(house)
    text = await ask(house)
    assert "It would have been sent once." in text
    assert "• 10 November 2026, 16:00: Anna Petrova" in text


@pytest.mark.parametrize(("days_later", "goes"), [(-1, False), (1, True)])
async def test_a_cancelled_stay_is_met_only_while_it_stood(
    house: House, clean_database: Database, days_later: int, goes: bool
) -> None:
    stay = await stayed(house, clean_database)
    at = ARRIVAL + timedelta(days=days_later)
    await change(house, clean_database, stay, at, booking_status=BookingStatus.cancelled)
    await add_trigger(house)
    assert ("Anna Petrova, BK-1, WhatsApp" in await ask(house)) is goes


@pytest.mark.parametrize(("days_later", "goes"), [(-1, False), (1, True)])
async def test_an_opt_out_counts_from_when_it_was_said(
    house: House, clean_database: Database, days_later: int, goes: bool
) -> None:
    stay = await stayed(house, clean_database)
    async with house.database.unit(house.id) as uow:
        at = ARRIVAL + timedelta(days=days_later)
        await uow.consents.add(stay.guest_id, ConsentPurpose.promotional, ConsentState.withdrawn, "test", at)
    await add_trigger(house)
    text = await ask(house)
    assert ("Anna Petrova, BK-1, WhatsApp" in text) is goes
    assert ("Anna Petrova, BK-1, not sent. The guest does not want automatic messages." in text) is not goes


async def test_a_line_is_marked_where_the_past_was_not_kept(house: House, clean_database: Database) -> None:
    await stayed(house, clean_database, booking_status=BookingStatus.checked_out)
    await kept_since(clean_database, NOW - timedelta(days=1))
    await add_trigger(house, conditions={"hours_after_checkin": 2, "booking_status": "checked_in"})
    text = await ask(house)
    assert "Anna Petrova, BK-1, WhatsApp (estimate)" in text, "the guest was in house then, as the times tell"
    assert "One of these is an estimate" in text


async def test_a_guest_who_came_before_the_hotel_knew_of_it_would_have_got_it_when_it_did(
    house: House, clean_database: Database
) -> None:
    await house.book("Walk In", "BK-1", "+491511234567", check_in=ARRIVAL, check_out=ARRIVAL + timedelta(days=1))
    await happened(clean_database, ARRIVAL + timedelta(hours=4))
    await add_trigger(house)
    text = await ask(house)
    assert "• 10 November 2026, 18:00: Walk In, BK-1, WhatsApp" in text
    assert "estimate" not in text


async def test_a_guest_without_a_chat_is_told_with_the_reason(house: House, clean_database: Database) -> None:
    await house.book("Silent Guest", "BK-1", check_in=ARRIVAL, check_out=ARRIVAL + timedelta(days=2))
    await happened(clean_database, LONG_AGO)
    await add_trigger(house)
    assert "Silent Guest, BK-1, not sent. There is no chat" in await ask(house)


async def test_a_changed_stay_meets_the_conditions_at_the_moment_of_its_change(
    house: House, clean_database: Database
) -> None:
    held_for_long = await stayed(house, clean_database, "Boris Orlov", "BK-2", check_out=NOW + timedelta(days=1))
    upgraded = await stayed(house, clean_database, room_type="double", check_out=NOW + timedelta(days=1))
    await change(house, clean_database, upgraded, ARRIVAL + timedelta(hours=3), room_type="suite")
    await change(house, clean_database, held_for_long, ARRIVAL + timedelta(hours=3), room_number="99")
    await add_trigger(house, trigger_type=TriggerType.condition_based, conditions={"room_type": "suite"})
    text = await ask(house)
    assert "• 10 November 2026, 17:00: Anna Petrova, BK-1, WhatsApp" in text
    assert "Boris" not in text


async def test_what_happened_to_a_stay_is_played_again(house: House, clean_database: Database) -> None:
    stay = await stayed(house, clean_database)
    at = ARRIVAL + timedelta(minutes=30)
    await change(house, clean_database, stay, at, booking_status=BookingStatus.checked_in, checked_in_at=at)
    await add_trigger(house, trigger_type=TriggerType.event_based, conditions={"event": "checked_in"})
    assert "• 10 November 2026, 14:30: Anna Petrova, BK-1, WhatsApp" in await ask(house)


async def test_what_guests_wrote_is_played_again(house: House, clean_database: Database) -> None:
    guest = house.person(Platform.telegram, name="Ann")
    house.clock.set(NOW - timedelta(days=3))
    today = house.clock.now().date()
    await house.database.claims.ensure_partitions(today, today)
    await guest.write("The room is filthy and nobody answers")
    await guest.write("Thank you, it is lovely now")
    await happened(clean_database, house.clock.now() + timedelta(milliseconds=80))
    house.clock.set(NOW)
    await add_trigger(house, trigger_type=TriggerType.event_based, conditions={"event": "negative_sentiment"})
    text = await ask(house)
    assert "It would have been sent once." in text
    assert "Ann, not known, Telegram" in text
    assert "estimate" not in text


async def test_what_guests_wanted_is_asked_of_what_they_wrote(house: House, clean_database: Database) -> None:
    guest = house.person(Platform.telegram, name="Ann")
    house.clock.set(NOW - timedelta(days=3))
    today = house.clock.now().date()
    await house.database.claims.ensure_partitions(today, today)
    await guest.write("What is the wifi password?")
    await guest.write("Thank you, it is lovely now")
    await happened(clean_database, house.clock.now() + timedelta(milliseconds=80))
    house.clock.set(NOW)
    conditions = {"event": "message_received", "message.intent": "wifi"}
    await add_trigger(house, trigger_type=TriggerType.event_based, conditions=conditions)
    assert "It would have been sent once." in await ask(house)


async def test_an_event_that_is_not_kept_can_not_be_tried_and_that_is_said(house: House) -> None:
    await add_trigger(
        house, trigger_type=TriggerType.event_based, conditions={"event": "external", "name": "spa_ready"}
    )
    assert "This can't be tried: what happened “when “spa_ready” happens” is not kept" in await ask(house)


async def test_a_long_past_is_turned_page_by_page_latest_first(house: House, clean_database: Database) -> None:
    for day in range(12):
        arrival = ARRIVAL - timedelta(days=day)
        await stayed(house, clean_database, f"Guest {day}", f"BK-{day}", check_in=arrival)
    await add_trigger(house)
    admin = await hire(house, Platform.whatsapp_green)
    await admin.write("/trigger 1")
    first = await admin.tap("Try on the past")
    assert "It would have been sent 12 times." in first.text
    assert "Guest 0" in first.text
    assert "Guest 10" not in first.text
    second = await admin.tap("More")
    assert "Guest 11" in second.text
    assert "Guest 9" not in second.text


async def test_the_past_is_told_in_russian(house: House, clean_database: Database) -> None:
    await stayed(house, clean_database, "Анна Петрова")
    await add_trigger(house)
    text = await ask(house, language="ru")
    assert "Ушло бы сообщений: 1." in text
    assert "• 10 ноября 2026, 16:00: Анна Петрова, BK-1, WhatsApp" in text


async def test_guests_are_answered_while_the_past_is_read(house: House, clean_database: Database) -> None:
    await add_trigger(house)
    await stayed(house, clean_database)
    admin, guest = await hire(house), house.person()
    guest.is_served_with(admin)

    async with owner_connection(clean_database.owner_url) as reader:
        await reader.execute(_LOCK)
        trying = asyncio.create_task(admin.write("/trigger try 1"))
        await waits_for_lock(house.database, trying)
        assert (await guest.write("hello")).text
        assert not trying.done()
    assert "90" in (await trying).text
