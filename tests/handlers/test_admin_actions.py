"""What triggers do beside their message, in the chats of admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Platform
from handlers.admin.action_phrases import parse_actions_text
from handlers.admin.answers import read_short_form
from handlers.admin.phrases import Unclear
from tests.databases import Database
from tests.factories import NOW
from tests.handlers.admins import add_trigger, audits_of, hire, triggers_of
from tests.handlers.conversing import House
from tests.handlers.test_admin_try import ask, stayed

BOTH = pytest.mark.parametrize("platform", list(Platform))
NOTICE = {"notify_staff": "{{ guest.name }} is here", "severity": "critical"}
COT = {"open_request": "A cot, please", "department": "housekeeping"}
TAG = {"add_tag": "vip"}


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("tell staff: Anna: hello", {"notify_staff": "Anna: hello"}),
        ("tell staff urgent: Anna", {"notify_staff": "Anna", "severity": "critical"}),
        ("notify_staff warning: Anna", {"notify_staff": "Anna", "severity": "warning"}),
        ("Сообщить персоналу срочно: Анна здесь", {"notify_staff": "Анна здесь", "severity": "critical"}),
        ("персоналу: Анна здесь", {"notify_staff": "Анна здесь"}),
        ("request housekeeping: a cot", {"open_request": "a cot", "department": "housekeeping"}),
        ("заявка уборка: кроватка", {"open_request": "кроватка", "department": "housekeeping"}),
        ("request a cot", {"open_request": "a cot"}),
        ("+ tag vip", {"add_tag": "vip"}),
        ("Метка VIP гость", {"add_tag": "VIP гость"}),
        ("untag vip", {"remove_tag": "vip"}),
        ("снять метку vip", {"remove_tag": "vip"}),
        ("offer Late check-out", {"offer_service": "Late check-out"}),
        ("предложить спа", {"offer_service": "спа"}),
        ("flow feedback", {"start_flow": "feedback"}),
        ("сценарий отзыв", {"start_flow": "отзыв"}),
    ],
)
def test_an_action_is_understood_in_the_words_of_people(words: str, action: dict[str, str]) -> None:
    assert parse_actions_text(words) == [action]


@pytest.mark.parametrize("words", ["vip", "tag", "tagged vip", "tell guests: hello"])
def test_what_is_no_action_is_said_to_be_unclear(words: str) -> None:
    with pytest.raises(Unclear):
        parse_actions_text(words)


def test_the_short_form_has_actions_below_the_text() -> None:
    draft = read_short_form("vip: 2h after checkin: Hello!\n+7 495 100 is our number.\n+ tag vip\n+ tell staff: Anna")
    assert draft.text == "Hello!\n+7 495 100 is our number."
    assert draft.actions == [TAG, {"notify_staff": "Anna"}]


@BOTH
async def test_actions_are_made_by_buttons(house: House, platform: Platform) -> None:
    await add_trigger(house)
    admin = await hire(house, platform)
    await admin.write("/trigger 1 edit")
    asked = await admin.tap("Change the actions")
    assert "Nothing else happens with the message yet." in asked.text
    await admin.tap("Tell staff")
    said = await admin.write("urgent: {{ guest.name }} is here")
    assert "• tell staff (urgent): {{ guest.name }} is here" in said.text
    await admin.tap("Tag the guest")
    await admin.write("vip")
    said = await admin.write("request housekeeping: A cot, please")
    assert "• open a request (Housekeeping): A cot, please" in said.text
    said = await admin.tap("No more actions")
    assert "Beside the message:" in said.text
    assert "Save this as trigger 1?" in said.text
    card = await admin.tap("Save")
    assert "• tag the guest “vip”" in card.text
    (after,) = await triggers_of(house)
    assert after.actions == [NOTICE, TAG, COT]
    (audit,) = await audits_of(house)
    assert audit.metadata["old"] == {"actions": []}


@BOTH
async def test_actions_are_made_in_russian_words_and_removed(house: House, platform: Platform) -> None:
    admin = await hire(house, platform, language="ru")
    said = await admin.write(
        "/trigger new вип: через 2 часа после заезда: Здравствуйте!\n"
        "+ метка vip\n+ сообщить персоналу внимание: Гость здесь"
    )
    assert (
        "Кроме сообщения:\n• поставить гостю метку «vip»\n• сообщить персоналу (внимание): Гость здесь" in said.text
    )
    (trigger,) = await triggers_of(house)
    assert trigger.actions == [TAG, {"notify_staff": "Гость здесь", "severity": "warning"}]
    await admin.write("/trigger 1 edit")
    await admin.tap("Изменить действия")
    assert "Кроме сообщения пока ничего не происходит." in (await admin.tap("Убрать все")).text
    await admin.tap("Больше нет действий")
    await admin.tap("Сохранить")
    assert [trigger.actions for trigger in await triggers_of(house)] == [[]]


async def test_a_mistake_in_an_action_is_named_where_it_is_made(house: House) -> None:
    await add_trigger(house)
    admin = await hire(house)
    await admin.write("/trigger 1 edit")
    await admin.tap("Change the actions")
    said = await admin.write("tell staff: {{ guest.nam }}")
    assert "There is a name in the text that I don't know. Did you mean “guest.name”?" in said.text
    assert "I can't read “party” as an action." in (await admin.write("party")).text
    await admin.write("tag vip")
    assert "“actions[1].remove_tag”" in (await admin.write("untag vip")).text
    await admin.tap("Tag the guest")
    assert "“actions[1].add_tag”" in (await admin.write("x" * 65)).text
    assert "What else shall happen?" in (await admin.tap("Another action")).text
    await admin.tap("No more actions")
    await admin.tap("Save")
    assert [trigger.actions for trigger in await triggers_of(house)] == [[TAG]]


async def test_a_wrong_action_of_the_short_form_saves_nothing(house: House) -> None:
    admin = await hire(house)
    said = await admin.write("/trigger new vip: 2h after checkin: Hello!\n+ tell staff: {{ guest.nam }}")
    assert "Not saved. There is a name in the text that I don't know." in said.text
    assert await triggers_of(house) == []


async def test_a_copy_does_the_same(house: House) -> None:
    await add_trigger(house, actions=[TAG])
    await (await hire(house)).write("/trigger 1 duplicate")
    assert [trigger.actions for trigger in await triggers_of(house)] == [[TAG], [TAG]]


async def test_preview_tells_what_happens_beside_the_message(house: House) -> None:
    await add_trigger(house, actions=[NOTICE])
    said = await (await hire(house)).write("/trigger 1 preview")
    assert "Beside the message:\n• tell staff (urgent): {{ guest.name }} is here" in said.text


async def test_the_past_is_told_with_what_would_have_been_done_beside_the_message(
    house: House, clean_database: Database
) -> None:
    await add_trigger(house, actions=[NOTICE, TAG])
    await stayed(house, clean_database)
    await stayed(house, clean_database, "Boris Orlov", "BK-2")
    text = await ask(house)
    assert "Beside the message:\n• 2: Tell staff\n• 2: Tag the guest" in text


async def test_the_past_is_told_once_when_a_trigger_tags_against_itself(
    house: House, clean_database: Database
) -> None:
    conditions: dict[str, Any] = {"cron": "0 15 * * *", "guest.tags": {"not_in": ["vip"]}}
    await add_trigger(house, conditions=conditions, actions=[TAG])
    await stayed(house, clean_database)
    assert "It would have been sent once." in await ask(house)


async def test_why_tells_what_was_done_and_what_would_be(house: House) -> None:
    await house.book("Anna Petrova", phone="+49151234567", check_in=NOW - timedelta(hours=2))
    trigger = await add_trigger(house, actions=[NOTICE, TAG])
    admin = await hire(house)
    said = await admin.write("/why Petrova 1")
    assert "Beside the message would be done:\n• tell staff (urgent): Anna Petrova is here" in said.text
    async with house.database.unit(house.id) as uow:
        await admin.engine.plan_trigger(uow, trigger.id, "c-1")
        await admin.engine.fire_due(uow, 10)
    said = await admin.write("/why Petrova 1")
    assert "Done beside the message:\n• tell staff (urgent): Anna Petrova is here\n• tag the guest “vip”" in said.text
