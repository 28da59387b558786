"""Answers from what the hotel has written down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bot.messages import Choice, OutgoingMessage
from bot.nlu.knowledge import KnowledgeItem, find_answer
from bot.storage.repositories.knowledge import KnowledgeRecord
from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST, MENU, PERSON, ChoiceExpired

PRESS = "info:"


class ListInformation(Reply):
    """Offers everything that is written down, each by its first question in the guest's language."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        records = _written_down(turn)
        if not records:
            return Outcome((turn.reply("information-empty", turn.choice(PERSON, "menu-person")),), state=AT_REST)
        items = [Choice(f"{PRESS}{record.id}", _label(turn, record)) for record in records]
        return Outcome((turn.reply("information-title", *items, turn.choice(MENU, "menu-back")),), state=AT_REST)


class AnswerPressed(Reply):
    """Answers a pressed question, unless it is gone."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        wanted = (turn.pressed or "").removeprefix(PRESS)
        record = next((record for record in _written_down(turn) if str(record.id) == wanted), None)
        return _answer(turn, record) if record else ChoiceExpired().think(turn, None)


class AnswerQuestion(Reply):
    """Answers a question in the guest's own words."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        record = matching_item(turn)
        assert record is not None, "the route has asked"
        return _answer(turn, record)


def matching_item(turn: Turn) -> KnowledgeRecord | None:
    """Return the item that surely answers the text."""
    records = _written_down(turn)
    match = find_answer(turn.text, [_item(record) for record in records])
    return next((record for record in records if match and record.id == UUID(match.item.id)), None)


def _written_down(turn: Turn) -> list[KnowledgeRecord]:
    """The items that have an answer in any language."""
    return [record for record in turn.knowledge if any(record.answers.values())]


def _answer(turn: Turn, record: KnowledgeRecord) -> Outcome:
    text = f"{_in_language(turn, record.answers)}\n\n{turn.say('answer-follow-up')}"
    return Outcome((OutgoingMessage(text, choices=(turn.choice(MENU, "menu-back"),)),), state=AT_REST)


def _label(turn: Turn, record: KnowledgeRecord) -> str:
    questions = _in_language(turn, record.questions)
    return str(questions[0]) if questions else record.intent.replace("_", " ").capitalize()


def _in_language(turn: Turn, by_language: dict[str, Any]) -> Any:
    """Return what stands under the guest's language, the hotel's, English, or any, in this order."""
    for name in (turn.language, turn.language.split("-")[0], turn.hotel.default_language, "en"):
        if by_language.get(name):
            return by_language[name]
    return next(filter(None, by_language.values()), None)


def _item(record: KnowledgeRecord) -> KnowledgeItem:
    questions = {name: tuple(map(str, variants)) for name, variants in record.questions.items()}
    return KnowledgeItem(str(record.id), record.intent, questions, record.answers)
