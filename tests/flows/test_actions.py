"""A trigger does more than speak: staff read it in their group, and the guest's tags make other triggers speak."""

from __future__ import annotations

import pytest

from bot.messages import Platform
from models.enums import TriggerType
from tests.flows.house import ROOMS, Scene, eventually
from tests.flows.test_events import begin, heard

BOTH = pytest.mark.parametrize("platform", list(Platform))
BYE = """/trigger new bye: event=checked_out: Good bye!
+ tell staff urgent: Room {{ stay.room_number }} is free
+ request housekeeping: Clean {{ stay.room_number }}
+ tag left
"""


def admin_writes(scene: Scene, text: str) -> None:
    scene.simulator.telegram.write(scene.maria, scene.bot, text)


async def make(scene: Scene) -> None:
    """Let Maria make the trigger in one message."""
    telegram = scene.simulator.telegram
    telegram.write(scene.maria, scene.bot, BYE)
    await scene.simulator.until(
        lambda: any("saved and running" in one.text for one in telegram.chat(scene.bot, scene.maria).from_bot())
    )


def told(scene: Scene, words: str) -> list[str]:
    return [alert for alert in scene.alerts() if words in alert]


@BOTH
async def test_staff_hear_once_and_a_tag_makes_another_trigger_speak(scene: Scene, platform: Platform) -> None:
    guest, simulator, room = scene.guest(platform), scene.simulator, ROOMS[platform]
    async with scene.unit() as uow:
        await uow.triggers.add("back", TriggerType.condition_based, {"guest.tags": "left"}, "Come back soon!")
    async with scene.serving():
        await begin(scene, guest)
        await make(scene)
        for _ in range(2):
            admin_writes(scene, f"/stay BV-{room} status=checked_out")
        await simulator.until(lambda: heard(guest, "Good bye!") and heard(guest, "Come back soon!"))
        await simulator.until(lambda: told(scene, f"Room {room} is free") and told(scene, f"Clean {room}"))
    assert (heard(guest, "Good bye!"), heard(guest, "Come back soon!")) == (["Good bye!"], ["Come back soon!"])
    (urgent,) = told(scene, f"Room {room} is free")
    assert urgent.startswith(f"🔴 Urgent · room {room} · ")
    (request,) = told(scene, f"Clean {room}")
    assert request.startswith(f"🛎 Request · room {room} · ")
    rows = await scene.rows("SELECT kind, department, description FROM service_requests")
    assert [tuple(row) for row in rows] == [("request", "housekeeping", f"Clean {room}")]


@BOTH
async def test_staff_hear_what_a_guest_who_opted_out_does_not(scene: Scene, platform: Platform) -> None:
    guest, simulator, room = scene.guest(platform), scene.simulator, ROOMS[platform]
    async with scene.serving():
        await begin(scene, guest)
        guest.write("STOP")
        await eventually(lambda: scene.rows("SELECT FROM consents WHERE state = 'withdrawn'"))
        await make(scene)
        admin_writes(scene, f"/stay BV-{room} status=checked_out")
        await simulator.until(lambda: told(scene, f"Room {room} is free"))
        await eventually(lambda: scene.rows("SELECT FROM trigger_firings WHERE reason = 'opted_out'"))
    assert heard(guest, "Good bye!") == []
    assert len(told(scene, f"Room {room} is free")) == 1
    (row,) = await scene.rows("SELECT tags FROM guests WHERE tags <> '{}'")
    assert row["tags"] == ["left"]
