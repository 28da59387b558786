"""A question that nothing written down answers: the bot says so, a person sees it, the admins find it collected."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.messages import OutgoingMessage
from bot.nlu.topics import asks, topics
from bot.storage.repositories.questions import NewQuestion
from bot.storage.unit_of_work import UnitOfWork
from bot.telemetry.scrubbing import scrub
from handlers.anonymity import without_name
from handlers.base import Alert, Outcome, Reply, Turn
from handlers.information import ASKED, NONE_OF_THESE, PASSED_ON, asked_questions
from handlers.menu import AT_REST, ChoiceExpired
from models.enums import NotificationType, Severity

_LONGEST_QUESTION = 300
_LONGEST_TOPIC = 500


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
        asked, number = asked_questions(turn), (turn.pressed or "").removeprefix(NONE_OF_THESE)
        if not (question := asked.get(number)):
            return ChoiceExpired().think(turn, None)
        return replace(_passed_on(turn, question), context={**turn.context, ASKED: {**asked, number: PASSED_ON}})


def is_unanswered(turn: Turn) -> bool:
    """Whether the bot itself is asked about something. The step has tried its answers before."""
    return not turn.is_escalated and turn.pressed is None and asks(turn.text) and bool(topics(turn.text))


def _passed_on(turn: Turn, question: str) -> Outcome:
    return Outcome(
        (turn.reply("answer-unknown"),),
        state=AT_REST,
        alerts=(Alert(NotificationType.urgent_request, Severity.info, "alert-title-unanswered", question),),
        effects=(CollectQuestion(question),),
    )


def _without_people(question: str, name: str | None) -> str:
    """Return the question without phone numbers, addresses and the guest's own name."""
    text = without_name(scrub(question), name)
    return text if len(text) <= _LONGEST_QUESTION else f"{text[: _LONGEST_QUESTION - 1]}…"
