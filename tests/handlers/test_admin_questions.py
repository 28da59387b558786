"""`/questions`: what guests asked without an answer, and writing one with a tap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.messages import Platform
from bot.storage.repositories.questions import REMEMBER
from models.enums import UserRole
from tests.handlers.admins import audits_of, hire, rewrite_context
from tests.handlers.conversing import House

BOTH = pytest.mark.parametrize("platform", list(Platform))


async def ask(house: House, *questions: str, language: str = "en") -> None:
    """Let each of these be asked by another guest."""
    for question in questions:
        await house.person(language=language).write(question)
        house.clock.move(timedelta(minutes=1))


@BOTH
async def test_guests_are_answered_when_an_admin_made_an_answer_with_a_tap(house: House, platform: Platform) -> None:
    await ask(house, "Is there a playground?", "where is the playground", "do you have a lift?")
    admin = await hire(house, platform)
    listed = await admin.write("/questions")
    assert "2 guests asked (en):\n“where is the playground”" in listed.text
    assert listed.text.index("playground") < listed.text.index("lift"), "what most ask comes first"
    begun = await admin.tap("1. Make an answer")
    assert "“where is the playground”" in begun.text
    preview = await admin.write("Behind the house.")
    assert "The answer: Behind the house." in preview.text
    assert "Guests who ask like this get it, too:\n• Is there a playground?" in preview.text
    assert "Written down" in (await admin.tap("Save")).text
    assert "Behind the house." in (await house.person().write("is there a playground?")).text
    left = await admin.write("/questions")
    assert "playground" not in left.text
    assert "lift" in left.text
    assert "knowledge.save" in [audit.action for audit in await audits_of(house)]


async def test_what_is_asked_while_the_answer_is_written_is_not_taken_unseen(house: House) -> None:
    await ask(house, "Is there a playground?")
    admin = await hire(house)
    await admin.write("/questions")
    await admin.tap("1. Make an answer")
    await admin.write("Behind the house.")
    await ask(house, "where is the playground of room 305")
    await admin.tap("Save")
    async with house.database.unit(house.id) as uow:
        (item,) = [one for one in await uow.knowledge.all() if "playground" in one.intent]
        assert item.questions == {"en": ["Is there a playground?"]}
        assert [one.content for one in await uow.questions.newest(10, house.clock.now())] == [
            "where is the playground of room 305"
        ]


async def test_the_question_is_put_differently_when_the_admin_wants_it(house: House) -> None:
    await ask(house, "er, got a playgrund for my two?")
    admin = await hire(house)
    await admin.write("/questions")
    await admin.tap("1. Make an answer")
    await admin.tap("Put the question differently")
    await admin.write("Is there a playground?")
    await admin.write("Behind the house.")
    await admin.tap("Save")
    assert "our answer to: Is there a playground?" in (await house.person().write("playground?")).text


async def test_the_answer_is_in_the_guests_language_when_they_asked_in_russian(house: House) -> None:
    await ask(house, "Есть ли у вас детская площадка?", language="ru")
    admin = await hire(house, language="ru")
    assert "Спросил 1 гость (ru)" in (await admin.write("/questions")).text
    await admin.tap("1. Написать ответ")
    await admin.write("За домом.")
    await admin.tap("Сохранить")
    assert "За домом." in (await house.person(language="ru").write("А детская площадка есть?")).text


async def test_nothing_is_written_down_when_the_dialogue_is_left(house: House) -> None:
    await ask(house, "Is there a playground?")
    admin = await hire(house)
    await admin.write("/questions")
    await admin.tap("1. Make an answer")
    await admin.write("Behind the house.")
    assert "nothing was written down" in (await admin.write("/cancel")).text
    assert "playground" in (await admin.write("/questions")).text
    assert (await house.person().write("is there a playground?")).route == "guest.unanswered"


async def test_a_group_is_gone_until_it_is_asked_again_when_it_was_dismissed(house: House) -> None:
    await ask(house, "Is there a playground?", "where is the playground?")
    admin = await hire(house)
    await admin.write("/questions")
    assert "Nothing is open" in (await admin.tap("1. Dismiss")).text
    assert "Nothing is open" in (await admin.write("/questions")).text
    await ask(house, "Any playground?")
    assert "One guest asked" in (await admin.write("/questions")).text


async def test_a_group_is_gone_when_the_answer_was_written_elsewhere(house: House) -> None:
    await ask(house, "Is there a playground?")
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("playground", {"en": ["Is there a playground?"]}, {"en": "Behind the house."})
    assert "Nothing is open" in (await (await hire(house)).write("/questions")).text


async def test_it_says_so_when_somebody_else_was_faster(house: House) -> None:
    await ask(house, "Is there a playground?")
    olga, maria = await hire(house), await hire(house, name="Maria")
    await olga.write("/questions")
    await maria.write("/questions")
    await olga.tap("1. Dismiss")
    assert "not open any more" in (await maria.tap("1. Make an answer")).text
    assert "not open any more" in (await maria.press("ask:dismiss:nonsense")).text


async def test_no_answer_is_overwritten_when_two_questions_have_the_same_words(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("is_there_a_lift", {"de": ["Kneipe"]}, {"en": "The old one."})
    await ask(house, "Is there a playground?")
    admin = await hire(house)
    await admin.write("/questions")
    await admin.tap("1. Make an answer")
    await admin.tap("Put the question differently")
    await admin.write("Is there a lift?")
    await admin.write("Yes.")
    await admin.tap("Save")
    async with house.database.unit(house.id) as uow:
        assert "The old one." in [record.answers.get("en") for record in await uow.knowledge.all()]


async def test_the_next_page_is_shown_when_there_are_more_than_five(house: House) -> None:
    await ask(house, *(f"is there a {thing}?" for thing in ("lift", "piano", "library", "kiosk", "roof", "cinema")))
    admin = await hire(house)
    listed = await admin.write("/questions")
    assert "5. " in listed.text
    assert "6. " not in listed.text
    assert "6. " in (await admin.tap("More")).text


async def test_it_is_refused_when_no_admin_asks_for_it(house: House) -> None:
    worker = await hire(house, role=UserRole.staff)
    assert "Only the hotel's admins" in (await worker.write("/questions")).text


@pytest.mark.parametrize("change", [lambda draft: draft.pop("wordings"), lambda draft: draft.update(tone="warm")])
async def test_an_answer_that_another_release_began_is_begun_anew(
    house: House, change: Callable[[dict[str, Any]], object]
) -> None:
    await ask(house, "Is there a playground?")
    admin = await hire(house)
    await admin.write("/questions")
    await admin.tap("1. Make an answer")
    await rewrite_context(house, admin, lambda context: change(context["answer_draft"]))
    assert "No answer is being written" in (await admin.write("Behind the house.")).text


async def test_a_question_is_forgotten_when_it_is_old(house: House) -> None:
    await ask(house, "Is there a playground?")
    house.clock.move(REMEMBER + timedelta(days=1))
    await house.database.claims.ensure_partitions(house.clock.now().date(), house.clock.now().date())
    await ask(house, "do you have a lift?")
    async with house.database.unit(house.id) as uow:
        assert [one.content for one in await uow.questions.newest(10, house.clock.now())] == ["do you have a lift?"]


@pytest.mark.parametrize("value", ["answer:save", "answer:reword"])
async def test_it_says_so_when_no_answer_is_being_written(house: House, value: str) -> None:
    assert "No answer is being written" in (await (await hire(house)).press(value)).text


async def test_nothing_is_saved_when_the_button_of_an_earlier_question_is_pressed(house: House) -> None:
    await ask(house, "Is there a playground?", "do you have a lift?")
    admin = await hire(house)
    first, _, second, _ = (await admin.write("/questions")).choices
    await admin.press(first.value)
    earlier = next(one for one in (await admin.write("Behind the house.")).choices if one.label == "Save")
    await admin.press(second.value)
    await admin.write("By the stairs.")
    assert "The answer: By the stairs." in (await admin.press(earlier.value)).text
    async with house.database.unit(house.id) as uow:
        assert {"en": "By the stairs."} not in [one.answers for one in await uow.knowledge.all()]
    assert "Written down" in (await admin.tap("Save")).text


async def test_the_first_answer_stays_when_two_admins_wrote_one_at_the_same_time(house: House) -> None:
    await ask(house, "Is there a playground?")
    olga, maria = await hire(house), await hire(house, name="Maria")
    for admin, answer in ((olga, "Behind the house."), (maria, "No.")):
        await admin.write("/questions")
        await admin.tap("1. Make an answer")
        await admin.write(answer)
    await olga.tap("Save")
    assert "Yours was not written down." in (await maria.tap("Save")).text
    assert "Behind the house." in (await house.person().write("is there a playground?")).text
