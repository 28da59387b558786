"""A whole stay with the set of triggers that comes with Bellhop, played with the clock over both wires."""

from __future__ import annotations

from functools import partial

from bot.messages import Platform
from tests.flows.house import Scene, eventually
from tests.flows.played import bring_the_set, minute_of, move_to, told_so

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
        await bring_the_set(scene)
        anna.write("What is the wifi password?")
        ivan.write("Здравствуйте, какой пароль от wifi?")
        for guest in (anna, ivan):
            await scene.simulator.until(guest.said)
        for moment, words in STAY.items():
            move_to(scene, moment)
            for guest, beginning in zip((anna, ivan), words or (), strict=False):
                await scene.simulator.until(partial(told_so, guest, beginning))
    for language, guest in enumerate((anna, ivan)):
        expected = [(moment, words[language]) for moment, words in STAY.items() if words]
        heard = guest.said()[1:]
        assert [minute_of(message) for message in heard] == [moment for moment, _ in expected]
        for message, (_, beginning) in zip(heard, expected, strict=True):
            assert message.text.startswith(beginning)


async def test_a_guest_who_complained_is_asked_next_morning_and_for_no_review_when_the_set_is_used(
    scene: Scene,
) -> None:
    anna = scene.guest(Platform.telegram)
    async with scene.serving():
        await bring_the_set(scene)
        anna.write("The room is filthy and nobody answers")
        await scene.simulator.until(lambda: told_so(anna, "The manager on duty sees your message too"))
        for moment, words in (("2026-11-21 10:00", "Good morning"), ("2026-11-22 18:00", "Tomorrow is your day")):
            move_to(scene, moment)
            await scene.simulator.until(partial(told_so, anna, words))
        move_to(scene, "2026-11-24 12:00")
        await eventually(lambda: _decided(scene, "Thanks and review"))
    assert [message.text for message in told_so(anna, "Good morning")] == [
        "Good morning, Anna! You told us that something was not right. Is it better now? If not, answer here, "
        "and the manager calls you."
    ]
    assert not told_so(anna, "Thank you for staying")


async def _decided(scene: Scene, trigger: str) -> bool:
    query = """
        SELECT FROM trigger_firings f JOIN triggers t ON t.id = f.trigger_id
        WHERE t.name = $1 AND f.decided_at IS NOT NULL
    """
    return bool(await scene.rows(query, trigger))
