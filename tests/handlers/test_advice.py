"""A second opinion, through the real step: it may find more than the embedded model, and takes nothing back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from handlers.advice import SURE
from handlers.base import reads
from handlers.routes import guest_routes
from models import Message
from models.enums import NotificationType, SentimentType
from tests.factories import analyser, make_turn
from tests.handlers.conversing import House
from tests.model_server import CALM, ModelServer, answer_plainly

# Which of these the embedded model doubts depends on what it has learned.
STRANGE = (
    "The curtains sing of parquet",
    "Hm, interesting towels",
    "The elevator has its own mind",
    "What a philosophical hallway",
    "Such a moon over the lamp",
    "The parquet sings at night",
    "Sixteen spoons and a rumour",
    "The moon over your awning",
    "A goat in a tie greeted us",
)
DANGER = "I smell gas in the corridor"
SMOKE = (
    "В коридоре сильно пахнет дымом",
    "There is smoke in the corridor",
    "Im Flur riecht es nach Rauch",
    "Il y a de la fumée dans le couloir",
    "Hay humo en el pasillo",
    "走廊里有烟",
    "Koridorda duman var",
)
BAD = {"sentiment": "requires_attention", "score": -0.5, "words": [], "intent": "maintenance"}


@pytest.fixture(scope="session")
def doubtful() -> str:
    """Words of which the embedded model is not sure, and for which it calls nobody."""
    for text in STRANGE:
        analysis = analyser().analyse(text)
        is_unsure = min(analysis.sentiment_confidence, analysis.intent_confidence) < SURE
        if is_unsure and analysis.sentiment_type.value == SentimentType.neutral.value:
            return text
    raise AssertionError("it is sure of all of these: think of stranger ones")


@pytest.fixture
async def house(advised_house: House) -> House:
    return advised_house


async def saved(house: House, text: str) -> tuple[SentimentType, str, dict[str, Any]]:
    """Return the mood and intent that a message is kept with, and what else."""
    async with house.database.unit(house.id) as uow:
        columns = (Message.sentiment_type, Message.intent, Message.metadata_)
        row = (await uow.connection.execute(select(*columns).where(Message.content == text))).one()
        return row[0], row[1], row[2]


async def alerts(house: House) -> list[Any]:
    async with house.database.unit(house.id) as uow:
        return await uow.notifications.latest()


async def test_staff_see_it_when_only_the_larger_model_sees_that_they_must(
    house: House, server: ModelServer, doubtful: str
) -> None:
    server.answer = {**CALM, **BAD, "words": [doubtful.split()[1]]}
    said = await house.person().write(doubtful)
    assert said.route == "guest.unhappy"
    (alert,) = await alerts(house)
    assert alert.notification_type is NotificationType.negative_sentiment
    assert f"Because of: {doubtful.split()[1]}" in alert.content
    mood, intent, remarks = await saved(house, doubtful)
    assert (mood, intent, remarks["judged_by"]) == (SentimentType.requires_attention, "maintenance", "remote")


@pytest.mark.parametrize("danger", [DANGER, *SMOKE])
async def test_an_alert_neither_waits_nor_is_withdrawn_when_the_embedded_model_raises_it(
    house: House, server: ModelServer, danger: str
) -> None:
    server.answer = {**CALM, "sentiment": "positive", "score": 1}
    said = await house.person().write(danger)
    assert said.route == "guest.unhappy"
    assert len(await alerts(house)) == 1
    assert server.asked == []


@pytest.mark.parametrize("text", ["What is the wifi password?", "Thanks!", "Hello", "/start", "STOP", "12"])
async def test_nobody_is_asked_when_the_embedded_model_is_sure(house: House, server: ModelServer, text: str) -> None:
    await house.person().write(text)
    assert server.asked == []


async def test_nobody_is_asked_when_a_person_has_taken_over(house: House, server: ModelServer, doubtful: str) -> None:
    person = house.person()
    await person.write(DANGER)
    await person.write(doubtful)
    assert server.asked == []


async def test_the_embedded_verdict_stands_when_the_model_fails(
    house: House, server: ModelServer, doubtful: str
) -> None:
    server.program(answer_plainly(b"oops", 500))
    said = await house.person().write(doubtful)
    assert said.route == "guest.fallback"
    mood, _, remarks = await saved(house, doubtful)
    assert mood is SentimentType.neutral
    assert "judged_by" not in remarks


async def test_nobody_is_asked_again_when_the_message_comes_again(
    house: House, server: ModelServer, doubtful: str
) -> None:
    await house.person().write_again(doubtful)
    assert server.asked == []


async def test_nobody_is_asked_when_the_next_message_waits_already(
    house: House, server: ModelServer, doubtful: str
) -> None:
    said = await house.person().write_hastily(doubtful)
    assert said.route == "guest.fallback"
    assert server.asked == []


def test_what_free_talk_leads_to_needs_no_reading() -> None:
    """An advised turn is routed anew, after everything was loaded."""
    assert not [route.name for route in guest_routes() if route.takes_advice and reads(route.handler)]
    assert make_turn().opinion is None
