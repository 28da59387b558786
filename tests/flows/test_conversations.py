"""A guest writes, and gets what the hotel has to say; people of the hotel hear of what needs them."""

from __future__ import annotations

import time

import pytest

from bot.messages import Platform
from tests.flows.house import Scene, eventually

BOTH = pytest.mark.parametrize("platform", list(Platform))


async def test_guest_gets_the_password_in_russian_when_asking_by_whatsapp(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        guest.write("Здравствуйте, какой пароль от wifi?")
        (reply, *_) = await scene.simulator.until(guest.said)
    assert "Это sunny-terrace." in reply.text


@BOTH
async def test_staff_see_a_complaint_within_a_second_when_a_guest_is_unhappy(
    scene: Scene, platform: Platform
) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write("When is breakfast?")
        await scene.simulator.until(guest.said)
        written_at = time.monotonic()
        guest.write("The room is filthy and nobody answers")
        (alert,) = await scene.simulator.until(scene.alert_messages)
        took = time.monotonic() - written_at
        scene.simulator.telegram.press(scene.olga, alert, "I'm on it")
        await scene.simulator.until(lambda: scene.alert_messages()[0].edited_at)
        await eventually(lambda: scene.rows("SELECT FROM staff_notifications WHERE status = 'acknowledged'"))
    assert took < 1
    assert "filthy" in alert.text
    (changed,) = scene.alert_messages()
    assert "Olga" in changed.text
    assert not changed.buttons
