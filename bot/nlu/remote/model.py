"""A larger model somewhere else. It may be slow, silent, mad or lying: then it is as if nobody had been asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from bot.errors import PermanentError, TransientError
from bot.nlu.advice import Asker, Citation, Line, Message, Opinion, Source
from bot.nlu.remote.breaker import LONGEST_PAUSE, Breaker
from bot.nlu.remote.budget import Budget
from bot.nlu.remote.completions import Completions, UnusableAnswer
from bot.nlu.remote.redaction import Redaction
from bot.nlu.remote.support import is_supported
from bot.nlu.remote.tasks import JUDGE, SUMMARISE, TRANSLATE, Form, Judged, Task
from bot.telemetry.logs import logger
from bot.telemetry.metrics import ModelOutcome, model_calls

# Who asks keeps a chat waiting and a worker's hand: a few hands only, and of one hotel not all of those.
MOST_AT_ONCE, MOST_AT_ONCE_A_HOTEL = 32, 8
# A hotel has some dozens of answers of a few sentences; longer ones are recognised by their beginning.
MOST_SOURCES, LONGEST_SOURCE = 60, 600
MOST_LINES, LONGEST_LINE = 40, 500

log = logger("model")


class RemoteModel:
    """An `Adviser`. Each question is asked once, if there is room, the server answers others, and the day's are not
    spent. Of what guests write nothing leaves unredacted; the hotel's answers are what it tells everybody."""

    def __init__(self, completions: Completions, budget: Budget, breaker: Breaker) -> None:
        self._completions = completions
        self._budget = budget
        self._breaker = breaker
        self._asking: Counter[UUID] = Counter()

    async def judge(self, asker: Asker, message: Message, sources: Sequence[Source] = ()) -> Opinion | None:
        """Return what it makes of a guest's message, and which source answers it."""
        named = {str(number): source for number, source in enumerate(sources[:MOST_SOURCES], start=1)}
        given = {
            "message": Redaction(message.language, asker.now).hide(message.text),
            "answer_language": message.answered_in,
            "items": [
                {
                    "id": name,
                    "question": source.question,
                    "answer": source.answer[:LONGEST_SOURCE],
                    "language": source.language,
                }
                for name, source in named.items()
            ],
        }
        judged = await self._ask(JUDGE, asker, given)
        if judged is None:
            return None
        return Opinion(judged.judgement(message.text), _checked(judged, named))

    async def translate(self, asker: Asker, text: str, into: str) -> str | None:
        """Return a text in another language."""
        redaction = Redaction(None, asker.now)
        told = await self._ask(TRANSLATE, asker, {"message": redaction.hide(text), "into": into})
        return None if told is None else redaction.restore(told.text)

    async def summarise(self, asker: Asker, lines: Sequence[Line], into: str) -> str | None:
        """Return what a conversation is about."""
        redaction = Redaction(None, asker.now)
        said = [
            {"who": line.who, "at": line.at, "text": redaction.hide(line.text)[:LONGEST_LINE]}
            for line in lines[-MOST_LINES:]
        ]
        told = await self._ask(SUMMARISE, asker, {"conversation": said, "into": into})
        return None if told is None else redaction.restore(told.text)

    async def _ask(self, task: Task[Form], asker: Asker, given: Mapping[str, Any]) -> Form | None:
        """Return the answer to a task, in its form, or nothing."""
        outcome, answer = ModelOutcome.given_up, None
        try:
            with self._room_for(asker.hotel_id) as is_room:
                refusal = await self._refusal(asker) if is_room else ModelOutcome.crowded
                outcome, answer = (refusal, None) if refusal else await self._answer(task, given)
        finally:
            model_calls.labels(task.name, outcome).inc()
        return answer

    async def _refusal(self, asker: Asker) -> ModelOutcome | None:
        """Return why not to ask now. Who may try for all after a pause is settled last: they do ask."""
        if self._breaker.is_paused:
            return ModelOutcome.paused
        if not await self._budget.try_spend(asker.hotel_id, asker.now.date()):
            return ModelOutcome.spent
        return None if self._breaker.try_pass() else ModelOutcome.paused

    async def _answer(self, task: Task[Form], given: Mapping[str, Any]) -> tuple[ModelOutcome, Form | None]:
        try:
            said = await self._completions.complete(task.order, given, task.most_tokens)
        except TransientError as error:
            log.warning("model_unavailable", task=task.name, error=error)
            self._breaker.fail(error.retry_after)
            return ModelOutcome.failed, None
        except PermanentError as error:
            log.error("model_refused", task=task.name, error=error)
            self._breaker.fail(LONGEST_PAUSE)
            return ModelOutcome.refused, None
        except UnusableAnswer as error:
            return self._note_unusable(task, str(error)), None
        try:
            answer = task.form.model_validate_json(said)
        except ValidationError:
            return self._note_unusable(task, "the model's answer has another form"), None
        self._breaker.succeed()
        return ModelOutcome.answered, answer

    def _note_unusable(self, task: Task[Any], reason: str) -> ModelOutcome:
        """Note an answer that is none. The server does answer: no guest may talk it into silence for all others."""
        log.warning("model_answer_unusable", task=task.name, reason=reason)
        self._breaker.succeed()
        return ModelOutcome.unusable

    @contextmanager
    def _room_for(self, hotel_id: UUID) -> Iterator[bool]:
        """Take one of the places for questions under way; say whether there was one."""
        is_room = self._asking.total() < MOST_AT_ONCE and self._asking[hotel_id] < MOST_AT_ONCE_A_HOTEL
        self._asking[hotel_id] += is_room
        try:
            yield is_room
        finally:
            self._asking[hotel_id] -= is_room
            self._asking += Counter()  # forgets hotels of which nobody asks


def _checked(judged: Judged, sources: Mapping[str, Source]) -> Citation | None:
    """Return what was cited, if it was given and nothing was added to it."""
    if judged.answer is None:
        return None
    source = sources.get(judged.answer.item)
    text = judged.answer.text.strip() if judged.answer.text else None
    if source is None or (text and not is_supported(text, source.answer)):
        log.warning("model_citation_refused", kind="unknown" if source is None else "unsupported")
        return None
    return Citation(source.id, text or None)
