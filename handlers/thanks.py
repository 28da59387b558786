"""Answers what asks for nothing: thanks, an "ok", a thumb up, a goodbye."""

from __future__ import annotations

from bot.nlu.base import SentimentType
from bot.nlu.requests import Request, recognise
from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST

_REPLIES = {
    Request.thanks: "thanks-reply",
    Request.agreed: "agreed-reply",
    Request.goodbye: "goodbye-reply",
}


def is_courtesy(turn: Turn) -> bool:
    """Whether the whole message asks for nothing."""
    return turn.pressed is None and _courtesy_of(turn) in _REPLIES


class ReturnCourtesy(Reply):
    """Answers in kind; silently while a person is answering."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        request = _courtesy_of(turn)
        assert request is not None, "the route has asked"
        return Outcome() if turn.is_escalated else Outcome((turn.reply(_REPLIES[request]),), state=AT_REST)


def _courtesy_of(turn: Turn) -> Request | None:
    """What the message asks for; a kind emoji without a word is an "ok"."""
    is_wordless = not any(map(str.isalnum, turn.text))
    if is_wordless and turn.analysis.sentiment_type is SentimentType.positive:
        return Request.agreed
    return recognise(turn.text)
