"""Staff put a judgement right below the alert; it is kept, shown, and written out for the training."""

from __future__ import annotations

import pytest

from bot.messages import Platform
from bot.simulator.chats import ChatMessage
from tests.flows.house import Scene, eventually

BOTH = pytest.mark.parametrize("platform", list(Platform))


@BOTH
async def test_everybody_sees_and_keeps_what_staff_put_right(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write("The room is filthy and nobody answers")
        await scene.simulator.until(scene.alerts)
        for label in ("✎ Put right", "It is about…", "Something broken"):
            await _tap(scene, label)
        for label in ("✎ Put right", "🟠 Unhappy, not urgent", "I'm on it"):
            await _tap(scene, label)
        await scene.simulator.until(lambda: "✓ Olga" in _alert(scene).text)
    shown = _alert(scene)
    assert "Because of: filthy and nobody answers (" in shown.text
    assert shown.text.splitlines()[-1].endswith("🟠 Unhappy, not urgent, Something broken")
    assert [button.label for button in shown.buttons] == ["Done: let the bot answer", "✎ Put right"]
    (kept,) = await scene.rows(
        "SELECT sentiment_type, intent, name FROM message_corrections JOIN users ON users.id = corrected_by"
    )
    assert tuple(kept) == ("negative", "maintenance", "Olga")
    (judged,) = await scene.rows("SELECT sentiment_type FROM messages WHERE role = 'guest'")
    assert judged["sentiment_type"] == "requires_attention", "what the model said stays"
    trail = await scene.rows("SELECT FROM dashboard.audits WHERE action = 'message.correct'")
    assert len(trail) == 2


@BOTH
async def test_nothing_changes_when_the_same_is_tapped_twice(scene: Scene, platform: Platform) -> None:
    async with scene.serving():
        scene.guest(platform).write("The room is filthy and nobody answers")
        await scene.simulator.until(scene.alerts)
        await _tap(scene, "✎ Put right")
        await _tap(scene, "⚪ Not urgent")
        await _tap(scene, "✎ Put right")
        await _tap(scene, "✓ ⚪ Not urgent")
        await eventually(lambda: scene.rows("SELECT FROM dashboard.audits OFFSET 1"))
    assert len(await scene.rows("SELECT FROM message_corrections WHERE sentiment_type = 'neutral'")) == 1


def _alert(scene: Scene) -> ChatMessage:
    (message,) = scene.alert_messages()
    return message


async def _tap(scene: Scene, label: str) -> None:
    """Let Olga press a button of the alert, once it is there."""

    def offered() -> list[ChatMessage]:
        return [one for one in scene.alert_messages() if any(button.label == label for button in one.buttons)]

    (message,) = await scene.simulator.until(offered)
    scene.simulator.telegram.press(scene.olga, message, label)
