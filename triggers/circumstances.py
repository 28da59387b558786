"""What holds of stay and message whenever a rule looks, beside what its own conditions ask. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from models.enums import BookingStatus, SentimentType
from triggers.base import Event
from triggers.clauses import Group, Mode, Test
from triggers.fields import FIELDS, Operator
from triggers.happenings import states_during
from triggers.rules import Rule

_MESSAGE = tuple(name for name in FIELDS if name.startswith("message."))
_ALARMING = SentimentType.requires_attention.value
_MOODS = {
    "negative_sentiment": (SentimentType.negative.value, _ALARMING),
    "requires_attention": (_ALARMING,),
}


def asked(rule: Rule) -> Group:
    """Return all that must hold for a rule to go: its conditions, and what its moment brings along."""
    return Group(Mode.all, (rule.conditions.whether, *circumstances(rule)))


def circumstances(rule: Rule) -> Iterator[Test]:
    """Yield what is so of itself at the moment that a rule waits for."""
    when = rule.conditions.when
    event = when.event if isinstance(when, Event) else None
    states = states_during(event) if event else {state for state in BookingStatus if rule.looks_at(state)}
    if len(states) < len(BookingStatus):
        yield _test("booking_status", Operator.in_, *sorted(state.value for state in states))
    if event is None or len(states) < len(BookingStatus):
        # Nobody has written: it is the stay, or the clock, that gives the occasion.
        yield from (_test(name, Operator.exists, False) for name in _MESSAGE)
    if event in _MOODS:
        yield _test("message.sentiment_type", Operator.in_, *_MOODS[event])


def has_received(name: str) -> Test:
    """Return the test whether a guest got the message of the trigger of this name."""
    return _test("received", Operator.contains, " ".join(name.casefold().split()))


def _test(name: str, operator: Operator, *values: str | bool) -> Test:
    return Test(name, name, FIELDS[name], operator, list(values), values)
