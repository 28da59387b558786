"""A whole stay with the set of triggers that comes with Bellhop, played with the clock over both wires."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.messages import Platform
from bot.simulator.chats import ChatMessage
from tests.flows.house import Guest, Scene, eventually

BERLIN = ZoneInfo("Europe/Berlin")
# Guests came at noon of a Friday, 13:00 in Berlin, for three nights.
STAY = {
    "2026-11-20 15:00": ("Welcome to Hotel Bellevue", "Добро пожаловать в Hotel Bellevue"),
    "2026-11-21 03:00": None,
    "2026-11-21 11:00": ("Good morning", "Доброе утро"),
    "2026-11-22 18:00": ("Tomorrow is your day of departure", "Завтра день вашего отъезда"),
    "2026-11-23 03:00": None,
    "2026-11-24 12:00": ("Thank you for staying with us", "Спасибо, что остановились у нас"),
}


async def test_guests_hear_each_message_of_the_set_once_at_its_minute_when_they_stay(scene: Scene) -> None:
    anna, ivan = scene.guest(Platform.telegram), scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        await _bring_the_set(scene)
        anna.write("What is the wifi password?")
        ivan.write("Здравствуйте, какой пароль от wifi?")
        for guest in (anna, ivan):
            await scene.simulator.until(guest.said)
        for moment, words in STAY.items():
            _move_to(scene, moment)
            for guest, beginning in zip((anna, ivan), words or (), strict=False):
                await scene.simulator.until(partial(_told, guest, beginning))
    for language, guest in enumerate((anna, ivan)):
        expected = [(moment, words[language]) for moment, words in STAY.items() if words]
        heard = guest.said()[1:]
        assert [_minute(message) for message in heard] == [moment for moment, _ in expected]
        for message, (_, beginning) in zip(heard, expected, strict=True):
            assert message.text.startswith(beginning)


async def test_a_guest_who_complained_is_asked_next_morning_and_for_no_review_when_the_set_is_used(
    scene: Scene,
) -> None:
    anna = scene.guest(Platform.telegram)
    async with scene.serving():
        await _bring_the_set(scene)
        anna.write("The room is filthy and nobody answers")
        await scene.simulator.until(lambda: _told(anna, "The manager on duty sees your message too"))
        for moment, words in (("2026-11-21 10:00", "Good morning"), ("2026-11-22 18:00", "Tomorrow is your day")):
            _move_to(scene, moment)
            await scene.simulator.until(partial(_told, anna, words))
        _move_to(scene, "2026-11-24 12:00")
        await eventually(lambda: _decided(scene, "Thanks and review"))
    assert [message.text for message in _told(anna, "Good morning")] == [
        "Good morning, Anna! You told us that something was not right. Is it better now? If not, answer here, "
        "and the manager calls you."
    ]
    assert not _told(anna, "Thank you for staying")


async def _bring_the_set(scene: Scene) -> None:
    """Let an admin import it in place of what the hotel had."""
    telegram = scene.simulator.telegram
    telegram.write(scene.maria, scene.bot, "/trigger import hotel replace")

    def asked() -> Iterator[ChatMessage]:
        return (each for each in telegram.chat(scene.bot, scene.maria).from_bot() if each.buttons)

    await scene.simulator.until(lambda: list(asked()))
    telegram.press(scene.maria, next(asked()), "Write")
    await eventually(lambda: scene.rows("SELECT FROM triggers WHERE name = 'Welcome' AND deleted_at IS NULL"))


def _move_to(scene: Scene, moment: str) -> None:
    """Move the clock a second past a minute of the hotel."""
    at = datetime.fromisoformat(f"{moment}:01").replace(tzinfo=BERLIN)
    scene.clock.move(at - scene.clock.now())


def _minute(message: ChatMessage) -> str:
    return f"{message.at.astimezone(BERLIN):%Y-%m-%d %H:%M}"


def _told(guest: Guest, words: str) -> list[ChatMessage]:
    return [message for message in guest.said() if message.text.startswith(words)]


async def _decided(scene: Scene, trigger: str) -> bool:
    query = """
        SELECT FROM trigger_firings f JOIN triggers t ON t.id = f.trigger_id
        WHERE t.name = $1 AND f.decided_at IS NOT NULL
    """
    return bool(await scene.rows(query, trigger))
