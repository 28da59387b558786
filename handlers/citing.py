"""Answers from what the hotel has written down, where only the larger model knew which of it was asked for."""

from __future__ import annotations

from bot.nlu.advice import Citation, Source
from bot.nlu.attention import find_attention
from bot.nlu.knowledge import Thresholds
from bot.nlu.tokens import tokenise
from handlers.base import Outcome, Reply, Turn
from handlers.information import answer_with, in_language, label_of, look_up, written_down


class AnswerCited(Reply):
    """Answers with what was cited, and says what it is an answer to. What is not written down is never said."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        citation = _citation(turn)
        assert citation is not None, "the route has asked"
        assert turn.opinion is not None, "the route has asked"
        record = next(one for one in turn.knowledge if str(one.id) == citation.source_id)
        translated = None if _speaks(turn, record.answers) else citation.text
        return answer_with(turn, record, turn.opinion.judgement.intent_confidence, translated)


def is_cited(turn: Turn) -> bool:
    """Whether something that the hotel has written down answers the message, and nobody else is answering."""
    return _citation(turn) is not None and not turn.is_escalated


def sources(turn: Turn) -> list[Source]:
    """Return what may be cited, the likeliest first; nothing where somebody tells of trouble with it."""
    if find_attention(tokenise(turn.text)):
        return []
    likely = [offer.id for offer in look_up(turn).offers]
    records = sorted(written_down(turn), key=lambda one: str(one.id) not in likely)
    found = []
    for record in records:
        words = in_language(turn, record.answers)
        language = next(name for name, text in record.answers.items() if text == words)
        found.append(Source(str(record.id), label_of(turn, record), words, language))
    return found


def _citation(turn: Turn) -> Citation | None:
    """Return what was cited of this hotel's own."""
    citation = turn.opinion.citation if turn.opinion else None
    ours = {str(record.id) for record in written_down(turn)}
    is_sure = turn.opinion is not None and turn.opinion.judgement.intent_confidence >= Thresholds().sure
    return citation if citation is not None and is_sure and citation.source_id in ours else None


def _speaks(turn: Turn, answers: dict[str, str]) -> bool:
    """Whether the hotel has written it down in the guest's language."""
    return any(answers.get(name) for name in (turn.language, turn.language.split("-")[0]))
