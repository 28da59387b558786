"""A hotel whose stays are played with the clock, with the set of triggers that comes with Bellhop."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.simulator.chats import ChatMessage
from tests.flows.house import Guest, Scene, eventually

BERLIN = ZoneInfo("Europe/Berlin")


async def bring_the_set(scene: Scene) -> None:
    """Let an admin import it in place of what the hotel had."""
    telegram = scene.simulator.telegram
    telegram.write(scene.maria, scene.bot, "/trigger import hotel replace")

    def said() -> list[ChatMessage]:
        return telegram.chat(scene.bot, scene.maria).from_bot()

    asked = await scene.simulator.until(lambda: [message for message in said() if message.buttons])
    telegram.press(scene.maria, asked[0], "Write")
    await scene.simulator.until(lambda: [message for message in said() if message.text.startswith("Written")])


async def settled(scene: Scene) -> None:
    """Wait until everything that is due is decided."""
    query = "SELECT FROM trigger_firings WHERE status IN ('scheduled', 'postponed') AND due_at <= $1"

    async def is_settled() -> bool:
        return not await scene.rows(query, scene.clock.now())

    await eventually(is_settled)


async def planned(scene: Scene, booking: str) -> list[str]:
    """Return what is planned for a stay, each as month, day, minute and trigger."""
    query = """
        SELECT triggers.name, firing.due_at FROM trigger_firings AS firing
        JOIN triggers ON triggers.id = firing.trigger_id JOIN stays ON stays.id = firing.stay_id
        WHERE stays.external_id = $1 AND firing.status IN ('scheduled', 'postponed') ORDER BY firing.due_at
    """
    return [f"{due_at.astimezone(BERLIN):%m-%d %H:%M} {name}" for name, due_at in await scene.rows(query, booking)]


def move_to(scene: Scene, moment: str) -> None:
    """Move the clock a second past a minute of the hotel."""
    at = datetime.fromisoformat(f"{moment}:01").replace(tzinfo=BERLIN)
    scene.clock.move(at - scene.clock.now())


def minute_of(message: ChatMessage) -> str:
    return f"{message.at.astimezone(BERLIN):%Y-%m-%d %H:%M}"


def told_so(guest: Guest, words: str) -> list[ChatMessage]:
    return [message for message in guest.said() if message.text.startswith(words)]
