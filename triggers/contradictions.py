"""Conditions that no stay can ever meet: wishes that exclude each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from triggers.clauses import Group, Mode, Test
from triggers.rejections import Problem, RejectedTrigger
from triggers.satisfiability import Demand, can_hold, is_possible


def check_possible(whether: Group) -> None:
    """Raise RejectedTrigger when something that must hold together can't; every part is looked at."""
    _check_part(whether)
    if not can_hold([Demand(whether)]):
        raise RejectedTrigger("conditions", Problem.contradiction, "nothing can meet all of them")


def _check_part(group: Group) -> None:
    """Name the test that stands against others, where it is so simple."""
    if group.mode is Mode.all:
        by_field: defaultdict[str, list[Test]] = defaultdict(list)
        for test in _joined(group):
            by_field[test.name].append(test)
        for tests in by_field.values():
            if not is_possible([Demand(test) for test in tests]):
                raise RejectedTrigger(tests[-1].path, Problem.contradiction, "no value can meet this")
    for part in group.parts:
        if isinstance(part, Group):
            _check_part(part)


def _joined(group: Group) -> Iterator[Test]:
    """Yield the tests that all have to hold for the group to hold."""
    for part in group.parts:
        if isinstance(part, Test):
            yield part
        elif part.mode is Mode.all:
            yield from _joined(part)
