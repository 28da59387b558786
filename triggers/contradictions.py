"""Conditions that no stay can ever meet: two wishes for one field that exclude each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from triggers.clauses import Group, Mode, Test
from triggers.fields import ORDERING, FieldType, Operator, Value, holds
from triggers.rejections import Problem, RejectedTrigger

_CHOICES = frozenset({Operator.eq, Operator.in_})
_REQUIRING = frozenset({Operator.eq, Operator.contains})
_FORBIDDING = frozenset({Operator.ne, Operator.not_in})


def check_possible(group: Group) -> None:
    """Raise RejectedTrigger when something that must hold together can't; every part is looked at."""
    if group.mode is Mode.all:
        by_field: defaultdict[str, list[Test]] = defaultdict(list)
        for test in _joined(group):
            by_field[test.name].append(test)
        for tests in by_field.values():
            if not _is_possible(tests):
                raise RejectedTrigger(tests[-1].path, Problem.contradiction, "no value can meet this")
    for part in group.parts:
        if isinstance(part, Group):
            check_possible(part)


def _joined(group: Group) -> Iterator[Test]:
    """Yield the tests that all have to hold for the group to hold."""
    for part in group.parts:
        if isinstance(part, Test):
            yield part
        elif part.mode is Mode.all:
            yield from _joined(part)


def _is_possible(tests: Sequence[Test]) -> bool:
    """Say whether some value, or none at all, meets every test; when unsure, yes."""
    if _holds_for(tests, None):
        return True
    if any(test.operator is Operator.exists and test.values == (False,) for test in tests):
        return False
    field = tests[0].field
    if field.type is FieldType.names:
        return _is_possible_list(tests)
    choices = next((test.values for test in tests if test.operator in _CHOICES), tuple(sorted(field.words)))
    if choices:
        return any(_is_within(choice, tests) and _holds_for(tests, choice) for choice in choices)
    return _has_room(tests)


def _holds_for(tests: Iterable[Test], value: Value | None) -> bool:
    return all(holds(test.operator, value, test.values) for test in tests)


def _is_within(value: Value, tests: Sequence[Test]) -> bool:
    field = tests[0].field
    if not isinstance(value, Decimal):
        return True
    return (field.least is None or value >= field.least) and (field.most is None or value <= field.most)


def _is_possible_list(tests: Sequence[Test]) -> bool:
    """A list can hold many members, so only what is forbidden can stand against what is asked for."""
    forbidden = {value for test in tests if test.operator in _FORBIDDING for value in test.values}
    required = {value for test in tests if test.operator in _REQUIRING for value in test.values}
    choices = [set(test.values) for test in tests if test.operator is Operator.in_]
    return not required & forbidden and all(choice - forbidden for choice in choices)


def _has_room(tests: Sequence[Test]) -> bool:
    """Say whether the bounds of the field and of the tests leave a number between them."""
    field = tests[0].field
    low, high = _tightest(tests)
    if field.type is FieldType.whole:
        low, high = _whole_bounds(low, high)
    if low is None or high is None:
        return True
    if low[0] == high[0]:
        return not low[1] and not high[1]
    return low[0] < high[0]


# A bound and whether it is itself left out.
_Bound = tuple[Decimal, bool]


def _tightest(tests: Sequence[Test]) -> tuple[_Bound | None, _Bound | None]:
    field = tests[0].field
    lows: list[_Bound] = [] if field.least is None else [(field.least, False)]
    highs: list[_Bound] = [] if field.most is None else [(field.most, False)]
    for test in tests:
        value = test.values[0]
        if test.operator in ORDERING and isinstance(value, Decimal):
            is_low = test.operator in {Operator.gt, Operator.gte}
            (lows if is_low else highs).append((value, test.operator in {Operator.gt, Operator.lt}))
    low = max(lows, default=None)
    return low, min(highs, key=lambda bound: (bound[0], not bound[1]), default=None)


def _whole_bounds(low: _Bound | None, high: _Bound | None) -> tuple[_Bound | None, _Bound | None]:
    """Move bounds inwards to whole numbers that are themselves allowed."""
    if low is not None:
        up = low[0].to_integral_value(ROUND_CEILING)
        low = (up + 1 if low[1] and up == low[0] else up, False)
    if high is not None:
        down = high[0].to_integral_value(ROUND_FLOOR)
        high = (down - 1 if high[1] and down == high[0] else down, False)
    return low, high
