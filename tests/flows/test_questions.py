"""A guest asks: the hotel's own answer, the likely ones to choose from, or a person; never an invention."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages import Platform
from bot.simulator.chats import ChatMessage
from bot.storage.repositories.questions import REMEMBER
from tests.flows.house import Scene, eventually

BOTH = pytest.mark.parametrize("platform", list(Platform))
# By language: a question that is answered and what the answer tells, one that is nearly answered with the one that is
# offered and the button for none, one that is not answered; what is said then, and the answer that an admin writes.
TALKS = {
    "en": (
        ("What's the wifi password?", "It is sunny-terrace.", "our answer to: What is the wifi password?"),
        ("Is breakfast free?", "When is breakfast?", "It is from 7:00 to 10:30."),
        ("Is there a playground?", "I won't guess", "Behind the house."),
    ),
    "ru": (
        ("Подскажите пароль от вайфая?", "Это sunny-terrace.", "наш ответ на вопрос: Какой пароль от wifi?"),
        ("Завтрак бесплатный?", "Во сколько завтрак?", "Это from 7:00 to 10:30."),
        ("Есть ли у вас детская площадка?", "гадать я не буду", "За домом."),
    ),
}


@BOTH
@pytest.mark.parametrize("language", TALKS)
async def test_guest_is_answered_offered_or_passed_on_when_the_hotel_knows_knows_nearly_or_does_not(
    scene: Scene, platform: Platform, language: str
) -> None:
    (known, told, source), (near, label, chosen), (unknown, admitted, _) = TALKS[language]
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write(known)
        (answer,) = await scene.simulator.until(guest.said)
        guest.write(near)
        await scene.simulator.until(lambda: len(guest.said()) == 2)
        guest.press(label)
        await scene.simulator.until(lambda: chosen in guest.said()[-1].text)
        assert scene.alerts() == []
        guest.write(unknown)
        (alert,) = await scene.simulator.until(scene.alerts)
        await scene.simulator.until(lambda: admitted in guest.said()[-1].text)
    assert answer.text.startswith(told)
    assert source in answer.text
    assert unknown in alert
    collected = await scene.rows("SELECT content, language FROM unanswered_questions")
    assert [tuple(row) for row in collected] == [(unknown, language)]


@BOTH
@pytest.mark.parametrize("language", TALKS)
async def test_the_next_guest_is_answered_when_an_admin_wrote_the_answer_with_a_tap(
    scene: Scene, platform: Platform, language: str
) -> None:
    unknown, admitted, written = TALKS[language][-1]
    guest, other = scene.guest(platform), scene.guest(_other(platform))
    async with scene.serving():
        guest.write(unknown)
        await scene.simulator.until(lambda: any(admitted in one.text for one in guest.said()))
        _tell(scene, "/questions")
        await _tap(scene, "1. Make an answer")
        await scene.simulator.until(lambda: _heard(scene)[-1].text.startswith("The question"))
        _tell(scene, written)
        await _tap(scene, "Save")
        await scene.simulator.until(lambda: _heard(scene)[-1].text.startswith("Written down"))
        other.write(unknown)
        await scene.simulator.until(lambda: any(one.text.startswith(written) for one in other.said()))
        assert len(guest.said()) == 1, "who asked before is not written to"
    assert await scene.rows("SELECT FROM unanswered_questions") == []


@BOTH
async def test_staff_hear_of_a_danger_when_a_question_stands_beside_it(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write("What is the wifi password? I smell gas in the corridor")
        (alert,) = await scene.simulator.until(scene.alerts)
        await scene.simulator.until(guest.said)
    assert "🔴" in alert
    assert not any("sunny-terrace" in one.text for one in guest.said())


@BOTH
async def test_old_questions_are_gone_when_nothing_new_is_asked(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write(TALKS["en"][-1][0])
        await eventually(lambda: scene.rows("SELECT FROM unanswered_questions"))
    scene.clock.move(REMEMBER + timedelta(days=1))
    async with scene.serving():
        await eventually(lambda: _is_empty(scene))


async def _is_empty(scene: Scene) -> bool:
    return not await scene.rows("SELECT FROM unanswered_questions")


@BOTH
async def test_an_earlier_question_is_passed_on_when_a_later_one_was_asked(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        guest.write("Is breakfast free?")
        await scene.simulator.until(lambda: len(guest.said()) == 1)
        none = guest.said()[0].buttons[-1].value if guest.said()[0].buttons else "2"
        guest.write("Is the wifi password long?")
        await scene.simulator.until(lambda: len(guest.said()) == 2)
        guest.press(none)
        (alert,) = await scene.simulator.until(scene.alerts)
    assert "Is breakfast free?" in alert


def _other(platform: Platform) -> Platform:
    return next(one for one in Platform if one is not platform)


def _tell(scene: Scene, text: str) -> None:
    """Let the admin write to the bot."""
    scene.simulator.telegram.write(scene.maria, scene.bot, text)


def _heard(scene: Scene) -> list[ChatMessage]:
    return scene.simulator.telegram.chat(scene.bot, scene.maria).from_bot()


async def _tap(scene: Scene, label: str) -> None:
    """Let the admin press a button of the latest message, once it is there."""

    def offered() -> list[ChatMessage]:
        latest = _heard(scene)[-1:]
        return [one for one in latest if any(button.label == label for button in one.buttons)]

    (message,) = await scene.simulator.until(offered)
    scene.simulator.telegram.press(scene.maria, message, label)
