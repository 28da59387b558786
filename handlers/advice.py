"""A second opinion on what the embedded model is not sure of. What it is sure of, nobody waits for.

An alert does not wait, and is never withdrawn: where the rules or the embedded model see what a person must see, no
other is asked. A larger model may only find more. What waits is a question that would be passed on unanswered, and
only until something else arrives in its chat: that may be an alert.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from bot.messages import IncomingKind
from bot.nlu.advice import Adviser, Asker, Message, Opinion
from bot.nlu.base import UNKNOWN_LANGUAGE
from bot.telemetry.logs import logger
from handlers.attention import is_unhappy
from handlers.base import Turn
from handlers.citing import sources
from handlers.information import is_answered, may_be_answered, written_down
from handlers.turns import Arrival
from handlers.unanswered import is_unanswered

SURE = 0.8
# Staff shall read an alert within a second; it may stand behind a question about which the other one still thinks.
LOOK_EVERY = timedelta(milliseconds=250)

Look = Callable[[], Awaitable[bool]]

log = logger("advice")


async def advised(adviser: Adviser, arrival: Arrival, turn: Turn, is_followed: Look) -> Turn:
    """Return the turn as it is known with a second opinion, or as it was. `is_followed` tells whether something waits
    behind it."""
    # What was in hand when a worker died is not what to try something with again, nor to pay for twice.
    if arrival.event.attempts > 1 or not _is_worth_asking(turn):
        return turn
    try:
        opinion = await _opinion(adviser, turn, is_followed)
    except Exception as error:
        # A guest's message must not fail for want of what it can do without.
        log.error("advice_failed", error=error, exc_info=True)
        return turn
    if opinion is None:
        return turn
    return replace(turn, opinion=opinion, analysis=turn.analysis.judged_anew(opinion.judgement))


async def _opinion(adviser: Adviser, turn: Turn, is_followed: Look) -> Opinion | None:
    """Return what the other one says, or nothing as soon as something waits behind the turn."""
    if await is_followed():
        return None
    asker = Asker(turn.hotel.id, turn.now.astimezone(turn.zone))
    question = adviser.judge(asker, _message(turn), sources(turn) if _is_open_question(turn) else ())
    asking = asyncio.ensure_future(question)
    try:
        while not (await asyncio.wait({asking}, timeout=LOOK_EVERY.total_seconds()))[0]:
            if await is_followed():
                return None
        return asking.result()
    finally:
        asking.cancel()


def _is_worth_asking(turn: Turn) -> bool:
    """Whether the embedded model doubts what a guest says in words, and nobody is called for it anyway."""
    is_talk = turn.message.kind is IncomingKind.text and turn.pressed is None and any(map(str.isalpha, turn.text))
    is_in_hand = is_unhappy(turn) or turn.is_escalated
    return is_talk and not is_in_hand and (_is_unsure(turn) or _is_open_question(turn))


def _is_unsure(turn: Turn) -> bool:
    return min(turn.analysis.sentiment_confidence, turn.analysis.intent_confidence) < SURE


def _is_open_question(turn: Turn) -> bool:
    """Whether the hotel may have written down what is asked for, and it is not clear where."""
    return not is_answered(turn) and (is_unanswered(turn) or may_be_answered(turn)) and bool(written_down(turn))


def _message(turn: Turn) -> Message:
    language = turn.analysis.language if turn.analysis.language != UNKNOWN_LANGUAGE else None
    return Message(turn.text, language, turn.language)
