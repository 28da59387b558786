"""Somebody of the hotel answers a guest on the hotel's own WhatsApp phone, and the bot keeps out of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bot.messages import Platform
from bot.simulator.chats import ChatMessage
from tests.flows.house import GUEST_PHONE, Guest, Scene, eventually
from tests.flows.test_events import heard, wait_for

STRANGER = "+4915199999999"


def by_hand(scene: Scene, text: str, phone: str = GUEST_PHONE) -> ChatMessage:
    return scene.simulator.green.write_from_hotel_phone(scene.instance, phone, text)


def said(guest: Guest) -> list[str]:
    return [message.text for message in guest.said()]


async def everything_handled(scene: Scene) -> None:
    """Wait until nothing waits anywhere: neither at the provider, nor in a chat, nor to leave."""
    pending = scene.simulator.green.pending
    await scene.simulator.until(lambda: not pending(scene.instance))
    for table in ("inbox_events", "outbox"):
        query = f"SELECT FROM {table} HAVING count(*) FILTER (WHERE state IN ('queued', 'sending')) = 0"
        await eventually(partial(scene.rows, query))


async def test_bot_is_quiet_and_the_alert_is_taken_when_staff_answer_on_the_hotels_phone(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        guest.write("Is there a museum nearby?")
        (answer,) = await scene.simulator.until(guest.said)
        (alert,) = await scene.simulator.until(scene.alert_messages)
        assert "I'm on it" in [button.label for button in alert.buttons]
        by_hand(scene, "Yes, five minutes on foot.")
        await scene.simulator.until(lambda: scene.alert_messages()[0].edited_at)
        guest.write("And is there a zoo nearby?")
        await scene.simulator.until(lambda: len(scene.alerts()) == 2)
        await everything_handled(scene)
        assert said(guest) == [answer.text, "Yes, five minutes on foot."]
        guest.write("menu")
        await scene.simulator.until(lambda: len(guest.said()) == 3)
    taken, more = scene.alert_messages()
    assert "✓ Somebody on the hotel's phone" in taken.text
    assert "I'm on it" not in [button.label for button in taken.buttons]
    assert "zoo" in more.text
    kept = await scene.rows("SELECT role, content FROM messages ORDER BY created_at, id")
    assert [row["role"] for row in kept] == ["guest", "bot", "staff", "guest", "guest", "bot"]


@pytest.mark.parametrize("is_answered", [False, True])
async def test_guest_hears_that_they_are_not_forgotten_only_when_nobody_answered(
    scene: Scene, is_answered: bool
) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    await wait_for(scene, "You are not forgotten!", event="no_reply_for", minutes=15)
    async with scene.serving():
        guest.write("I want to talk to a person")
        await scene.simulator.until(scene.alert_messages)
        if is_answered:
            by_hand(scene, "Here I am.")
            await eventually(lambda: scene.rows("SELECT FROM trigger_firings WHERE reason = 'replied'"))
        scene.clock.move(timedelta(minutes=16))
        if not is_answered:
            await scene.simulator.until(lambda: heard(guest, "You are not forgotten!"))
        guest.write("What is the wifi password?")
        await scene.simulator.until(lambda: "sunny-terrace" in guest.said()[-1].text)
    assert len(heard(guest, "You are not forgotten!")) == (0 if is_answered else 1)


async def test_it_counts_once_when_the_provider_tells_twice(scene: Scene) -> None:
    guest, green = scene.guest(Platform.whatsapp_green), scene.simulator.green
    async with scene.serving():
        guest.write("Is there a museum nearby?")
        await scene.simulator.until(guest.said)
        by_hand(scene, "Yes, five minutes on foot.")
        told = next(one for one in green.pending(scene.instance) if one["typeWebhook"] == "outgoingMessageReceived")
        green.push(scene.instance, told)
        await everything_handled(scene)
    kept = await scene.rows("SELECT content FROM messages WHERE role = 'staff'")
    assert [row["content"] for row in kept] == ["Yes, five minutes on foot."]
    assert said(guest)[1:] == ["Yes, five minutes on foot."]


async def test_bot_goes_on_when_it_only_hears_of_what_it_said_itself(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        guest.write("Is there a museum nearby?")
        await scene.simulator.until(guest.said)
        await everything_handled(scene)
        guest.write("Is there a zoo nearby?")
        await scene.simulator.until(lambda: len(guest.said()) == 2)
    assert await scene.rows("SELECT FROM messages WHERE role = 'staff'") == []


async def test_nobody_is_known_when_staff_write_to_somebody_who_never_wrote(scene: Scene) -> None:
    guests = await scene.rows("SELECT FROM guests")
    async with scene.serving():
        by_hand(scene, "Mum, I'll be late", STRANGER)
        await everything_handled(scene)
        assert await scene.rows("SELECT FROM guests") == guests
        assert await scene.rows("SELECT FROM conversations") == []
        assert scene.alerts() == []
        scene.simulator.green.write(STRANGER, scene.instance, "Hello")
        chat = scene.simulator.green.chat
        await scene.simulator.until(lambda: len(chat(scene.instance, STRANGER).from_bot()) == 2)
