"""What a change makes of the plan, told as rows where an admin confirms it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages import Platform
from tests.factories import NOW
from tests.handlers.admins import Worker, hire
from tests.handlers.conversing import House

# The hotel's noon of the day after tomorrow is when the first of these guests comes; two hours later it is welcomed.
FIRST = "22 November 2026, 15:00: Guest 0, BK-0"


async def book(house: House, count: int) -> None:
    for number in range(count):
        arrival = NOW + timedelta(days=2 + number)
        await house.book(f"Guest {number}", f"BK-{number}", check_in=arrival, check_out=arrival + timedelta(days=2))


async def with_welcome(house: House, count: int, language: str = "en") -> Worker:
    """Let an admin have made a trigger that so many guests wait for."""
    await book(house, count)
    admin = await hire(house, language=language)
    await admin.write("/trigger new welcome: 2h after checkin: Hi")
    return admin


@pytest.mark.parametrize("platform", list(Platform))
async def test_the_first_rows_are_told_and_the_others_counted_when_a_trigger_is_new(
    house: House, platform: Platform
) -> None:
    await book(house, 5)
    said = await (await hire(house, platform)).write("/trigger new welcome: 2h after checkin: Hi")
    rows = ["22", "23", "24"]
    lines = [f"+ {day} November 2026, 15:00: Guest {number}, BK-{number}" for number, day in enumerate(rows)]
    assert "\n".join(["In the plan: 5 added, 0 moved, 0 cancelled.", *lines, "… and 2 more.\n"]) in said.text


async def test_what_is_moved_is_told_with_its_new_time_when_a_trigger_is_changed(house: House) -> None:
    admin = await with_welcome(house, 1)
    said = await admin.write("/trigger 1 edit 3h after checkin")
    assert "0 added, 1 moved, 0 cancelled.\n→ 22 November 2026, 16:00: Guest 0, BK-0\n" in said.text


@pytest.mark.parametrize("word", ["pause", "edit 2h after checkin, nights>=9"])
async def test_only_what_really_changes_is_told(house: House, word: str) -> None:
    admin = await with_welcome(house, 1)
    said = await admin.write(f"/trigger 1 {word}")
    is_cancelled = word == "pause"
    assert (f"0 added, 0 moved, 1 cancelled.\n− {FIRST}\n" in said.text) is is_cancelled
    assert ("The plan stays as it was.\n\n" in said.text) is not is_cancelled


async def test_what_will_be_cancelled_is_told_before_a_trigger_is_deleted(house: House) -> None:
    admin = await with_welcome(house, 4, language="ru")
    said = await admin.write("/trigger 1 delete")
    assert "Отменятся 4 запланированных сообщения.\n• 22 ноября 2026, 15:00: Guest 0, BK-0\n" in said.text
    assert said.text.endswith("… и ещё 1.")
    said = await admin.tap("Да, удалить")
    assert "отменено: 4.\n− 22 ноября 2026, 15:00: Guest 0, BK-0\n" in said.text
    assert "… и ещё 1." in said.text


async def test_all_is_told_together_when_everything_is_paused_and_resumed(house: House) -> None:
    admin = await with_welcome(house, 1)
    await admin.write("/trigger new bye: 2h before checkout: Bye")
    said = await admin.write("/triggers pause")
    assert said.text.endswith(f"− {FIRST}\n− 24 November 2026, 11:00: Guest 0, BK-0")
    assert f"+ {FIRST}" in (await admin.write("/triggers resume")).text


async def test_the_first_rows_are_told_before_and_after_a_set_is_written(house: House) -> None:
    await book(house, 1)
    admin = await hire(house)
    row = "+ 22 November 2026, 15:00: Guest 0, BK-0"
    said = await admin.write("/trigger import hotel")
    assert f"\n{row}\n" in said.text
    assert "\nNothing is written yet." in said.text
    said = await admin.tap("Write")
    assert row in said.text
    assert said.text.splitlines()[1].startswith("In the plan: ")


async def test_a_guest_of_another_hotel_is_never_in_a_row(house: House, other_house: House) -> None:
    await book(other_house, 2)
    said = await (await hire(house)).write("/trigger new welcome: 2h after checkin: Hi")
    assert "Guest" not in said.text
