"""Answers from what the hotel has written down, and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from bot.messages import Choice, OutgoingMessage
from bot.nlu.attention import find_attention
from bot.nlu.knowledge import Found, KnowledgeIndex, KnowledgeItem, index_of
from bot.nlu.tokens import tokenise
from bot.nlu.topics import asks, topics
from bot.storage.repositories.knowledge import KnowledgeRecord
from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST, MENU, PERSON, ChoiceExpired

PRESS = "info:"
NONE_OF_THESE = "asked:none:"
# What the conversation remembers of the latest questions to which answers are offered, by the numbers that their
# buttons for none of these name.
ASKED = "questions_asked"
MOST_ASKED, PASSED_ON = 5, ""
READINGS_KEPT = 64


class ListInformation(Reply):
    """Offers everything that is written down, each by its first question in the guest's language."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        records = written_down(turn)
        if not records:
            return Outcome((turn.reply("information-empty", turn.choice(PERSON, "menu-person")),), state=AT_REST)
        items = _choices(turn, records)
        return Outcome((turn.reply("information-title", *items, turn.choice(MENU, "menu-back")),), state=AT_REST)


class AnswerPressed(Reply):
    """Answers a pressed question, unless it is gone."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        wanted = (turn.pressed or "").removeprefix(PRESS)
        record = next((record for record in written_down(turn) if str(record.id) == wanted), None)
        return answer_with(turn, record) if record else ChoiceExpired().think(turn, None)


class AnswerQuestion(Reply):
    """Answers a question in the guest's own words, and says by which of the hotel's answers."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        match = look_up(turn).answer
        assert match is not None, "the route has asked"
        return answer_with(turn, _record(turn, match.id), match.confidence)


class OfferAnswers(Reply):
    """Asks which of the likeliest questions was meant; none of them is a question for a person."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        records = [_record(turn, match.id) for match in look_up(turn).offers]
        items = _choices(turn, records)
        asked = asked_questions(turn)
        number = str(max(map(int, asked), default=0) + 1)
        latest = list({**asked, number: turn.text}.items())[-MOST_ASKED:]
        reply = turn.reply("answer-offer", *items, turn.choice(f"{NONE_OF_THESE}{number}", "answer-none"))
        return Outcome(
            (reply,),
            state=AT_REST,
            context={**turn.context, ASKED: dict(latest)},
            remarks={"offered": [record.intent for record in records]},
        )


def asked_questions(turn: Turn) -> dict[str, str]:
    """Return the latest questions by their numbers, the oldest first; those that were passed on keep theirs, so that
    no old button ever names another question."""
    kept: dict[str, str] = turn.context.get(ASKED, {})
    return dict(sorted(kept.items(), key=lambda item: int(item[0])))


def look_up(turn: Turn) -> Found:
    """Return which of the hotel's answers fit the text; none where it tells of what a person must see."""
    found = _index(turn.knowledge).find(turn.text)
    fits = found.answer is not None or found.offers
    return Found() if fits and find_attention(tokenise(turn.text)) else found


def is_answered(turn: Turn) -> bool:
    """Whether one of the hotel's answers surely is what was asked for."""
    return look_up(turn).answer is not None


def may_be_answered(turn: Turn) -> bool:
    """Whether a question may mean some of the hotel's answers, and nobody else is answering."""
    is_question = asks(turn.text) or len(topics(turn.text)) == 1
    return is_question and not turn.is_escalated and bool(look_up(turn).offers)


def written_down(turn: Turn) -> list[KnowledgeRecord]:
    """The items that have an answer in any language."""
    return [record for record in turn.knowledge if any(record.answers.values())]


@lru_cache(maxsize=READINGS_KEPT)
def _index(records: tuple[KnowledgeRecord, ...]) -> KnowledgeIndex:
    """Return the index of what was read: the same for all messages that were loaded together."""
    return index_of(tuple(as_item(record) for record in records if any(record.answers.values())))


def _record(turn: Turn, wanted: str) -> KnowledgeRecord:
    return next(record for record in turn.knowledge if record.id == UUID(wanted))


def answer_with(
    turn: Turn, record: KnowledgeRecord, confidence: float = 1.0, translated: str | None = None
) -> Outcome:
    """Answer in the hotel's own words. They stand below a translation, too, so that nobody has to trust that."""
    words = in_language(turn, record.answers)
    if translated:
        words = f"{translated}\n\n{turn.say('answer-original', answer=words)}"
    source = turn.say("answer-source", question=label_of(turn, record))
    text = f"{words}\n\n{source}\n\n{turn.say('answer-follow-up')}"
    return Outcome(
        (OutgoingMessage(text, choices=(turn.choice(MENU, "menu-back"),)),),
        state=AT_REST,
        remarks={"answer": record.intent, "answer_confidence": confidence},
    )


def _choices(turn: Turn, records: Sequence[KnowledgeRecord]) -> list[Choice]:
    """Offer items by their questions, and by their names too where two ask the same."""
    labels = [label_of(turn, record) for record in records]
    return [
        Choice(f"{PRESS}{record.id}", label if labels.count(label) == 1 else f"{label} ({_name(record)})")
        for record, label in zip(records, labels, strict=True)
    ]


def label_of(turn: Turn, record: KnowledgeRecord) -> str:
    """Return what an answer is an answer to."""
    questions = in_language(turn, record.questions)
    return str(questions[0]) if questions else _name(record).capitalize()


def _name(record: KnowledgeRecord) -> str:
    return record.intent.replace("_", " ")


def in_language(turn: Turn, by_language: dict[str, Any]) -> Any:
    """Return what stands under the guest's language, the hotel's, English, or any, in this order."""
    for name in (turn.language, turn.language.split("-")[0], turn.hotel.default_language, "en"):
        if by_language.get(name):
            return by_language[name]
    return next(filter(None, by_language.values()), None)


def as_item(record: KnowledgeRecord) -> KnowledgeItem:
    """Return an answer as the index wants it: with every way to ask for it, its name among them."""
    variants = (str(variant) for variants in record.questions.values() for variant in variants)
    return KnowledgeItem(str(record.id), (_name(record), *variants))
