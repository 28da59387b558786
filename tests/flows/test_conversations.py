"""A guest writes, and gets what the hotel has to say; people of the hotel hear of what needs them."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from bot.messages import Platform
from bot.simulator.faults import Fault
from tests.bot.nlu.guests import POLITE, SMOKE
from tests.flows.house import ROOMS, Guest, Scene, eventually

BOTH = pytest.mark.parametrize("platform", list(Platform))


async def test_guest_gets_the_password_in_russian_when_asking_by_whatsapp(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        guest.write("Здравствуйте, какой пароль от wifi?")
        (reply, *_) = await scene.simulator.until(guest.said)
    assert "Это sunny-terrace." in reply.text


@BOTH
async def test_staff_see_a_complaint_and_take_it_when_a_guest_is_unhappy(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write("When is breakfast?")
        await scene.simulator.until(guest.said)
        guest.write("The room is filthy and nobody answers")
        (alert,) = await scene.simulator.until(scene.alert_messages)
        scene.simulator.telegram.press(scene.olga, alert, "I'm on it")
        await scene.simulator.until(lambda: scene.alert_messages()[0].edited_at)
        await eventually(lambda: scene.rows("SELECT FROM staff_notifications WHERE status = 'acknowledged'"))
    assert "filthy" in alert.text
    (changed,) = scene.alert_messages()
    assert "Olga" in changed.text
    assert "I'm on it" not in [button.label for button in changed.buttons]


@BOTH
async def test_guest_is_welcomed_once_when_two_hours_have_passed_since_check_in(
    scene: Scene, platform: Platform
) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write("When is breakfast?")
        await scene.simulator.until(guest.said)
        scene.clock.move(timedelta(hours=2, seconds=1))
        await scene.simulator.until(lambda: _welcomes(guest))
        scene.clock.move(timedelta(minutes=10))
        guest.write("What is the wifi password?")
        await scene.simulator.until(lambda: "sunny-terrace" in guest.said()[-1].text)
    assert _welcomes(guest) == [f"Welcome to room {ROOMS[platform]}!"]


@BOTH
async def test_guest_gets_no_automatic_message_when_they_opted_out(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write("STOP")
        await scene.simulator.until(guest.said)
        scene.clock.move(timedelta(hours=2, seconds=1))
        firing = await eventually(lambda: _decided(scene, ROOMS[platform]))
        guest.write("What is the wifi password?")
        await scene.simulator.until(lambda: "sunny-terrace" in guest.said()[-1].text)
    assert [tuple(row) for row in firing] == [("skipped", "opted_out")]
    assert not _welcomes(guest)


@pytest.mark.parametrize("language", SMOKE)
async def test_staff_hear_of_smoke_and_not_of_kind_questions_when_a_guest_writes_in_their_language(
    scene: Scene, language: str
) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        guest.write(SMOKE[language])
        (alert,) = await scene.simulator.until(scene.alerts)
        assert "🔴" in alert
        assert SMOKE[language] in alert
        questions = POLITE[language].strip().splitlines()
        for question in questions:
            guest.write(question)
        heard = "SELECT FROM messages WHERE message_type = 'incoming' HAVING count(*) > $1"
        await eventually(lambda: scene.rows(heard, len(questions)))
    raised = await scene.rows("SELECT severity FROM staff_notifications")
    assert [row["severity"] for row in raised].count("critical") == 1, raised
    judged = await scene.rows("SELECT sentiment_type, intent FROM messages WHERE content = $1", SMOKE[language])
    assert [tuple(row) for row in judged] == [("requires_attention", "emergency")]


async def test_alerts_go_to_the_new_group_when_the_staff_group_became_a_supergroup(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    moved = scene.simulator.telegram.migrate(scene.group)
    # Nothing is heard from Telegram, so that only the refused alert can tell where the group went.
    scene.simulator.telegram.faults.program(Fault.answer(502), method="getUpdates", times=None)
    async with scene.serving():
        guest.write("The room is filthy and nobody answers")
        (alert,) = await scene.simulator.until(lambda: scene.simulator.telegram.chat(scene.bot, moved).from_bot())
        guest.write("It is cold here and I am very disappointed")
        await scene.simulator.until(lambda: len(scene.simulator.telegram.chat(scene.bot, moved).from_bot()) == 2)
    assert "filthy" in alert.text


async def test_three_alerts_arrive_at_once_when_three_things_go_wrong_together(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        guest.write("When is breakfast?")
        await scene.simulator.until(guest.said)
        for number in range(3):
            guest.write(f"The room is filthy and nobody answers ({number})")
        await scene.simulator.until(lambda: len(scene.alerts()) == 3, within=5)
    assert [alert.count("filthy") >= 1 for alert in scene.alerts()] == [True] * 3


def _welcomes(guest: Guest) -> list[str]:
    return [message.text for message in guest.said() if message.text.startswith("Welcome to room")]


async def _decided(scene: Scene, room: str) -> list[asyncpg.Record]:
    return await scene.rows(
        "SELECT f.status, f.reason FROM trigger_firings f JOIN stays s ON s.id = f.stay_id"
        " WHERE s.room_number = $1 AND f.decided_at IS NOT NULL",
        room,
    )
