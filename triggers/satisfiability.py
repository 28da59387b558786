"""Whether anything can meet conditions, those of several triggers together: their satisfiability. Pure.

Groups are opened branch by branch into the tests that must hold and those that must not; a branch lives as long as
every field has a value that serves all of its own. Which values are worth trying follows from those that are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from triggers.clauses import Group, Mode, Test
from triggers.fields import Field, FieldType, Operator, Value, holds

# Conditions of two triggers may open into a great many branches, and nobody waits for the last of them.
_MOST_STEPS = 5_000
_CHOOSING = frozenset({Operator.eq, Operator.in_})
_REQUIRING = _CHOOSING | {Operator.contains}
_FORBIDDING = frozenset({Operator.ne, Operator.not_in})
# Stands in no text that an author can write.
_APART = "\x1f"


@dataclass(slots=True)
class Patience:
    """How many steps are left for several searches together."""

    steps: int


@dataclass(frozen=True, slots=True)
class Demand:
    """A test or a group that must hold, or must not."""

    part: Test | Group
    is_wanted: bool = True


# By field the only values that there are; the others may have any.
World = Mapping[str, Set[str]]
# Tests of one field, each with whether it must hold.
_Asked = Sequence[tuple[Test, bool]]


def can_hold(demands: Iterable[Demand], world: World | None = None, patience: Patience | None = None) -> bool:
    """Say whether some facts meet all demands at once; where it takes too long to tell, yes. What it takes is taken
    from `patience`."""
    search = _Search(world or {})
    found = search.can_meet(list(demands), {})
    if patience is not None:
        patience.steps -= search.taken
    return found


def is_possible(demands: Iterable[Demand], known: Set[str] | None = None) -> bool:
    """Say whether some value of their one field, or none at all, meets demands that are all tests; `known` are the
    only values it has."""
    asked = [(demand.part, demand.is_wanted) for demand in demands if isinstance(demand.part, Test)]
    return any(
        all(holds(test.operator, value, test.values) is is_wanted for test, is_wanted in asked)
        for value in _candidates(asked, known)
    )


class _Search:
    def __init__(self, world: World) -> None:
        self._world = world
        self.taken = 0

    def can_meet(self, waiting: list[Demand], met: Mapping[str, tuple[Demand, ...]]) -> bool:
        """Say whether what waits can be met together with the demands that each field meets already."""
        met, choices = dict(met), list[Demand]()
        waiting = list(waiting)
        while waiting:
            demand = waiting.pop()
            self.taken += 1
            if isinstance(demand.part, Test):
                name = demand.part.name
                met[name] = (*met.get(name, ()), demand)
                if not is_possible(met[name], self._world.get(name)):
                    return False
            elif _is_joined(demand) or len(demand.part.parts) == 1:
                waiting += _opened(demand)
            else:
                choices.append(demand)
        if not choices or self.taken > _MOST_STEPS:
            return True
        first, *others = choices
        return any(self.can_meet([branch, *others], met) for branch in _opened(first))


def _is_joined(demand: Demand) -> bool:
    """Whether all parts of a demanded group come true together, and not only one of them."""
    assert isinstance(demand.part, Group), "tests have no parts"
    return demand.is_wanted is (demand.part.mode is not Mode.any)


def _opened(demand: Demand) -> list[Demand]:
    """Return what a demanded group makes of its parts."""
    assert isinstance(demand.part, Group), "tests have no parts"
    is_wanted = demand.is_wanted is (demand.part.mode is not Mode.none)
    return [Demand(part, is_wanted) for part in demand.part.parts]


def _candidates(asked: _Asked, known: Set[str] | None) -> Iterator[Value | None]:
    """Yield values one of which meets the tests if any value does."""
    yield None
    field = asked[0][0].field
    if field.type in {FieldType.names, FieldType.free}:
        yield from _lists(asked, known)
    if field.type is FieldType.names:
        return
    if (choice := _choice(asked)) is not None:
        yield from (value for value in choice if _is_within(field, value) and (known is None or value in known))
        return
    if field.type in {FieldType.text, FieldType.free}:
        yield from _texts(asked, known if known is not None else field.words or None)
    if field.type in {FieldType.whole, FieldType.number, FieldType.free}:
        yield from _numbers(
            field, {value for test, _ in asked for value in test.values if isinstance(value, Decimal)}
        )
    if field.type is FieldType.free:
        yield from (False, True)


def _choice(asked: _Asked) -> Sequence[Value] | None:
    """Return the only values that some test leaves to choose from, None where all leave more."""
    for test, is_wanted in asked:
        if test.operator in (_CHOOSING if is_wanted else _FORBIDDING):
            return test.values
    return None


def _lists(asked: _Asked, known: Set[str] | None) -> Iterator[Value]:
    """Yield the longest list without what is forbidden: more members never hurt otherwise."""
    forbidden, named = set[Value](), set[Value]()
    for test, is_wanted in asked:
        if test.operator in _REQUIRING | _FORBIDDING:
            named.update(test.values)
            if test.operator in (_FORBIDDING if is_wanted else _REQUIRING):
                forbidden.update(test.values)
    members = {*(named | {_APART} if known is None else known)} - forbidden
    if members:
        yield frozenset(member for member in members if isinstance(member, str))


def _texts(asked: _Asked, known: Set[str] | None) -> Iterator[Value]:
    """Yield what is known, else a text that holds all that it shall, and is none of those that are named."""
    if known is not None:
        yield from sorted(known)
        return
    parts = [
        str(value)
        for test, is_wanted in asked
        if is_wanted and test.operator is Operator.contains
        for value in test.values
    ]
    yield _APART.join(["", *parts, ""])


def _numbers(field: Field, named: Set[Decimal]) -> Iterator[Value]:
    """Yield the numbers that are named, and those between and beside them."""
    marks = sorted({*named, *(bound for bound in (field.least, field.most) if bound is not None)} or {Decimal(0)})
    numbers = {*marks, marks[0] - 1, marks[-1] + 1, *((low + high) / 2 for low, high in pairwise(marks))}
    if field.type is FieldType.whole:
        numbers = {whole + step for mark in numbers for whole in _rounded(mark) for step in (-1, 0, 1)}
    yield from (one for one in numbers if _is_within(field, one))


def _rounded(number: Decimal) -> tuple[Decimal, Decimal]:
    return number.to_integral_value(ROUND_FLOOR), number.to_integral_value(ROUND_CEILING)


def _is_within(field: Field, value: Value) -> bool:
    if not isinstance(value, Decimal):
        return True
    return (field.least is None or value >= field.least) and (field.most is None or value <= field.most)
