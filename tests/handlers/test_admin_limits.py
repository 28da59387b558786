"""Limits of a trigger's firings, and its texts in other languages, settled in the chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Platform
from models.enums import CatchUp, ConsentPurpose, OncePer
from tests.handlers.admins import add_trigger, audits_of, hire, triggers_of
from tests.handlers.conversing import House
from tests.handlers.test_admin_new import at_confirmation


@pytest.mark.parametrize("platform", list(Platform))
async def test_limits_are_settled_by_buttons_and_shown_on_the_card(house: House, platform: Platform) -> None:
    admin = await hire(house, platform)
    await at_confirmation(admin)
    said = await admin.tap("Limits")
    assert "How often: as usual\nRest between two: as usual" in said.text
    assert said.labels[:2] == ["How often", "Rest between two"]
    await admin.tap("How often")
    assert "How often: once per guest" in (await admin.tap("once per guest")).text
    await admin.tap("Rest between two")
    await admin.tap("7 days")
    await admin.tap("Useful for")
    await admin.write("90 min")
    await admin.tap("Stays known too late")
    await admin.tap("get nothing")
    await admin.tap("Channels")
    await admin.tap("WhatsApp")
    await admin.tap("Purpose")
    await admin.tap("promotion")
    said = await admin.tap("Done")
    assert "Channels: WhatsApp\nPurpose: promotion, only with consent" in said.text
    said = await admin.tap("Save")
    assert (
        "at most once per guest · Rest between two: 7 days · Useful for: 1 hour 30 minutes"
        " · Stays known too late: get nothing · Channels: WhatsApp · Purpose: promotion, only with consent\n"
    ) in said.text
    (trigger,) = await triggers_of(house)
    assert (trigger.once_per, trigger.purpose, trigger.catch_up) == (
        OncePer.guest,
        ConsentPurpose.promotional,
        CatchUp.skip,
    )
    assert (trigger.cooldown, trigger.useful_for) == (timedelta(days=7), timedelta(minutes=90))
    assert trigger.channels == ["whatsapp_green"]


async def test_limits_are_written_in_russian_words(house: House) -> None:
    admin = await hire(house, language="ru")
    await admin.write("/trigger new a: через 2 часа после заезда, раз_на=гостя, перерыв=2 недели: Привет!")
    said = await admin.write("/trigger 1 измени каналы=телеграм|ватсап, цель=реклама, полезно=3 часа")
    assert "не чаще одного раза на гостя · Перерыв между двумя: 14 дней · Сколько полезно: 3 часа" in said.text
    assert "Каналы: Telegram › WhatsApp · Цель: реклама, только с согласия" in said.text
    (trigger,) = await triggers_of(house)
    assert (trigger.cooldown, trigger.channels) == (timedelta(days=14), ["telegram", "whatsapp_green"])


async def test_limits_stand_among_the_conditions_of_one_line_and_of_an_answer(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new a: 2h after checkin, nights>=2, once_per=guest, channels=telegram: Hi")
    (trigger,) = await triggers_of(house)
    assert (trigger.once_per, trigger.channels) == (OncePer.guest, ["telegram"])
    assert trigger.conditions == {"hours_after_checkin": 2, "nights": {"gte": 2}}
    await admin.write("/trigger new")
    await admin.write("3h after checkin, cooldown=2d, useful_for=30 min")
    await admin.tap("Everyone")
    await admin.write("Hi")
    assert "Rest between two: 2 days\nUseful for: 30 minutes" in (await admin.write("b")).text


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ("once_per=gest", "“once_per” can't have this value. Did you mean “guest”?"),
        ("catch_up=never", "“catch_up” can't have this value."),
        ("cooldown=soon", "must be a length of time like 12h, 90m or 2d"),
        ("cooldown=0h", "must be longer than nothing"),
        ("channels=telegram|pigeon", "“channels[1]” can't have this value."),
        ("purpose>=2", "“purpose” can't have this value."),
    ],
)
async def test_a_wrong_limit_is_named_wherever_it_is_written(house: House, limits: str, sentence: str) -> None:
    await add_trigger(house)
    admin = await hire(house)
    for line in (f"/trigger new a: 2h after checkin, {limits}: Hi", f"/trigger 1 edit {limits}"):
        said = await admin.write(line)
        assert said.text.startswith("Not saved. ")
        assert sentence in said.text
    await admin.write("/trigger 1 edit")
    await admin.tap("Limits")
    said = await admin.write(limits)
    assert sentence in said.text
    assert "What shall be different?" in said.text
    (trigger,) = await triggers_of(house)
    assert (trigger.once_per, trigger.cooldown, trigger.channels) == (OncePer.stay, None, [])


async def test_what_is_no_limit_is_not_understood_among_limits(house: House) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    await admin.tap("Limits")
    assert "I can't read “room_type=suite” as a limit." in (await admin.write("room_type=suite")).text
    await admin.tap("Rest between two")
    said = await admin.write("never")
    assert "must be a length of time" in said.text
    assert "Rest between two: as usual. What shall it be?" in said.text
    await admin.tap("As usual")
    assert "Save it?" in (await admin.tap("Done")).text


async def test_a_limit_becomes_usual_again(house: House) -> None:
    await add_trigger(house, cooldown=timedelta(days=3), once_per=OncePer.guest, channels=["telegram"])
    admin = await hire(house)
    assert "Rest between two: 3 days" in (await admin.write("/trigger 1")).text
    await admin.write("/trigger 1 edit cooldown=-, once_per=stay")
    await admin.write("/trigger 1 edit")
    await admin.tap("Limits")
    await admin.tap("Channels")
    await admin.tap("As usual")
    await admin.tap("Done")
    assert "at most once per stay\n" in (await admin.tap("Save")).text
    (trigger,) = await triggers_of(house)
    assert (trigger.cooldown, trigger.once_per, trigger.channels) == (None, OncePer.stay, [])


async def test_what_a_change_does_not_speak_of_stays(house: House) -> None:
    before = await add_trigger(
        house,
        priority=7,
        useful_for=timedelta(hours=36, seconds=5),
        cooldown=timedelta(days=14),
        purpose=ConsentPurpose.promotional,
        catch_up=CatchUp.skip,
        channels=["whatsapp_green", "telegram"],
        translations={"ru": "Привет"},
        is_active=False,
    )
    said = await (await hire(house)).write("/trigger 1 edit once_per=day")
    assert "Useful for: 1 day 12 hours 5s" in said.text
    (after,) = await triggers_of(house)
    assert after.once_per is OncePer.day
    assert replace(after, once_per=before.once_per) == before
    (audit,) = await audits_of(house)
    assert audit.metadata["new"] == {"once_per": "day"}


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_text_in_another_language_is_written_by_buttons(house: House, platform: Platform) -> None:
    admin = await hire(house, platform)
    await at_confirmation(admin)
    assert "There is no text in other languages yet." in (await admin.tap("Other languages")).text
    assert "Write the text in this language (ru)" in (await admin.tap("ru")).text
    said = await admin.write("Привет, {{ gest.name }}!")
    assert "Did you mean “guest.name”?" in said.text
    await admin.write("Привет, {{ guest.name }}!")
    await admin.write("DE")
    said = await admin.write("Hallo!")
    assert "There is a text in other languages, too: de, ru." in said.text
    assert "In this language (ru) it says:\n\nПривет" in (await admin.tap("ru")).text
    await admin.write("Здравствуйте!")
    await admin.tap("de")
    await admin.tap("Without")
    assert "Also in: ru" in (await admin.tap("Done")).text
    assert "ru:\nЗдравствуйте!" in (await admin.tap("Save")).text
    (trigger,) = await triggers_of(house)
    assert trigger.translations == {"ru": "Здравствуйте!"}


async def test_a_text_in_another_language_is_written_in_one_line(house: House) -> None:
    await add_trigger(house, translations={"de": "Hallo"})
    admin = await hire(house)
    said = await admin.write("/trigger 1 edit ru: Добро пожаловать: {{ guest.name }}\nЖдём вас!")
    assert "ru:\nДобро пожаловать: {{ guest.name }}\nЖдём вас!" in said.text
    await admin.write("/trigger edit 1 de: -")
    await admin.write("/trigger 1 edit text: Hi: there")
    (trigger,) = await triggers_of(house)
    assert trigger.translations == {"ru": "Добро пожаловать: {{ guest.name }}\nЖдём вас!"}
    assert trigger.message_template == "Hi: there"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ru: Привет {{ gest.name }}", "Not saved. There is a name in the text that I don't know."),
        ("xx: Hello", "Not saved. I don't know “xx”."),
        ("something else", "I can't read “something else”. In one line it goes: /trigger 3 edit once_per=guest"),
        ("nights=many", "Not saved. “nights” must be a whole number."),
        ("days_after_checkin=1, at=23:00, useful_for=1h", "“at”: it could never go."),
    ],
)
async def test_a_change_in_one_line_with_a_mistake_changes_nothing(house: House, line: str, sentence: str) -> None:
    before = await add_trigger(house)
    assert sentence in (await (await hire(house)).write(f"/trigger 1 edit {line}")).text
    assert await triggers_of(house) == [before]


async def test_a_change_in_one_line_of_no_trigger_is_answered_sensibly(house: House) -> None:
    assert "There is no such trigger" in (await (await hire(house)).write("/trigger 9 edit once_per=guest")).text


async def test_an_old_button_settles_nothing_before_the_trigger_is_whole(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    for value in (
        "new:limit:2d",
        "new:limits:cooldown",
        "new:change:limits",
        "new:languages:ru",
        "new:change:languages",
    ):
        assert "When shall the message go?" in (await admin.press(value)).text
    assert "I don't know “language”." in (await admin.press("new:translation:x")).text
