"""What an admin is refused or warned of, in the dialogue, in one line, and from a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Platform
from bot.storage.repositories.conversations import ConversationChange
from tests.factories import NOW
from tests.handlers.admins import Worker, add_trigger, hire, triggers_of
from tests.handlers.conversing import House
from triggers.premises import ESTABLISHED

OVERLAP = {"en": "⚠ At the same moment the same guest may also get: old.", "ru": "⚠ В тот же момент тот же гость"}


async def book_suite(house: House) -> None:
    """Let so many have booked suites that the hotel seems to have nothing else."""
    arrival = NOW + timedelta(days=1)
    for number in range(ESTABLISHED):
        await house.book(
            f"Anna {number}",
            f"S-{number}",
            check_in=arrival,
            check_out=arrival + timedelta(days=2),
            room_type="Suite",
        )


async def answer_all(admin: Worker, when: str, everyone: str) -> None:
    await admin.write("/trigger new")
    await admin.write(when)
    await admin.tap(everyone)
    await admin.write("Hi!")
    await admin.write("new one")


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize(("language", "everyone", "save"), [("en", "Everyone", "Save"), ("ru", "Всем", "Сохранить")])
async def test_the_dialogue_warns_of_an_overlap_and_saves_all_the_same(
    house: House, platform: Platform, language: str, everyone: str, save: str
) -> None:
    await add_trigger(house, "old")
    admin = await hire(house, platform, language=language)
    await answer_all(admin, "120 min after checkin", everyone)
    said = await admin.tap(save)
    assert OVERLAP[language] in said.text
    assert len(await triggers_of(house)) == 2


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_one_line_warns_of_an_overlap_and_saves_all_the_same(house: House, language: str) -> None:
    await add_trigger(house, "old")
    admin = await hire(house, language=language)
    said = await admin.write("/trigger new a: 2h after checkin, nights>=3: Hi")
    assert OVERLAP[language] in said.text
    assert "⚠" not in (await admin.write("/trigger new b: 3h after checkin: Hi")).text
    assert len(await triggers_of(house)) == 3


async def test_nothing_is_said_of_a_trigger_that_is_paused_until_it_runs_again(house: House) -> None:
    await add_trigger(house, "old")
    admin = await hire(house)
    assert "⚠" not in (await admin.write("/trigger 1 duplicate")).text
    assert OVERLAP["en"] in (await admin.write("/trigger 2 resume")).text
    assert "⚠" not in (await admin.write("/trigger 2 pause")).text
    assert "⚠" not in (await admin.write("/trigger new a: 3h after checkin: Hi")).text


async def test_an_admin_is_told_when_the_days_messages_leave_no_room(house: House) -> None:
    for hour in (9, 10, 11):
        await add_trigger(house, f"at {hour}", conditions={"days_after_checkin": 1, "at": f"{hour}:00"})
    said = await (await hire(house)).write("/trigger new late: 1 day after checkin at 18:00: Hi")
    assert "a guest gets at most 3 automatic messages a day" in said.text
    assert "these go before it on that day: at 9, at 10, at 11." in said.text
    assert len(await triggers_of(house)) == 4


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("a: 2h after checkin, room_type=siute: Hi", "so it could never go. Did you mean “Suite”?"),
        ("a: 2h after checkin, received=Olt: Hi", "Did you mean “old”?"),
        ("a: 1 day after checkin at 23:00, useful_for=1h: Hi", "“at”: it could never go."),
        ("a: event=booking_cancelled, status=confirmed: Hi", "“booking_status” can't be so at the moment"),
    ],
)
async def test_one_line_is_refused_when_it_could_never_go(house: House, line: str, sentence: str) -> None:
    await book_suite(house)
    await add_trigger(house, "old")
    said = await (await hire(house)).write(f"/trigger new {line}")
    assert said.text.startswith("Not saved. ")
    assert sentence in said.text
    assert len(await triggers_of(house)) == 1


async def test_the_dialogue_names_a_room_type_that_there_is_not_where_it_is_written(house: House) -> None:
    await book_suite(house)
    admin = await hire(house, language="ru")
    await admin.write("/trigger new")
    await admin.write("2h after checkin")
    said = await admin.write("room_type=siute")
    assert "такого нет ни у кого и нигде в этом отеле" in said.text
    assert "Может быть, «Suite»?" in said.text
    assert "Условия: тип номера: suite" in (await admin.write("room_type=suite")).text


async def test_a_trigger_is_not_saved_when_its_last_guests_went_meanwhile(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.write("2h after checkin, room_type=penthouse")
    await admin.tap("No more conditions")
    await admin.write("Hi!")
    await admin.write("penthouse")
    await book_suite(house)
    said = await admin.tap("Save")
    assert "“room_type” asks for what nobody and nothing in this hotel has" in said.text
    assert await triggers_of(house) == []


async def test_another_hotels_rooms_and_triggers_count_for_nothing(house: House, other_house: House) -> None:
    await book_suite(house)
    await add_trigger(house, "old")
    stranger = await hire(other_house)
    said = await stranger.write("/trigger new a: 2h after checkin, room_type=penthouse: Hi")
    assert "is saved" in said.text
    assert "⚠" not in said.text


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_set_is_shown_with_its_warnings_before_it_is_written(house: House, platform: Platform) -> None:
    await add_trigger(house, "old", conditions={"days_before_checkin": 2, "at": "12:00"})
    admin = await hire(house, platform)
    said = await admin.write("/trigger import hotel")
    assert "+ “Before arrival”: new" in said.text
    assert OVERLAP["en"] in said.text
    assert said.text.count("⚠") == 1
    await admin.tap("Write")
    assert len(await triggers_of(house)) == 9


async def test_a_set_is_refused_when_it_could_never_go_in_the_hotel_as_it_is_now(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger import hotel")
    await book_suite(house)
    penthouse = {"hours_after_checkin": 2, "room_type": "penthouse"}
    entry = {"name": "a", "type": "time_based", "text": "Hi", "conditions": penthouse}
    await show(admin, {"version": 1, "triggers": [entry]})
    said = await admin.tap("Write")
    assert "Nothing was written. One thing is wrong with the file:" in said.text
    assert "• triggers[0].conditions.room_type\n“room_type” asks for what" in said.text
    assert await triggers_of(house) == []


async def show(admin: Worker, values: dict[str, Any]) -> None:
    """Let a file have been shown instead: these hotels' providers hand over none."""
    async with admin.house.database.unit(admin.house.id) as uow:
        chat = await uow.chats.at(admin.house.accounts[admin.platform], admin.chat_id)
        conversation = await uow.conversations.open_in(chat)
        assert conversation is not None
        shown = conversation.context_data["import"]
        context = {**conversation.context_data, "import": {**shown, "values": values, "pack": None}}
        kept = ConversationChange(conversation.id, conversation.version, context, None, None, None, NOW, 0, 0)
        await uow.conversations.save_all([kept])
