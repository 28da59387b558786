"""Stays that are moved, called off and booked again while they are played, over both wires: what admins are told of
the plan, what stands in it, and what guests hear."""

from __future__ import annotations

from datetime import date, time
from functools import partial

import pytest

from bot.app import House
from bot.integrations.cells import HouseTimes
from bot.integrations.stays_csv import read_stays
from bot.messages import Platform
from tests.flows.admins import Admin
from tests.flows.house import Guest, Scene
from tests.flows.played import BERLIN, bring_the_set, minute_of, move_to, planned, settled, told_so
from triggers.planning import PlanDiff
from triggers.stays import Saved, import_stays

ADMINS = pytest.mark.parametrize(
    ("platform", "language"), [(Platform.telegram, "en"), (Platform.whatsapp_green, "ru")]
)
PLAN = {
    "en": "In the plan: {} added, {} moved, {} cancelled.",
    "ru": "В плане добавлено: {}, перенесено: {}, отменено: {}.",
}
AS_IT_WAS = {"en": "The plan stays as it was.", "ru": "План не изменился."}
WORDS = {
    "en": {"arrival": "arrival", "departure": "departure", "status": "status"},
    "ru": {"arrival": "заезд", "departure": "выезд", "status": "статус"},
}
WRITE = {"en": "Write", "ru": "Записать"}
# Anna speaks English, Ivan Russian.
HELLO, WELCOME, MORNING, LEAVING, THANKS = (
    ("Hello, Anna", "Здравствуйте, Ivan"),
    ("Welcome to Hotel Bellevue", "Добро пожаловать в Hotel Bellevue"),
    ("Good morning", "Доброе утро"),
    ("Tomorrow is your day of departure", "Завтра день вашего отъезда"),
    ("Thank you for staying with us", "Спасибо, что остановились у нас"),
)
ANNA, IVAN = "BV-501", "BV-214"


@ADMINS
async def test_guests_hear_what_is_right_for_the_stay_when_an_admin_changes_it_again_and_again(
    scene: Scene, platform: Platform, language: str
) -> None:
    admin, anna, ivan = Admin(scene, platform, language), *_guests(scene)

    async def changes(booking: str, diff: tuple[int, int, int] | None, **fields: str) -> None:
        told = " ".join(f"{WORDS[language][name]}={value}" for name, value in fields.items())
        said = (await admin.answered(f"/stay {booking} {told}")).text
        assert (PLAN[language].format(*diff) if diff else AS_IT_WAS[language]) in said

    async def hears(guest: Guest, moment: str, words: tuple[str, str]) -> None:
        await _hears(scene, guest, moment, words)

    async with scene.serving():
        await _open(scene, anna, ivan)
        await admin.hire()
        # Ivan leaves a day earlier; Anna's stay is called off, and booked again for the week after.
        await changes(IVAN, (0, 3, 1), departure="2026-11-22 12:00")
        assert await planned(scene, IVAN) == [
            "11-20 15:00 Welcome",
            "11-21 10:00 Is it better now?",
            "11-21 11:00 How is everything?",
            "11-21 18:00 Before check-out",
            "11-22 10:00 Is it better now?",
            "11-23 12:00 Thanks and review",
            "02-20 12:00 Come back",
        ]
        await changes(ANNA, (0, 0, 8), status="cancelled")
        assert await planned(scene, ANNA) == []
        await changes(ANNA, (9, 0, 0), status="confirmed", arrival="2026-11-23 21:30", departure="2026-11-26 12:00")
        assert await planned(scene, ANNA) == [
            "11-21 12:00 Before arrival",
            "11-23 23:30 Welcome",
            "11-24 10:00 Is it better now?",
            "11-24 11:00 How is everything?",
            "11-25 10:00 Is it better now?",
            "11-25 18:00 Before check-out",
            "11-26 10:00 Is it better now?",
            "11-27 12:00 Thanks and review",
            "02-24 12:00 Come back",
        ]
        await hears(ivan, "2026-11-20 15:00", WELCOME)
        move_to(scene, "2026-11-21 03:00")
        await hears(ivan, "2026-11-21 11:00", MORNING)
        await hears(anna, "2026-11-21 12:00", HELLO)
        await hears(ivan, "2026-11-21 18:00", LEAVING)
        await hears(ivan, "2026-11-23 12:00", THANKS)
        # Anna comes late, so that her welcome waits for the morning, and stays a day longer.
        move_to(scene, "2026-11-23 21:30")
        await changes(ANNA, (0, 1, 0), status="checked_in")
        for night in ("2026-11-23 23:31", "2026-11-24 03:00"):
            move_to(scene, night)
            await settled(scene)
        await hears(anna, "2026-11-24 08:00", WELCOME)
        await hears(anna, "2026-11-24 11:00", MORNING)
        move_to(scene, "2026-11-25 12:00")
        await settled(scene)
        await changes(ANNA, (1, 3, 0), departure="2026-11-27 12:00")
        await hears(anna, "2026-11-26 18:00", LEAVING)
        move_to(scene, "2026-11-27 11:00")
        await settled(scene)
        await changes(ANNA, None, status="checked_out")
        await hears(anna, "2026-11-28 12:00", THANKS)
    assert _minutes(anna) == [
        "2026-11-21 12:00",
        "2026-11-24 08:00",
        "2026-11-24 11:00",
        "2026-11-26 18:00",
        "2026-11-28 12:00",
    ]
    assert _minutes(ivan) == ["2026-11-20 15:00", "2026-11-21 11:00", "2026-11-21 18:00", "2026-11-23 12:00"]


async def test_guests_hear_what_is_right_for_the_stay_when_files_change_it_again_and_again(scene: Scene) -> None:
    anna, ivan = _guests(scene)
    async with scene.serving() as house:
        await house.database.claims.ensure_partitions(date(2027, 3, 1), date(2027, 3, 31))
        await _open(scene, anna, ivan)
        saved = await _imports(
            scene,
            house,
            f"{ANNA},Anna,2026-11-20 13:00,2026-11-22 12:00,checked_in",
            f"{IVAN},Ivan,2026-11-20 13:00,2026-11-23 13:00,cancelled",
        )
        assert (saved.changed, saved.plan) == (2, PlanDiff(moved=3, cancelled=9))
        assert await planned(scene, IVAN) == []
        # Booked again for the week-end on which the clocks go forward.
        booked = f"{IVAN},Ivan,2027-03-27 15:00,2027-03-29 12:00"
        assert (await _imports(scene, house, f"{booked},confirmed")).plan == PlanDiff(added=6)
        assert await planned(scene, IVAN) == [
            "03-25 12:00 Before arrival",
            "03-27 17:00 Welcome",
            "03-28 11:00 How is everything?",
            "03-28 18:00 Before check-out",
            "03-30 12:00 Thanks and review",
            "06-27 12:00 Come back",
        ]
        assert await _imports(scene, house, f"{booked},confirmed") == Saved(unchanged=1)
        await _hears(scene, anna, "2026-11-20 15:00", WELCOME)
        move_to(scene, "2026-11-21 03:00")
        await _hears(scene, anna, "2026-11-21 11:00", MORNING)
        await _hears(scene, anna, "2026-11-21 18:00", LEAVING)
        await _hears(scene, anna, "2026-11-23 12:00", THANKS)
        await _hears(scene, ivan, "2027-03-25 12:00", HELLO)
        await _hears(scene, ivan, "2027-03-27 17:00", WELCOME)
        # The mornings in house are near enough to be planned now.
        assert (await _imports(scene, house, f"{booked},checked_in")).plan == PlanDiff(added=2)
        move_to(scene, "2027-03-28 03:30")
        await _hears(scene, ivan, "2027-03-28 11:00", MORNING)
        await _hears(scene, ivan, "2027-03-28 18:00", LEAVING)
        await _hears(scene, ivan, "2027-03-30 12:00", THANKS)
    assert _minutes(anna) == ["2026-11-20 15:00", "2026-11-21 11:00", "2026-11-21 18:00", "2026-11-23 12:00"]
    assert _minutes(ivan) == [
        "2027-03-25 12:00",
        "2027-03-27 17:00",
        "2027-03-28 11:00",
        "2027-03-28 18:00",
        "2027-03-30 12:00",
    ]


@ADMINS
async def test_guests_hear_by_the_new_clock_when_an_admin_corrects_the_hotels_zone(
    scene: Scene, platform: Platform, language: str
) -> None:
    """It is 21:00 in Tokyo at check-in, so the welcome waits for the morning there: midnight in Berlin."""
    admin, anna, ivan = Admin(scene, platform, language), *_guests(scene)
    async with scene.serving():
        await _open(scene, anna, ivan)
        await admin.hire()
        preview = await admin.answered("/hotel zone=asia/tokyo")
        assert "Europe/Berlin → Asia/Tokyo" in preview.text
        assert PLAN[language].format(0, 14, 0) in preview.text
        assert "11-21 11:00 How is everything?" in await planned(scene, ANNA)
        admin.press(preview, WRITE[language])
        await admin.hears(lambda message: PLAN[language].format(0, 14, 0) in message.text and not message.buttons)
        assert "11-21 03:00 How is everything?" in await planned(scene, ANNA)
        move_to(scene, "2026-11-20 15:01")
        await settled(scene)
        for moment, words in (("2026-11-21 00:00", WELCOME), ("2026-11-21 03:00", MORNING)):
            for guest in (anna, ivan):
                await _hears(scene, guest, moment, words)
    for guest in (anna, ivan):
        assert _minutes(guest) == ["2026-11-21 00:00", "2026-11-21 03:00"]


def _guests(scene: Scene) -> tuple[Guest, Guest]:
    return scene.guest(Platform.telegram), scene.guest(Platform.whatsapp_green)


async def _open(scene: Scene, anna: Guest, ivan: Guest) -> None:
    """Let the hotel have its set of triggers, and both guests have written, each in their language."""
    await bring_the_set(scene)
    anna.write("What is the wifi password?")
    ivan.write("Здравствуйте, какой пароль от wifi?")
    for guest in (anna, ivan):
        await scene.simulator.until(guest.said)


async def _hears(scene: Scene, guest: Guest, moment: str, words: tuple[str, str]) -> None:
    """Move the clock, and wait until the guest hears this; nothing else is left to be decided then."""
    move_to(scene, moment)
    await scene.simulator.until(partial(told_so, guest, words[guest.platform is Platform.whatsapp_green]))
    await settled(scene)


def _minutes(guest: Guest) -> list[str]:
    """Return when the guest heard anything after the first answer."""
    return [minute_of(message) for message in guest.said()[1:]]


async def _imports(scene: Scene, house: House, *lines: str) -> Saved:
    """Import a table of stays, as the operator's command does."""
    table = "\n".join(
        ("external_id,guest_name,check_in,check_out,booking_status,source", *(f"{line},flows" for line in lines))
    )
    rows = read_stays(table.encode(), HouseTimes(BERLIN, time(15), time(12)), None)
    return await import_stays(house.database, scene.hotel_id, rows, house.engine, lambda done: None, "import")
