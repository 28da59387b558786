"""The hotel's clock and its nights, corrected by its admins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.messages import Platform
from bot.storage.repositories.hotels import HotelRecord
from handlers.admin.hotel_form import parse_times
from handlers.admin.stay_form import RejectedField
from models.enums import UserRole
from tests.factories import NOW, make_hotel
from tests.handlers.admins import Worker, add_trigger, audits_of, hire
from tests.handlers.conversing import House
from triggers.hotel_times import HotelTimes

CHANNELS = pytest.mark.parametrize("platform", list(Platform))
MORNING = {"days_after_checkin": 1, "at": "10:00"}
BERLIN = HotelTimes.of(make_hotel())


async def hotel_of(house: House) -> HotelRecord:
    async with house.database.unit(house.id) as uow:
        return await uow.hotels.get()


async def due_of(house: House) -> list[datetime]:
    async with house.database.unit(house.id) as uow:
        return [one.due_at for one in await uow.ledger.coming(10)]


async def planned_stay(house: House, admin: Worker) -> None:
    """Let a guest arrive at noon tomorrow, and a message be planned for the morning after."""
    await add_trigger(house, "morning", conditions=MORNING)
    await house.book("Anna Petrova", check_in=NOW + timedelta(days=1), check_out=NOW + timedelta(days=3))
    await admin.write("/stay BK-1001 adults=1")


@CHANNELS
async def test_the_plan_is_shown_first_and_made_anew_when_an_admin_agrees_to_another_zone(
    house: House, other_house: House, platform: Platform
) -> None:
    admin = await hire(house, platform)
    await planned_stay(house, admin)
    said = await admin.write("/hotel zone=tokyo")
    assert said.text == (
        "This would change:\nTime zone: Europe/Berlin → Asia/Tokyo\n\n"
        "In the plan: 0 added, 1 moved, 0 cancelled.\nThen these go next:\n"
        "• 22 November 2026, 10:00: morning, Anna Petrova, BK-1001\n\n"
        "Arrivals and departures stay the moments that they are: what reads 13:00 now will read 21:00. "
        "If they were meant by the new clock, import them again.\n\n"
        "Nothing is written yet. Write it?"
    )
    assert said.labels == ["Write", "Leave as it is"]
    assert (await hotel_of(house)).timezone == "Europe/Berlin"
    assert await due_of(house) == [datetime(2026, 11, 22, 9, tzinfo=UTC)]
    said = await admin.tap("Write")
    assert said.text.startswith("Written. In the plan: 0 added, 1 moved, 0 cancelled.")
    assert "Time zone: Asia/Tokyo (it is 21:00 there now)" in said.text
    assert await due_of(house) == [datetime(2026, 11, 22, 1, tzinfo=UTC)]
    assert (await hotel_of(other_house)).timezone == "Europe/Berlin"
    audit = (await audits_of(house))[0]
    assert (audit.action, audit.metadata["old"]["timezone"]) == ("hotel.times", "Europe/Berlin")
    assert audit.metadata["plan"] == {"added": 0, "moved": 1, "cancelled": 0}


@CHANNELS
async def test_the_nights_are_changed_in_russian_words(house: House, platform: Platform) -> None:
    admin = await hire(house, platform, language="ru")
    said = await admin.write("/hotel тихие часы=с 23 до 7:30, часовой пояс=europe/moscow")
    assert "Часовой пояс: Europe/Berlin → Europe/Moscow\nТихие часы: 22:00–08:00 → 23:00–07:30" in said.text
    assert "План не изменился." in said.text
    said = await admin.tap("Записать")
    assert "Часовой пояс: Europe/Moscow (сейчас там 15:00)\nТихие часы: 23:00–07:30" in said.text
    assert HotelTimes.of(await hotel_of(house)).to_json() == {
        "timezone": "Europe/Moscow",
        "quiet_from": "23:00",
        "quiet_until": "07:30",
    }


async def test_other_settings_stay_when_the_nights_are_changed(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.hotels.save_settings({"emergency_number": "110"})
    admin = await hire(house)
    await admin.write("/hotel quiet=off")
    assert "Quiet hours: none" in (await admin.tap("Write")).text
    assert (await hotel_of(house)).settings == {
        "emergency_number": "110",
        "quiet_from": "00:00:00",
        "quiet_until": "00:00:00",
    }


async def test_the_clock_and_the_nights_are_shown_when_nothing_else_is_said(house: House) -> None:
    said = await (await hire(house)).write("/hotel")
    assert said.text.startswith(
        "Hotel Adler\nTime zone: Europe/Berlin (it is 13:00 there now)\nQuiet hours: 22:00–08:00\n"
    )
    assert said.choices == ()


async def test_nothing_is_written_when_an_admin_leaves_it_or_presses_late(house: House) -> None:
    admin = await hire(house)
    await admin.write("/hotel zone=Asia/Tokyo")
    assert (await admin.tap("Leave")).text == "Left as it was. Nothing was written."
    assert (await admin.press("htl:write")).text.startswith("There is nothing to write any more.")
    assert (await hotel_of(house)).timezone == "Europe/Berlin"
    assert await audits_of(house) == []


async def test_nothing_is_asked_when_all_is_so_already(house: House) -> None:
    said = await (await hire(house)).write("/hotel zone=Europe/Berlin quiet=22-8")
    assert (said.text, said.choices) == ("That is so already.", ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("zone=Europe/Moskow", "I don't know a time zone “Europe/Moskow”. Write a name like Europe/Madrid. "
         "Did you mean “Europe/Moscow”?"),
        ("zone=Mosco", "Did you mean “Europe/Moscow”?"),
        ("zone=../etc/passwd", "I don't know a time zone"),
        ("zone=GMT+3", "I don't know a time zone “GMT+3”."),
        ("zone=localtime", "I don't know a time zone"),
        ("zone=", "What is missing is the value"),
        ("quiet=at night", "I can't read “at night” as quiet hours."),
        ("quiet=22:00-25:00", "I can't read “22:00-25:00” as quiet hours."),
        ("quite=22-8", "I don't know “quite”. There are zone=Europe/Madrid and quiet=22:00-8:00. "
         "Did you mean “quiet”?"),
        ("Europe/Madrid", "I don't know “Europe/Madrid”."),
    ],
)  # fmt: skip
async def test_a_mistake_is_named_when_there_is_one(house: House, text: str, words: str) -> None:
    said = await (await hire(house)).write(f"/hotel {text}")
    assert words in said.text
    assert said.choices == ()
    assert (await hotel_of(house)).timezone == "Europe/Berlin"


async def test_staff_and_groups_are_refused(house: House) -> None:
    waiter = await hire(house, role=UserRole.staff)
    assert (await waiter.write("/hotel zone=Asia/Tokyo")).text.startswith("Only the hotel's admins can do this.")
    said = await (await hire(house)).in_group().write("/hotel zone=Asia/Tokyo")
    assert said.text.startswith("Please write this to me in our own chat")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("quiet=21:30–6", {"quiet_from": "21:30", "quiet_until": "06:00"}),
        ("Quiet Hours = from 23 until 7", {"quiet_from": "23:00", "quiet_until": "07:00"}),
        ("тихо=нет", {"quiet_from": "00:00", "quiet_until": "00:00"}),
        ("zone=New York; quiet=off", {"timezone": "America/New_York", "quiet_from": "00:00", "quiet_until": "00:00"}),
        ("зона=\"Asia/Kolkata\"", {"timezone": "Asia/Kolkata"}),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, wanted: dict[str, Any]) -> None:
    times = parse_times(text, BERLIN)
    assert times is not None
    assert times.to_json() == BERLIN.to_json() | wanted


def test_a_field_that_was_never_heard_of_is_refused() -> None:
    with pytest.raises(RejectedField):
        parse_times("colour=red", BERLIN)


async def test_nothing_is_written_when_the_button_of_an_earlier_preview_is_pressed(house: House) -> None:
    admin = await hire(house)
    tokyo = (await admin.write("/hotel zone=Asia/Tokyo")).choices
    await admin.write("/hotel zone=America/New_York")
    for choice in tokyo:
        assert (await admin.press(choice.value)).text.startswith("There is nothing to write any more.")
    assert (await hotel_of(house)).timezone == "Europe/Berlin"
    await admin.tap("Write")
    assert (await hotel_of(house)).timezone == "America/New_York"
