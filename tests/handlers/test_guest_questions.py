"""Questions of guests that are answered, nearly answered, or not at all; over the real table of routes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.messages import Choice, Platform
from bot.storage.repositories.questions import QuestionRecord
from models import KnowledgeItem, Message
from models.enums import ConversationStatus
from tests.handlers.admins import hire
from tests.handlers.conversing import House, Person, Said

BOTH = pytest.mark.parametrize("platform", list(Platform))
PLAYGROUND = "Is there a playground?"
POOLS = ("heated", "salty", "deep", "blue", "round", "roofed")


async def open_questions(house: House) -> list[QuestionRecord]:
    async with house.database.unit(house.id) as uow:
        return await uow.questions.newest(10, house.clock.now())


async def remarks(house: House, text: str) -> dict[str, Any]:
    async with house.database.unit(house.id) as uow:
        statement = select(Message.metadata_).where(Message.content == text)
        return dict((await uow.connection.execute(statement)).scalar_one())


async def furnish(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("pool", {"en": ["When is the pool open?"], "ru": ["Бассейн?"]}, {"en": "Until ten."})
        await uow.knowledge.save("breakfast", {"en": ["When is breakfast?"]}, {"en": "From seven."})


async def offer_the_pool(house: House, platform: Platform) -> tuple[Person, tuple[Choice, ...]]:
    """Let somebody ask what the hotel's answer about its pool may tell; return them and what they are offered."""
    await furnish(house)
    person = house.person(platform)
    return person, (await person.write("Is the pool heated?")).replies[-1].choices


async def choose_first(person: Person, offered: tuple[Choice, ...]) -> Said:
    """Choose as the channel does it: by the button, or by its number."""
    return await (person.press(offered[0].value) if person.platform is Platform.telegram else person.write("1"))


async def test_the_answer_names_its_source_when_a_question_is_answered(house: House) -> None:
    said = await house.person().write("what's the wifi password?")
    assert "our answer to: What is the wifi password?" in said.text
    assert (await remarks(house, "what's the wifi password?"))["answer"] == "wifi_password"


@BOTH
async def test_the_likely_ones_are_offered_and_answer_when_pressed(house: House, platform: Platform) -> None:
    await furnish(house)
    person = house.person(platform)
    said = await person.write("Is the pool heated?")
    assert said.route == "guest.doubtful_question"
    assert [choice.label for choice in said.replies[-1].choices] == ["When is the pool open?", "Something else"]
    assert not said.outcome.alerts
    pressed = await (person.press(said.replies[-1].choices[0].value) if platform == "telegram" else person.write("1"))
    assert "Until ten." in pressed.text
    assert await open_questions(house) == []


async def test_a_person_hears_the_question_and_it_is_collected_when_nothing_offered_fits(house: House) -> None:
    await furnish(house)
    person = house.person()
    said = await person.write("Is the pool heated?")
    none = await person.press(said.replies[-1].choices[-1].value)
    assert "passed your question on" in none.text
    assert [alert.words for alert in none.outcome.alerts] == ["Is the pool heated?"]
    assert [one.content for one in await open_questions(house)] == ["Is the pool heated?"]


@pytest.mark.parametrize("value", ["asked:none", "asked:none:", "asked:none:7", "asked:none:x"])
async def test_nothing_is_passed_on_when_the_button_is_of_no_question(house: House, value: str) -> None:
    said = await house.person().press(value)
    assert "earlier message" in said.text
    assert await open_questions(house) == []


async def test_the_right_question_is_passed_on_when_another_was_asked_meanwhile(house: House) -> None:
    await furnish(house)
    person = house.person()
    first = (await person.write("Is the pool heated?")).replies[-1].choices
    second = (await person.write("Is breakfast free?")).replies[-1].choices
    assert [alert.words for alert in (await person.press(first[-1].value)).outcome.alerts] == ["Is the pool heated?"]
    assert "From seven." in (await person.press(second[0].value)).text
    assert [alert.words for alert in (await person.press(second[-1].value)).outcome.alerts] == ["Is breakfast free?"]


async def test_a_question_is_passed_on_once_when_its_button_is_tapped_twice(house: House) -> None:
    await furnish(house)
    person = house.person()
    none = (await person.write("Is the pool heated?")).replies[-1].choices[-1].value
    await person.press(none)
    await person.write("Is breakfast free?")
    assert not (await person.press(none)).outcome.alerts, "an old button never names another question"
    assert [one.content for one in await open_questions(house)] == ["Is the pool heated?"]


async def test_old_questions_are_forgotten_when_a_guest_chooses_nothing_for_long(house: House) -> None:
    await furnish(house)
    person = house.person()
    offers = [(await person.write(f"Is the pool {word}?")).replies[-1].choices[-1] for word in POOLS]
    assert "earlier message" in (await person.press(offers[0].value)).text
    assert [alert.words for alert in (await person.press(offers[1].value)).outcome.alerts] == [
        f"Is the pool {POOLS[1]}?"
    ]


@BOTH
async def test_the_new_answer_is_given_when_the_item_changed_while_its_button_was_open(
    house: House, platform: Platform
) -> None:
    person, offered = await offer_the_pool(house, platform)
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("pool", {"en": ["When is the pool open?"]}, {"en": "Closed in winter."})
    pressed = await choose_first(person, offered)
    assert "Closed in winter." in pressed.text
    assert "Until ten." not in pressed.text


@BOTH
async def test_nothing_is_invented_when_the_item_is_gone_while_its_button_was_open(
    house: House, platform: Platform
) -> None:
    person, offered = await offer_the_pool(house, platform)
    async with house.database.unit(house.id) as uow:
        await uow.connection.execute(update(KnowledgeItem).where(KnowledgeItem.intent == "pool").values(answers={}))
    pressed = await choose_first(person, offered)
    assert "earlier message" in pressed.text
    assert "Until ten." not in pressed.text


@BOTH
async def test_the_same_answer_is_given_again_when_its_button_is_tapped_twice(
    house: House, platform: Platform
) -> None:
    person, offered = await offer_the_pool(house, platform)
    said = [await person.press(offered[0].value) for _ in range(2)]
    assert [one.text for one in said] == [said[0].text] * 2
    assert "Until ten." in said[0].text
    assert not any(one.outcome.alerts for one in said)


async def test_both_are_offered_when_two_items_are_nearly_alike(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("pool", {"en": ["When is the pool open?"]}, {"en": "Until ten."})
        await uow.knowledge.save("kids_pool", {"en": ["When is the pool open for kids?"]}, {"en": "Until six."})
        await uow.knowledge.save("roof_pool", {"en": ["When is the pool open?"]}, {"en": "Until nine."})
    said = await house.person().write("when is the pool open?")
    assert said.route == "guest.doubtful_question"
    assert not any(hour in said.text for hour in ("Until ten.", "Until six.", "Until nine."))
    assert {choice.label for choice in said.replies[-1].choices} == {
        "When is the pool open? (pool)",
        "When is the pool open? (roof pool)",
        "When is the pool open for kids?",
        "Something else",
    }


async def test_the_hotels_own_words_are_told_when_it_has_no_answer_in_the_guests_language(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("pool", {"ru": ["До скольки работает бассейн?"]}, {"ru": "До десяти."})
    person = house.person(language="fr")
    said = await person.write("Bonjour, à quelle heure ferme la piscine s'il vous plaît ?")
    if said.route == "guest.doubtful_question":
        said = await person.press(said.replies[-1].choices[0].value)
    assert said.text.startswith("До десяти.")


@BOTH
async def test_a_tap_is_answered_and_the_person_stays_when_staff_have_taken_over(
    house: House, platform: Platform
) -> None:
    person, offered = await offer_the_pool(house, platform)
    await person.press("menu:person")
    assert "Until ten." in (await person.press(offered[0].value)).text
    none = await person.press(offered[-1].value)
    assert [alert.words for alert in none.outcome.alerts] == ["Is the pool heated?"]
    assert (await person.write("thank you, is there a playground?")).replies == (), "a person is still answering"


async def test_a_number_is_for_the_person_when_they_took_over_after_a_list(house: House) -> None:
    """Staff who answer by hand ask for numbers, too: how many towels, which of two rooms."""
    await furnish(house)
    person = house.person(Platform.whatsapp_green)
    await person.write("Is the pool heated?")
    await person.write("I want to talk to a person")
    said = await person.write("1")
    assert said.replies == ()
    assert [alert.title_key for alert in said.outcome.alerts] == ["alert-title-more"]


async def test_a_number_is_a_choice_again_when_the_bot_has_offered_some_since(house: House) -> None:
    person = house.person(Platform.whatsapp_green)
    await person.write("I want to talk to a person")
    await person.write("menu")
    assert (await person.write("1")).route == "press.information"


async def test_nothing_is_made_up_when_nothing_written_down_answers(house: House) -> None:
    said = await house.person().write(PLAYGROUND)
    assert said.route == "guest.unanswered"
    assert "I won't guess" in said.text
    assert [alert.title_key for alert in said.outcome.alerts] == ["alert-title-unanswered"]
    (kept,) = await open_questions(house)
    assert (kept.content, kept.language) == (PLAYGROUND, "en")


async def test_a_guest_counts_once_when_they_ask_the_same_again(house: House) -> None:
    person = house.person()
    await person.write(PLAYGROUND)
    await person.write("a playground - is there one?")
    assert [one.content for one in await open_questions(house)] == ["a playground - is there one?"]


async def test_nobody_is_named_when_a_question_is_collected(house: House) -> None:
    await house.person(name="Annabel Stern").write("Annabel here, +49 151 2345678: is there a playground?")
    (kept,) = await open_questions(house)
    assert "Annabel" not in kept.content
    assert "2345678" not in kept.content
    assert "playground" in kept.content


async def test_another_hotel_sees_no_question_when_it_was_not_asked_there(house: House, other_house: House) -> None:
    await house.person().write(PLAYGROUND)
    assert await open_questions(other_house) == []


@pytest.mark.parametrize(
    "text",
    [
        "What is the wifi password? And there is smoke in my room",
        "Какой пароль от wifi? И в номере пахнет газом",
        "What's the wifi password, and why is my room filthy and nobody answers?",
        "wifi password? the toilet is leaking",
    ],
)
async def test_a_complaint_is_not_swallowed_when_a_question_stands_beside_it(house: House, text: str) -> None:
    said = await house.person().write(text)
    assert "adler-guest" not in said.text
    async with house.database.unit(house.id) as uow:
        assert await uow.notifications.latest(), "staff hear of it"


async def test_the_bot_offers_nothing_when_a_person_is_answering(house: House) -> None:
    await furnish(house)
    person = house.person()
    await person.press("menu:person")
    said = await person.write("Is the pool heated?")
    assert said.replies == ()
    assert said.outcome.status is not ConversationStatus.active
    assert await open_questions(house) == []


async def test_staff_see_which_answer_was_given_when_they_ask(house: House) -> None:
    await house.person().write("what's the wifi password?")
    heard = await (await hire(house)).write("/answers")
    assert "what's the wifi password?" in heard.text
    assert "wifi password (sure: " in heard.text


async def test_staff_are_told_so_when_nothing_was_answered_yet(house: House) -> None:
    assert "nothing by myself" in (await (await hire(house)).write("/answers")).text
