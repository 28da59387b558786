"""A question that nothing written down answers: the bot says so, a person sees it, the admins find it collected."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.messages import OutgoingMessage
from bot.nlu.topics import asks, topics
from bot.storage.repositories.questions import NewQuestion
from bot.storage.unit_of_work import UnitOfWork
from bot.telemetry.scrubbing import scrub
from handlers.base import Alert, Outcome, Reply, Turn
from handlers.information import ASKED
from handlers.menu import AT_REST, ChoiceExpired
from models.enums import NotificationType, Severity

_LONGEST_QUESTION = 300
_LONGEST_TOPIC = 500
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class CollectQuestion:
    """Keep a question for the admins, without who asked it."""

    text: str

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        assert turn.guest is not None, "only guests are routed here"
        content = _without_people(self.text, turn.guest.name)
        topic = " ".join(sorted(topics(content)))[:_LONGEST_TOPIC]
        language = turn.language.split("-")[0]
        await uow.questions.keep(NewQuestion(turn.guest.id, language, topic, content), turn.now)
        return ()


class PassQuestion(Reply):
    """Passes on what the guest asks now."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return _passed_on(turn, turn.text)


class PassOffered(Reply):
    """Passes on the question to which no offered answer fitted."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        question = turn.context.get(ASKED)
        return _passed_on(turn, str(question)) if question else ChoiceExpired().think(turn, None)


def is_unanswered(turn: Turn) -> bool:
    """Whether the bot itself is asked about something. The step has tried its answers before."""
    return not turn.is_escalated and turn.pressed is None and asks(turn.text) and bool(topics(turn.text))


def _passed_on(turn: Turn, question: str) -> Outcome:
    return Outcome(
        (turn.reply("answer-unknown"),),
        state=AT_REST,
        context={key: value for key, value in turn.context.items() if key != ASKED},
        alerts=(Alert(NotificationType.urgent_request, Severity.info, "alert-title-unanswered", question),),
        effects=(CollectQuestion(question),),
    )


def _without_people(question: str, name: str | None) -> str:
    """Return the question without phone numbers, addresses and the guest's own name."""
    text = scrub(question)
    for word in (name or "").split():
        if len(word) >= _SHORTEST_NAME:
            text = re.sub(rf"(?i)\b{re.escape(word)}\w{{0,3}}\b", "…", text)
    return text if len(text) <= _LONGEST_QUESTION else f"{text[: _LONGEST_QUESTION - 1]}…"
