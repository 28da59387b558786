"""A verdict in an admin's words: what came of it, why, and every condition with what was wanted and found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.storage.repositories.firings import PLANNED, FiringRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.triggers import TriggerRecord
from handlers.admin.words import actions_words, condition_words, moment_words, value_words
from handlers.base import Turn
from models.enums import FiringStatus
from triggers.base import ConditionResult, Verdict
from triggers.clauses import Mode
from triggers.engine import Explanation
from triggers.rejections import RejectedTrigger
from triggers.rules import read

_GROUP = re.compile(r"(all|any|none)\[\d+\]\.")
_INDEX = re.compile(r"\[\d+\]$")
_NOT_RECEIVED = "not_received"


def explanation_text(
    turn: Turn, trigger: TriggerRecord, guest: GuestRecord, explanation: Explanation, lines: Sequence[FiringRecord]
) -> str:
    """Return the whole answer to why. `lines` is all that the ledger has, latest first."""
    name = guest.name or turn.say("admin-guest-nameless")
    parts = [turn.say("admin-why-title", number=str(trigger.number), trigger=trigger.name, guest=name)]
    if not trigger.is_active:
        parts.append(turn.say("admin-why-paused"))
    decided = explanation.firing if explanation.firing and explanation.firing.verdict else None
    if decided is not None:
        parts.append(_ledger_sentence(turn, decided))
    parts += [turn.say("admin-why-planned", time=moment_words(turn, line.due_at)) for line in _ahead(lines, decided)]
    if decided is None:
        parts += _as_of_now(turn, explanation.firing, explanation.verdict)
    parts += _conditions(turn, trigger, explanation.verdict)
    key = "admin-why-done" if decided else "admin-why-would-do"
    parts += filter(None, [actions_words(turn, key, explanation.actions)])
    return "\n".join(parts)


def _ahead(lines: Sequence[FiringRecord], decided: FiringRecord | None) -> Iterator[FiringRecord]:
    """Yield what is still to come, soonest first; a postponed line has said so itself."""
    yield from (line for line in reversed(lines) if line.status in PLANNED and line is not decided)


def _ledger_sentence(turn: Turn, firing: FiringRecord) -> str:
    is_postponed = firing.status is FiringStatus.postponed
    at = firing.due_at if is_postponed else firing.decided_at or firing.due_at
    return turn.say(
        "admin-why-decided",
        status=firing.status.value,
        time=moment_words(turn, at),
        reason=reason_words(turn, firing.reason or ""),
    )


def _as_of_now(turn: Turn, firing: FiringRecord | None, verdict: Verdict) -> Iterator[str]:
    if firing is None:
        yield turn.say("admin-why-never")
    elif firing.status is FiringStatus.cancelled:
        at = moment_words(turn, firing.decided_at or firing.due_at)
        yield turn.say("admin-why-cancelled", time=at, reason=reason_words(turn, firing.reason or ""))
    yield turn.say("admin-why-now", status=verdict.status.value, reason=reason_words(turn, verdict.reason))


def reason_words(turn: Turn, reason: str) -> str:
    """Return the sentence of a reason code."""
    return turn.say("admin-reason", reason=reason)


def _conditions(turn: Turn, trigger: TriggerRecord, verdict: Verdict) -> Iterator[str]:
    """Say what was found. Where nothing was asked, as of what came late, it may have conditions all the same."""
    if not verdict.conditions and _is_unconditional(trigger):
        yield turn.say("admin-why-unconditional")
    yield from (_condition_line(turn, one) for one in verdict.conditions)


def _is_unconditional(trigger: TriggerRecord) -> bool:
    try:
        return not read(trigger).conditions.whether.parts
    except RejectedTrigger:
        return False


def _condition_line(turn: Turn, result: ConditionResult) -> str:
    groups = [mode for mode in _GROUP.findall(result.path) if mode != Mode.all]
    name = _field_of(result)
    operator = "in" if name == _NOT_RECEIVED else result.operator
    line = turn.say(
        "admin-why-condition",
        mark="✓" if _helps(result) else "✗",
        wanted=condition_words(turn, name, operator, result.wanted),
        actual=value_words(turn, name, result.actual),
    )
    return line if not groups else f"{line} {turn.say('admin-why-within', mode=groups[-1])}"


def _helps(result: ConditionResult) -> bool:
    """Whether the condition speaks for sending: inside `none` one that is met speaks against it."""
    turned = sum(1 for mode in _GROUP.findall(result.path) if mode == Mode.none) % 2 == 1
    return result.held is not turned


def _field_of(result: ConditionResult) -> str:
    """Return the field that a path such as `any[0].nights.gte` asks."""
    return _INDEX.sub("", _GROUP.sub("", result.path)).removesuffix(f".{result.operator}")
