"""One of the hotel's people writes to a guest on the hotel's own phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import Attachment, AttachmentKind, IncomingKind, OutgoingMessage, Platform, outgoing_from_json
from bot.notifications import Desk, Subject
from models import Conversation, Guest, Message, OutboxMessage
from models.enums import (
    FiringStatus,
    MessageRole,
    MessageType,
    NotificationStatus,
    NotificationType,
    Severity,
    TriggerType,
    UserRole,
)
from tests.factories import texts
from tests.handlers.conversing import House, Person
from tests.handlers.test_guest_triggers import add_trigger, planned
from tests.handlers.test_staff import GROUP, hire, in_group, let_send

PHONE = "4915112345678@c.us"


@pytest.fixture
async def guest(house: House) -> Person:
    """A guest by WhatsApp of a hotel whose people read alerts in a group."""
    async with house.database.unit(house.id) as uow:
        chat = StaffChat(account_id=house.accounts[Platform.telegram], address=GROUP)
        await uow.hotels.save_settings(HotelSettings(staff_chat=chat).stored())
    return house.person(Platform.whatsapp_green, id=PHONE, phone="+4915112345678")


async def statuses(house: House) -> list[NotificationStatus]:
    """What became of the alerts."""
    async with house.database.unit(house.id) as uow:
        return [alert.status for alert in await uow.notifications.latest()]


async def edits(house: House) -> list[OutgoingMessage]:
    """How messages that were sent are to read now, in whatever chat."""
    async with house.database.unit(house.id) as uow:
        rows = (await uow.connection.execute(select(OutboxMessage.content).order_by(OutboxMessage.id))).scalars()
        return [message for content in rows if (message := outgoing_from_json(content)).replaces]


async def stored(house: House, model: type[Any]) -> list[Any]:
    async with house.database.unit(house.id) as uow:
        return list((await uow.connection.execute(select(model))).all())


async def test_bot_leaves_a_guest_to_staff_when_they_wrote_on_the_hotels_phone(guest: Person) -> None:
    await guest.write("Hello")
    await guest.is_written_to("Good evening! I'm at the desk, what do you need?")
    assert (await guest.write("Is there a museum nearby?")).replies == ()
    assert (await guest.write("thank you")).replies == ()
    assert (await guest.write("menu")).replies
    assert (await guest.write("thank you")).replies


async def test_a_number_is_no_choice_when_staff_have_asked_for_one(guest: Person) -> None:
    assert (await guest.write("Hello")).replies[0].choices
    await guest.is_written_to("How many towels?")
    said = await guest.write("2")
    assert (said.route, said.replies) == ("guest.fallback", ())


async def test_a_name_is_no_answer_to_the_bot_when_staff_have_asked_for_it(guest: Person) -> None:
    await guest.press("menu:link")
    assert "surname" in (await guest.write("BK-1001")).text
    await guest.is_written_to("I'll look for it. What is your name?")
    assert (await guest.write("Petrova")).replies == ()


async def test_it_is_kept_with_what_was_said_when_staff_wrote_on_the_hotels_phone(
    house: House, guest: Person
) -> None:
    await guest.write("Is there a museum nearby?")
    picture = Attachment(AttachmentKind.image, url="https://m/1")
    await guest.is_written_to("The way", kind=IncomingKind.media, attachments=(picture,))
    async with house.database.unit(house.id) as uow:
        query = select(Message).where(Message.role == MessageRole.staff)
        (row,) = (await uow.connection.execute(query)).all()
        (talk,) = (await uow.connection.execute(select(Conversation))).all()
        said = await uow.messages.latest_in(talk.id, 10)
    assert (row.message_type, row.content, row.platform_message_id) == (MessageType.outgoing, "The way", "3EB0")
    assert (row.guest_id, row.attachments[0]["url"]) == (await guest.guest_id(), "https://m/1")
    assert [one.role for one in said] == [MessageRole.guest, MessageRole.bot, MessageRole.staff]
    assert (talk.messages_count, talk.guest_messages_count) == (3, 1)


async def test_nothing_is_sent_when_staff_wrote_on_the_hotels_phone(house: House, guest: Person) -> None:
    await guest.write("Hello")
    before = len(await stored(house, OutboxMessage))
    await guest.is_written_to("Good evening!")
    assert len(await stored(house, OutboxMessage)) == before


async def test_alerts_say_that_somebody_answers_when_staff_wrote_on_the_hotels_phone(
    house: House, guest: Person
) -> None:
    await guest.write("The room is filthy and nobody answers")
    (said,) = await sent_alerts(house)
    await guest.is_written_to("I'm on my way.")
    (edit,) = await edits(house)
    assert edit.text == f"{said}\n\n✓ Somebody on the hotel's phone, 13:00"
    assert edit.replaces == "77"
    assert [choice.label for choice in edit.choices] == ["Done: let the bot answer", "✎ Put right"]
    assert await statuses(house) == [NotificationStatus.acknowledged]


async def test_who_presses_hears_that_somebody_was_first_when_staff_wrote_on_the_hotels_phone(
    house: House, guest: Person
) -> None:
    olga = await hire(house, "Olga", 7001, UserRole.staff, "en")
    await guest.write("The room is filthy and nobody answers")
    await guest.is_written_to("I'm on my way.")
    async with house.database.unit(house.id) as uow:
        (alert,) = await uow.notifications.latest()
    said = await olga.press(f"ack:{alert.id}", **in_group())
    assert said.replies[0].text == "Somebody on the hotel's phone took this at 13:00."


async def test_who_took_an_alert_stays_when_staff_write_afterwards(house: House, guest: Person) -> None:
    olga = await hire(house, "Olga", 7001, UserRole.staff, "en")
    await guest.write("The room is filthy and nobody answers")
    async with house.database.unit(house.id) as uow:
        (alert,) = await uow.notifications.latest()
    await olga.press(f"ack:{alert.id}", **in_group())
    before = await edits(house)
    await guest.is_written_to("I'm on my way.")
    assert await edits(house) == before
    assert "✓ Olga" in before[-1].text


async def test_only_the_alerts_of_that_guest_are_taken_when_staff_write_to_one(
    house: House, other_house: House, guest: Person
) -> None:
    neighbour = house.person(Platform.whatsapp_green, id="4915187654321@c.us", phone="+4915187654321")
    elsewhere = other_house.person(Platform.whatsapp_green, id=PHONE, phone="+4915112345678")
    for one in (guest, neighbour, elsewhere):
        await one.write("The room is filthy and nobody answers")
    await guest.is_written_to("I'm on my way.")
    async with house.database.unit(house.id) as uow:
        found = {alert.guest_id: alert.status for alert in await uow.notifications.latest()}
    assert found == {
        await guest.guest_id(): NotificationStatus.acknowledged,
        await neighbour.guest_id(): NotificationStatus.pending,
    }
    assert NotificationStatus.acknowledged not in await statuses(other_house)
    assert [row.role for row in await stored(other_house, Message)].count(MessageRole.staff) == 0


async def test_an_alert_about_the_bot_itself_stays_open_when_staff_write_to_the_guest(
    house: House, guest: Person
) -> None:
    await guest.write("Hello")
    async with house.database.unit(house.id) as uow:
        (talk,) = (await uow.connection.execute(select(Conversation))).all()
        subject = Subject(talk.guest_id, conversation_id=talk.id, message_id=talk.id)
        kind, severity = NotificationType.system_alert, Severity.warning
        title = "alert-title-not-delivered"
        await Desk(texts(), house.clock).raise_alert(uow, kind, severity, title, subject, "It failed", "c-1")
    await guest.is_written_to("Good evening!")
    assert NotificationStatus.acknowledged not in await statuses(house)


async def test_old_alerts_are_not_dug_up_when_staff_write_days_later(house: House, guest: Person) -> None:
    await guest.write("The room is filthy and nobody answers")
    await sent_alerts(house)
    house.clock.move(timedelta(days=2))
    await guest.is_written_to("Good evening!")
    assert await edits(house) == []
    assert await statuses(house) == [NotificationStatus.acknowledged]


async def test_nobody_is_told_to_wait_when_staff_answered_on_the_hotels_phone(house: House, guest: Person) -> None:
    trigger = await add_trigger(house, TriggerType.event_based, {"event": "no_reply_for", "minutes": 15})
    await guest.write("I want to talk to a person")
    assert len(await planned(house, trigger)) == 1
    await guest.is_written_to("Here I am.")
    assert await planned(house, trigger) == []
    async with house.database.unit(house.id) as uow:
        (line,) = await uow.firings.of(trigger, await guest.guest_id())
    assert (line.status, line.reason) == (FiringStatus.cancelled, "replied")


async def test_nothing_is_kept_when_staff_write_to_somebody_who_never_wrote(house: House, guest: Person) -> None:
    await guest.is_written_to("Mum, I'll be late")
    for kept in (Guest, Conversation, Message, OutboxMessage):
        assert await stored(house, kept) == []
    assert (await guest.write("Hello")).replies


async def test_nothing_is_kept_when_staff_write_to_one_of_themselves(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.users.add("Olga", UserRole.staff, None, "+4915112345678", None)
    olga = house.person(Platform.whatsapp_green, id=PHONE, phone="+4915112345678")
    await olga.write("hello")
    before = len(await stored(house, Message))
    await olga.is_written_to("Can you take the night shift?")
    assert len(await stored(house, Message)) == before
    assert (await olga.write("hello")).route == "staff.help"


async def sent_alerts(house: House) -> list[str]:
    """Let the alerts reach the group; return what they say."""
    async with house.database.unit(house.id) as uow:
        said = [f"{alert.title}\n{alert.content}" for alert in await uow.notifications.latest()]
    await let_send(house, {})
    return said
