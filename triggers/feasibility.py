"""Triggers that are right in themselves and can never go in this hotel. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.enums import CatchUp
from triggers.base import Anchor, Cron, Offset, Once
from triggers.circumstances import asked, circumstances
from triggers.clauses import Group, Test
from triggers.conditions import tests_of
from triggers.fields import Operator
from triggers.moments import TIME_KEYS
from triggers.planning import ON_TIME
from triggers.premises import Premises
from triggers.rejections import Problem, RejectedTrigger, nearest, shown
from triggers.rules import Rule
from triggers.satisfiability import Demand, can_hold
from triggers.schedules import QuietHours, daily_times, instant, useful_until

_DAY = timedelta(days=1)
_NAMING = frozenset({Operator.eq, Operator.in_, Operator.ne, Operator.not_in})
_REQUIRING = frozenset({Operator.eq, Operator.in_})


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value that a condition names and nobody here has; `nearest` is the known one that is most like it."""

    test: Test
    value: str
    nearest: str | None


def check_feasible(rule: Rule, premises: Premises) -> None:
    """Raise RejectedTrigger when a trigger can never go in this hotel, as far as can be known."""
    if _comes_too_late(rule, premises):
        raise RejectedTrigger(_moment_path(rule), Problem.too_late, "is never in time: it is no longer useful then")
    _check_channels(rule, premises)
    _check_conditions(rule, premises)


def unknown_values(whether: Group, premises: Premises) -> Iterator[UnknownValue]:
    """Yield the values that conditions name of fields whose values are known, and that are not among these."""
    for test in tests_of(whether):
        known = premises.known.get(test.name)
        if known and test.operator in _NAMING:
            written = test.wanted if isinstance(test.wanted, list) else [test.wanted]
            for value, folded in zip(written, test.values, strict=True):
                if folded not in premises.folded(test.name):
                    yield UnknownValue(test, value, nearest(value, known))


def _comes_too_late(rule: Rule, premises: Premises) -> bool:
    when, useful_for = rule.conditions.when, _useful_for(rule, premises.now)
    match when:
        case Offset(anchor=Anchor.booking) if when.amount < 0:
            # No stay is known before it is booked.
            lateness = when.length - (_DAY if when.at else timedelta())
            return lateness >= useful_for or (rule.record.catch_up is CatchUp.skip and lateness > ON_TIME)
        case Offset(at=time() as at):
            return _wait(at, premises.quiet) >= useful_for
        case Cron():
            return all(_wait(at, premises.quiet) >= useful_for for at in daily_times(when.line))
        case Once():
            is_past = instant(when.on, premises.zone) + useful_for < premises.now
            return is_past or _wait(when.on.time(), premises.quiet) >= useful_for
        case _:
            return False


def _useful_for(rule: Rule, now: datetime) -> timedelta:
    return useful_until(now, rule.conditions.when, rule.record.useful_for) - now


def _wait(at: time, quiet: QuietHours) -> timedelta:
    """Return how long a message of this time of day waits for the quiet hours to end."""
    if not quiet.covers(at):
        return timedelta()
    wait = datetime.combine(date.min, quiet.end) - datetime.combine(date.min, at)
    return wait if wait > timedelta() else wait + _DAY


def _moment_path(rule: Rule) -> str:
    keys = [key for key in rule.record.conditions if key in TIME_KEYS]
    return "at" if "at" in keys else keys[0]


def _check_channels(rule: Rule, premises: Premises) -> None:
    channels, known = rule.record.channels, premises.known.get("guest.channel")
    if channels and known and not set(channels) & set(known):
        detail = f"this hotel writes by none of {', '.join(channels)}"
        raise RejectedTrigger("channels", Problem.unknown_here, detail, nearest(channels[0], known))


def _check_conditions(rule: Rule, premises: Premises) -> None:
    if not can_hold([Demand(asked(rule))]):
        names = {test.name for test in circumstances(rule)}
        paths = (test.path for test in tests_of(rule.conditions.whether) if test.name in names)
        detail = "can't be so when this trigger looks"
        raise RejectedTrigger(next(paths, "conditions"), Problem.impossible_then, detail)
    if not can_hold([Demand(asked(rule))], premises.world):
        for one in unknown_values(rule.conditions.whether, premises):
            if one.test.operator in _REQUIRING and one.test.name in premises.world:
                detail = f"nothing of this hotel has {shown(one.value)!r}"
                raise RejectedTrigger(one.test.path, Problem.unknown_here, detail, one.nearest)
        raise RejectedTrigger("conditions", Problem.unknown_here, "nothing of this hotel meets all of them")
