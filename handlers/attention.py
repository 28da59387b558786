"""Says sorry to a guest who is unhappy. The step tells staff, whoever answers."""

from __future__ import annotations

from datetime import timedelta

from bot.nlu.attention import find_attention, is_unsafe
from bot.nlu.base import SentimentType
from bot.nlu.tokens import tokenise
from handlers.base import Outcome, Reply, Turn
from handlers.once import noting, said_lately
from models.enums import ConversationStatus

_SAY_ONCE_IN = timedelta(minutes=10)
_SAID = "sorry_at"


def is_unhappy(turn: Turn) -> bool:
    """Whether the message is a complaint, grave or mild."""
    return turn.analysis.sentiment_type in {SentimentType.negative, SentimentType.requires_attention}


def is_danger(turn: Turn) -> bool:
    """Whether the message may be about somebody in danger."""
    return is_unsafe(find_attention(tokenise(turn.text)))


class SaySorry(Reply):
    """Says so once in a while only: an angry guest who writes five lines needs a person, not five sorries."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        needs_action = turn.analysis.sentiment_type is SentimentType.requires_attention
        status = ConversationStatus.escalated if needs_action else None
        if is_danger(turn):
            number = turn.settings.emergency_number
            return Outcome((turn.reply("emergency-received", number=number),), status=status)
        if said_lately(turn, _SAID, _SAY_ONCE_IN):
            return Outcome(status=status)
        key = "complaint-received" if needs_action else "disappointment-received"
        return Outcome((turn.reply(key),), status=status, context=noting(turn, _SAID))
