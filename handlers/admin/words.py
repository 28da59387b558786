"""Triggers in an admin's words: when, whether, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.storage.repositories.triggers import TriggerRecord
from bot.texts import format_date, format_time
from handlers.base import Turn
from models.enums import BookingStatus
from triggers.actions import FOR_STAFF, Action, parse_actions
from triggers.base import Change, Cron, Event, Offset, Once, When
from triggers.clauses import Group, Mode, Test
from triggers.fields import PREFERENCES, Operator
from triggers.moments import EVENTS
from triggers.planning import PlanDiff
from triggers.rejections import Problem, RejectedTrigger
from triggers.rules import read

_STATUSES = frozenset(BookingStatus)
_NOT_RECEIVED = "not_received"
_TEXTS = ("message_template", "translations")
_WORDS = tuple(f".{kind}" for kind in FOR_STAFF)
# What the enum and the path say already, or a template's reader says in its own terms.
_WITHOUT_DETAIL = frozenset(
    {
        Problem.unknown_name,
        Problem.unknown_value,
        Problem.empty,
        Problem.not_a_number,
        Problem.not_whole,
        Problem.bad_template,
        Problem.unknown_here,
        Problem.impossible_then,
        Problem.too_late,
    }
)


def moment_words(turn: Turn, at: datetime) -> str:
    """Write an instant as the hotel's clock shows it: 20 November 2026, 15:05."""
    return f"{format_date(at, turn.language, turn.zone)}, {format_time(at, turn.zone, turn.language)}"


def when_words(turn: Turn, when: When) -> str:
    """Say when a trigger looks."""
    match when:
        case Offset():
            return _offset_words(turn, when)
        case Cron():
            return turn.say("admin-when-cron", line=when.line)
        case Once():
            day, time = format_date(when.on.date(), turn.language), f"{when.on:%H:%M}"
            return turn.say("admin-when-once", day=day, time=time)
        case Change():
            return turn.say("admin-when-change")
        case Event():
            return event_words(turn, when)


def span_words(turn: Turn, unit: str, amount: int) -> str:
    """Say how long: 2 hours."""
    return turn.say("admin-span", unit=unit, count=amount)


def _offset_words(turn: Turn, when: Offset) -> str:
    key = "admin-when-before" if when.amount < 0 else "admin-when-after"
    if when.amount == 0:
        words = turn.say("admin-when-at-once", anchor=when.anchor.value, unit=when.unit.value)
    else:
        words = turn.say(key, span=span_words(turn, when.unit.value, abs(when.amount)), anchor=when.anchor.value)
    return words if when.at is None else turn.say("admin-when-at", when=words, time=f"{when.at:%H:%M}")


def event_words(turn: Turn, when: Event) -> str:
    """Say what must happen."""
    known = when.event if when.event in EVENTS else "other"
    minutes = int(when.delay.total_seconds() // 60)
    span = span_words(turn, "minutes", minutes)
    return turn.say("admin-when-event", event=known, name=when.name or "", span=span)


def whether_words(turn: Turn, group: Group) -> str:
    """Say what must hold."""
    return _group_words(turn, group) or turn.say("admin-whether-always")


def _group_words(turn: Turn, group: Group) -> str:
    parts = "; ".join(
        test_words(turn, part) if isinstance(part, Test) else _group_words(turn, part) for part in group.parts
    )
    return parts if group.mode is Mode.all else turn.say("admin-group", mode=group.mode.value, parts=parts)


def test_words(turn: Turn, test: Test) -> str:
    """Say what one test wants."""
    is_not_received = test.path.endswith(_NOT_RECEIVED)
    return condition_words(
        turn,
        _NOT_RECEIVED if is_not_received else test.name,
        Operator.in_ if is_not_received else test.operator,
        test.wanted,
    )


def condition_words(turn: Turn, name: str, operator: str, wanted: Any) -> str:
    """Say that a field is wanted so."""
    if operator == Operator.exists:
        return turn.say("admin-test-known", field=field_words(turn, name), known="yes" if wanted is True else "no")
    return turn.say(
        "admin-test", field=field_words(turn, name), operator=operator, wanted=value_words(turn, name, wanted)
    )


def field_words(turn: Turn, name: str) -> str:
    """Return what people call a field."""
    if name.startswith(PREFERENCES):
        return turn.say("admin-preference", name=name.removeprefix(PREFERENCES))
    return turn.say("admin-field", field=name.replace(".", "_"), name=name)


def value_words(turn: Turn, name: str, value: Any) -> str:
    """Write a wanted or found value; several are joined."""
    if value is None or value == []:
        return turn.say("admin-value-unknown")
    if isinstance(value, list | tuple):
        return ", ".join(value_words(turn, name, one) for one in value)
    if name == "booking_status" and value in _STATUSES:
        return turn.say("admin-booking-status", status=str(value))
    return str(value)


def beside_words(turn: Turn, actions: Sequence[Any]) -> str:
    """Say what a trigger does beside its message, a line for each; nothing where it does, or tells, nothing."""
    try:
        return actions_words(turn, "admin-beside", parse_actions(list(actions)))
    except RejectedTrigger:
        return ""


def actions_words(turn: Turn, key: str, actions: Sequence[Action]) -> str:
    """Say this of actions, a line for each; nothing where there are none."""
    lines = (
        turn.say(
            "admin-action",
            kind=action.kind.value,
            what=action.what,
            severity=action.severity.value,
            department=turn.say("alert-department", department=action.department.value),
        )
        for action in actions
    )
    return "\n".join((turn.say(key), *lines)) if actions else ""


def diff_words(turn: Turn, diff: PlanDiff) -> str:
    """Say what a change made of the plan."""
    if diff == PlanDiff():
        return turn.say("admin-diff-none")
    return turn.say("admin-diff", added=diff.added, moved=diff.moved, cancelled=diff.cancelled)


def rejection_words(turn: Turn, error: RejectedTrigger) -> str:
    """Say what is wrong with a trigger, where, and what may have been meant."""
    is_text = error.path.startswith(_TEXTS) or error.path.endswith(_WORDS)
    problem = error.problem.value
    if is_text and error.problem is Problem.unknown_name:
        problem = "unknown_variable"
    parts = [turn.say("admin-problem", problem=problem, path=_part(turn, error))]
    if error.nearest:
        parts.append(turn.say("admin-problem-nearest", nearest=error.nearest))
    elif error.problem not in _WITHOUT_DETAIL:
        parts.append(turn.say("admin-problem-detail", detail=error.detail))
    return " ".join(parts)


def mistake_words(turn: Turn, trigger: TriggerRecord) -> str:
    """Say what is wrong with a stored trigger; nothing where it can be read."""
    try:
        read(trigger)
    except RejectedTrigger as error:
        return rejection_words(turn, error)
    return ""


def _part(turn: Turn, error: RejectedTrigger) -> str:
    """Return the wrong part as people write it: `nights>=3` has the path nights.gte. What does not belong to a
    field is the operator itself."""
    if error.path == _TEXTS[0]:
        return turn.say("admin-problem-text")
    field, _, last = error.path.rpartition(".")
    is_of_field = field and last in frozenset(Operator) and error.problem is not Problem.misplaced
    return field if is_of_field else error.path
