"""Something happens in the hotel, and the guest hears of it: once, in their own chat."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.messages import Platform
from bot.security.signatures import hash_of, new_api_key
from models.enums import TriggerType
from tests.flows.house import ROOMS, Guest, Scene, eventually

BOTH = pytest.mark.parametrize("platform", list(Platform))


async def wait_for(scene: Scene, says: str, **conditions: Any) -> None:
    async with scene.unit() as uow:
        await uow.triggers.add(says, TriggerType.event_based, conditions, says)


def heard(guest: Guest, words: str) -> list[str]:
    return [message.text for message in guest.said() if message.text == words]


async def begin(scene: Scene, guest: Guest) -> None:
    """Let the guest have written, so that the hotel can write in the same chat."""
    guest.write("When is breakfast?")
    await scene.simulator.until(guest.said)


@BOTH
async def test_guest_hears_good_bye_once_when_an_admin_checks_them_out(scene: Scene, platform: Platform) -> None:
    guest, simulator = scene.guest(platform), scene.simulator
    await wait_for(scene, "Good bye!", event="checked_out")
    async with scene.serving():
        await begin(scene, guest)
        for _ in range(2):
            simulator.telegram.write(scene.maria, scene.bot, f"/stay BV-{ROOMS[platform]} status=checked_out")
        await simulator.until(lambda: heard(guest, "Good bye!"))
        await simulator.until(lambda: len(simulator.telegram.chat(scene.bot, scene.maria).from_bot()) == 2)
        guest.write("What is the wifi password?")
        await simulator.until(lambda: "sunny-terrace" in guest.said()[-1].text)
    assert heard(guest, "Good bye!") == ["Good bye!"]


@BOTH
async def test_guest_hears_once_that_the_spa_is_ready_when_it_tells_twice(scene: Scene, platform: Platform) -> None:
    guest, key = scene.guest(platform), new_api_key()
    await wait_for(scene, "The spa is ready!", event="external", name="spa_ready")
    async with scene.unit() as uow:
        await uow.api_keys.add("spa", hash_of(key), scene.clock.now())
        slug = (await uow.hotels.get()).slug
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api/v1/hotels/{slug}/events"
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "event-1"}
    body = {"name": "spa_ready", "booking": f"BV-{ROOMS[platform]}"}
    async with scene.serving(BELLHOP_PORT=str(port)), aiohttp.ClientSession(headers=headers) as session:
        await begin(scene, guest)
        for is_repeated in (False, True):
            async with session.post(url, json=body) as answer:
                assert (answer.status, (await answer.json())["repeated"]) == (202, is_repeated)
        await scene.simulator.until(lambda: heard(guest, "The spa is ready!"))
        guest.write("What is the wifi password?")
        await scene.simulator.until(lambda: "sunny-terrace" in guest.said()[-1].text)
    assert heard(guest, "The spa is ready!") == ["The spa is ready!"]


@pytest.mark.parametrize("is_taken", [False, True])
async def test_guest_hears_that_they_are_not_forgotten_only_when_nobody_took_care(
    scene: Scene, is_taken: bool
) -> None:
    guest, telegram = scene.guest(Platform.telegram), scene.simulator.telegram
    await wait_for(scene, "You are not forgotten!", event="no_reply_for", minutes=15)
    async with scene.serving():
        guest.write("I want to talk to a person")
        (alert,) = await scene.simulator.until(scene.alert_messages)
        if is_taken:
            telegram.press(scene.olga, alert, "I'm on it")
            await eventually(lambda: scene.rows("SELECT FROM trigger_firings WHERE reason = 'replied'"))
        scene.clock.move(timedelta(minutes=16))
        if not is_taken:
            await scene.simulator.until(lambda: heard(guest, "You are not forgotten!"))
        guest.write("What is the wifi password?")
        await scene.simulator.until(lambda: "sunny-terrace" in guest.said()[-1].text)
    assert len(heard(guest, "You are not forgotten!")) == (0 if is_taken else 1)
