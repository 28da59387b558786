from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import IncomingKind, OutgoingMessage, Platform
from bot.notifications import Desk, Subject
from bot.outbox import Letter, enqueue
from bot.storage.repositories.outbox import SentMessage
from models import User
from models.enums import NotificationStatus, NotificationType, OutboxPurpose, Severity, UserRole
from tests.factories import NOW, texts
from tests.handlers.conversing import House, Person

GROUP = "-1001"
ALERT = "🔴 Needs attention · room 12 · Anna Petrova\nThe room is filthy"


@pytest.fixture
async def olga(house: House) -> Person:
    return await hire(house, "Olga", 7001)


async def hire(
    house: House, name: str, telegram_id: int, role: UserRole = UserRole.staff, language: str | None = None
) -> Person:
    async with house.database.unit(house.id) as uow:
        await uow.users.add(name, role, telegram_id, None, language)
    return house.person(id=str(telegram_id))


async def raise_alert(house: House) -> UUID:
    """Raise an alert that goes to the staff group, as the pipeline does."""
    async with house.database.unit(house.id) as uow:
        chat = StaffChat(account_id=house.accounts[Platform.telegram], address=GROUP)
        await uow.hotels.save_settings(HotelSettings(staff_chat=chat).stored())
        return await Desk(texts(), house.clock).raise_alert(
            uow,
            NotificationType.negative_sentiment,
            Severity.critical,
            "alert-title-attention",
            Subject(guest_name="Anna Petrova", room_number="12"),
            "The room is filthy",
            "c-1",
        )


async def status_of(house: House, alert: UUID) -> NotificationStatus:
    async with house.database.unit(house.id) as uow:
        found = await uow.notifications.get(alert)
    assert found is not None
    return found.status


def in_group(**changes: Any) -> dict[str, Any]:
    return {"is_group": True, "chat_id": GROUP, "message_id": "77", "thread_id": "5", **changes}


async def test_alert_says_who_took_it_and_loses_its_button_when_staff_press(house: House, olga: Person) -> None:
    alert = await raise_alert(house)
    said = await olga.press(f"ack:{alert}", **in_group())
    note, edit = said.replies
    assert (note.text, note.answers_press) == ("Thank you, it's yours.", "p1")
    assert edit.text == f"{ALERT}\n\n✓ Olga, 13:00"
    assert edit.replaces == "77"
    assert edit.choices == ()
    assert await status_of(house, alert) is NotificationStatus.acknowledged


async def test_second_presser_hears_who_was_first_when_an_alert_is_taken(house: House, olga: Person) -> None:
    ivan = await hire(house, "Ivan", 7002, language="ru")
    alert = await raise_alert(house)
    await olga.press(f"ack:{alert}", **in_group())
    house.clock.move(timedelta(hours=1))
    said = await ivan.press(f"ack:{alert}", **in_group())
    assert said.replies[0].text == "Это уже взял(а) Olga в 13:00."
    assert said.replies[1].text.endswith("✓ Olga, 13:00")


async def test_somebody_is_named_when_the_taker_no_longer_works_here(house: House, olga: Person) -> None:
    alert = await raise_alert(house)
    await olga.press(f"ack:{alert}", **in_group())
    async with house.database.unit(house.id) as uow:
        await uow.connection.execute(update(User).where(User.name == "Olga").values(is_active=False))
    ivan = await hire(house, "Ivan", 7002)
    assert "Somebody took this at 13:00." in (await ivan.press(f"ack:{alert}", **in_group())).text


async def test_who_was_dismissed_is_refused_when_they_still_press_in_the_group(house: House, olga: Person) -> None:
    alert = await raise_alert(house)
    async with house.database.unit(house.id) as uow:
        (found,) = await uow.users.known_by([7001], [])
        assert await uow.users.dismiss(found.id) == "Olga"
    assert "own team" in (await olga.press(f"ack:{alert}", **in_group())).text
    assert await status_of(house, alert) is NotificationStatus.pending


async def test_every_copy_in_the_chat_is_marked_when_an_alert_was_sent_twice(house: House, olga: Person) -> None:
    alert = await raise_alert(house)
    await _send_again(house, alert, f"(Repeated)\n{ALERT}", "78")
    said = await olga.press(f"ack:{alert}", **in_group())
    edits = {reply.replaces: reply.text for reply in said.replies if reply.replaces}
    assert edits == {"77": f"{ALERT}\n\n✓ Olga, 13:00", "78": f"(Repeated)\n{ALERT}\n\n✓ Olga, 13:00"}


async def _send_again(house: House, alert: UUID, text: str, provider_id: str) -> None:
    account = house.accounts[Platform.telegram]
    async with house.database.unit(house.id) as uow:
        letter = Letter(
            account_id=account,
            chat_id=await uow.chats.at(account, GROUP),
            platform=Platform.telegram,
            purpose=OutboxPurpose.notification,
            useful_for=timedelta(hours=1),
            correlation_id="c-1",
            notification_id=alert,
        )
        await enqueue(uow, letter, OutgoingMessage(text), NOW)
    await let_send(house, {text: provider_id})


async def let_send(house: House, named: Mapping[str, str]) -> None:
    """Let everything leave, and get the provider's id that its text is named by, or 77."""
    while lease := next(iter(await house.database.claims.claim_outbox(NOW, 1)), None):
        async with house.database.unit(house.id) as uow:
            await uow.outbox.begin_sending([lease.outbox_id], NOW)
            sent = await uow.outbox.get(lease.outbox_id)
            assert sent is not None
            name = named.get(sent.content["text"], "77")
            await uow.outbox.record_sent([SentMessage(lease.outbox_id, lease.token, name, NOW)])


async def test_stranger_is_refused_at_the_button_when_they_press_in_the_group(house: House) -> None:
    alert = await raise_alert(house)
    said = await house.person().press(f"ack:{alert}", **in_group())
    assert [reply.answers_press for reply in said.replies] == ["p1"]
    assert "own team" in said.text
    assert await status_of(house, alert) is NotificationStatus.pending


async def test_nothing_is_said_when_a_strangers_press_has_no_answer(house: House) -> None:
    alert = await raise_alert(house)
    assert (await house.person().press(f"ack:{alert}", **in_group(press_id=None))).replies == ()


async def test_guest_gets_the_menu_when_they_forge_a_press(house: House) -> None:
    alert = await raise_alert(house)
    assert "earlier message" in (await house.person().press(f"ack:{alert}")).text
    assert await status_of(house, alert) is not NotificationStatus.acknowledged


@pytest.mark.parametrize("value", ["ack:", "ack:1", f"ack:{UUID(int=7)}", "ack:' OR 1=1"])
async def test_alert_is_not_found_when_the_button_names_none(olga: Person, value: str) -> None:
    said = await olga.press(value, **in_group())
    assert [reply.text for reply in said.replies] == ["I can't find this alert any more."]


async def test_alert_is_not_found_when_it_is_another_hotels(house: House, other_house: House, olga: Person) -> None:
    alert = await raise_alert(other_house)
    assert "can't find" in (await olga.press(f"ack:{alert}", **in_group())).text
    assert await status_of(other_house, alert) is not NotificationStatus.acknowledged


async def test_press_is_answered_in_words_when_the_channel_has_no_spinner(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.users.add("Olga", UserRole.staff, None, "+4915112345678", None)
    olga = house.person(Platform.whatsapp_green, phone="+4915112345678")
    said = await olga.press(f"ack:{await raise_alert(house)}", press_id=None)
    assert [(reply.text, reply.answers_press, reply.replaces) for reply in said.replies] == [
        ("Thank you, it's yours.", None, None)
    ]


@pytest.mark.parametrize("text", ["/help", "/start", "/nonsense", "hello"])
async def test_staff_get_help_when_they_write_to_the_bot(olga: Person, text: str) -> None:
    said = await olga.write(text)
    assert "Press the button below an alert" in said.text
    assert "/triggers" not in said.text


@pytest.mark.parametrize(("text", "command"), [("/pause 1", "pause"), ("/nonsense@adler_bot", "nonsense")])
async def test_staff_hear_that_a_command_is_not_known_before_the_help(
    house: House, olga: Person, text: str, command: str
) -> None:
    for person in (olga, await hire(house, "Boss", 7009, UserRole.admin, "en")):
        first, *rest = (await person.write(text)).text.splitlines()
        assert first == f"I don't know the command /{command}."
        assert any("/help" in line for line in rest)


async def test_help_names_the_commands_of_admins_when_an_admin_asks(house: House) -> None:
    boss = await hire(house, "Boss", 7009, UserRole.admin, "ru")
    said = await boss.write("/help@adler_bot", **in_group())
    assert "/triggers" in said.text
    assert "Администраторам" in said.text
    assert said.replies[-1].thread_id == "5"


async def test_staff_are_asked_into_their_own_chat_when_they_want_the_answers_in_a_group(olga: Person) -> None:
    said = await olga.write("/answers", **in_group())
    assert "in our own chat" in said.text
    assert "I don't know" not in said.text
    assert said.replies[-1].thread_id == "5"


async def test_nothing_is_answered_when_staff_chat_among_themselves(olga: Person) -> None:
    assert (await olga.write("who is on duty tonight?", **in_group())).route is None


async def test_spinner_stops_when_staff_press_an_old_button(olga: Person) -> None:
    said = await olga.press("trigger:gone")
    assert said.replies[0].answers_press == "p1"


@pytest.mark.parametrize(
    ("text", "words", "because"),
    [
        (
            "Look at the heating! It is cold in here",
            ("Look", "at", "the", "heating", "It", "cold"),
            "Look at the heating, It is cold",
        ),
        ("The room is filthy and nobody answers", ("filthy", "nobody", "answers"), "filthy and nobody answers"),
        ("Нет горячей воды, ужас", ("Нет", "воды", "ужас"), "Нет горячей воды, ужас"),
        ("😡😡😡 awful", ("😡", "awful"), "😡, awful"),
        ("Dirty towels, dirty floor, no one at the desk", ("Dirty", "no", "one"), "Dirty, no one"),
        ("It is cold\nand dark", ("cold", "dark"), "cold and dark"),
        ("Call me", ("dirty", "cold"), "dirty, cold"),
    ],
)
async def test_the_cause_reads_as_the_guest_wrote_it_when_an_alert_names_it(
    house: House, text: str, words: tuple[str, ...], because: str
) -> None:
    async with house.database.unit(house.id) as uow:
        alert = await Desk(texts(), house.clock).raise_alert(
            uow,
            NotificationType.negative_sentiment,
            Severity.warning,
            "alert-title-negative",
            Subject(),
            text,
            "c",
            words,
        )
        raised = await uow.notifications.get(alert)
    assert raised is not None
    assert raised.content.splitlines()[-1] == f"Because of: {because}"


async def test_nothing_is_answered_when_staff_react_to_a_message_or_their_place_moves(olga: Person) -> None:
    assert (await olga.write("👍", kind=IncomingKind.reaction)).replies == ()
    assert (await olga.write("", kind=IncomingKind.location, is_edit=True)).replies == ()


@pytest.mark.parametrize("where", [{}, in_group()], ids=["own chat", "group"])
async def test_command_is_not_done_but_asked_for_anew_when_staff_change_a_message(
    house: House, where: dict[str, Any]
) -> None:
    anna = await hire(house, "Anna", 7002, UserRole.admin)
    said = await anna.write("/staffchat", is_edit=True, **where)
    assert [reply.text.partition(":")[0] for reply in said.replies] == ["I don't read changed messages"]
    async with house.database.unit(house.id) as uow:
        assert "staff_chat" not in (await uow.hotels.get()).settings


async def test_nobody_is_disturbed_when_staff_change_what_they_said_to_each_other(olga: Person) -> None:
    assert (await olga.write("see you at nine", is_edit=True, **in_group())).replies == ()
