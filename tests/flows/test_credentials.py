"""Credentials that can't be opened: their account is out of order, staff are told, and the others go on."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import Platform
from tests.flows.house import HOTEL_PHONE, Scene, eventually

_DAMAGE = """
    UPDATE integrations SET credentials_encrypted = set_byte(
        credentials_encrypted, length(credentials_encrypted) - 1,
        get_byte(credentials_encrypted, length(credentials_encrypted) - 1) # 1
    )
    WHERE platform_id = 'whatsapp_green' RETURNING credentials_encrypted
"""


async def test_staff_hear_of_it_and_the_other_channel_answers_when_credentials_are_damaged(scene: Scene) -> None:
    anna, ivan = scene.guest(Platform.telegram), scene.guest(Platform.whatsapp_green)
    await scene.rows(_DAMAGE)
    async with scene.serving():
        await scene.simulator.until(lambda: any(f"{HOTEL_PHONE} is disconnected" in it for it in scene.alerts()))
        scene.clock.move(timedelta(hours=2, seconds=1))
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE purpose = 'trigger'"))
        anna.write("What is the wifi password?")
        await scene.simulator.until(anna.said)
    assert not ivan.said()
    (welcome,) = await scene.rows("SELECT state FROM outbox WHERE purpose = 'trigger'")
    assert welcome["state"] == "queued", "it waits until the credentials are entered anew"
