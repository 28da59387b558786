"""A second opinion on what the embedded model is not sure of. What it is sure of, nobody waits for.

An alert does not wait, and is never withdrawn: where the rules or the embedded model see what a person must see, no
other is asked. A larger model may only find more.
"""

from __future__ import annotations

from dataclasses import replace

from bot.messages import IncomingKind
from bot.nlu.advice import Adviser, Asker
from bot.nlu.base import UNKNOWN_LANGUAGE
from bot.telemetry.logs import logger
from handlers.attention import is_unhappy
from handlers.base import Turn
from handlers.turns import Arrival

SURE = 0.8

log = logger("advice")


async def advised(adviser: Adviser, arrival: Arrival, turn: Turn) -> Turn:
    """Return the turn as it is known with a second opinion, or as it was."""
    # What was in hand when a worker died is not what to try something with again, nor to pay for twice.
    if arrival.event.attempts > 1 or not _is_worth_asking(turn):
        return turn
    language = turn.analysis.language if turn.analysis.language != UNKNOWN_LANGUAGE else None
    try:
        opinion = await adviser.judge(Asker(turn.hotel.id, turn.now.astimezone(turn.zone)), turn.text, language)
    except Exception as error:
        # A guest's message must not fail for want of what it can do without.
        log.error("advice_failed", error=error, exc_info=True)
        return turn
    if opinion is None:
        return turn
    return replace(turn, opinion=opinion, analysis=turn.analysis.judged_anew(opinion.judgement))


def _is_worth_asking(turn: Turn) -> bool:
    """Whether the embedded model doubts what a guest says in words, and nobody is called for it anyway."""
    is_talk = turn.message.kind is IncomingKind.text and turn.pressed is None
    return (
        is_talk
        and any(map(str.isalpha, turn.text))
        and not is_unhappy(turn)
        and not turn.is_escalated
        and _is_unsure(turn)
    )


def _is_unsure(turn: Turn) -> bool:
    return min(turn.analysis.sentiment_confidence, turn.analysis.intent_confidence) < SURE
