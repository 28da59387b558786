"""Laws of what triggers do to each other, against every guest that there could be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given

from tests.triggers.test_cautions import AFTER_CHECKIN, rule
from tests.triggers.test_satisfiability import GROUPS, held, small_worlds
from triggers.clauses import Group
from triggers.coincidences import Coincidences
from triggers.rules import Rule

TODAY = date(2026, 11, 20)


def asking(group: Group, name: str, priority: int) -> Rule:
    made = rule(AFTER_CHECKIN, name, priority=priority)
    return replace(made, conditions=replace(made.conditions, whether=group))


@given(GROUPS, GROUPS)
def test_two_triggers_of_one_moment_overlap_exactly_when_some_guest_meets_both(one: Group, other: Group) -> None:
    both = any(held(one, facts) and held(other, facts) for facts in small_worlds())
    first, second = asking(one, "first", 2), asking(other, "second", 1)
    assert Coincidences(TODAY).overlap(first, second) is both
    assert Coincidences(TODAY).overlap(second, first) is both


@given(GROUPS, GROUPS)
def test_a_message_goes_ahead_exactly_when_nobody_gets_only_the_later_one(one: Group, other: Group) -> None:
    is_left = any(held(other, facts) and not held(one, facts) for facts in small_worlds())
    first, second = asking(one, "first", 2), asking(other, "second", 1)
    assert Coincidences(TODAY).messages_ahead(second, first) == (0 if is_left else 1)
    assert Coincidences(TODAY).messages_ahead(first, second) == 0
