"""Laws of what conditions can meet, against the evaluator itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import TriggerType
from tests.triggers.test_condition_laws import CONDITIONS, FACTS, WORDS, questions
from triggers.base import Change, Facts
from triggers.clauses import Conditions, Group, Mode
from triggers.conditions import evaluate, parse_conditions
from triggers.rejections import RejectedTrigger
from triggers.satisfiability import Demand, can_hold

ON = {"on": "2026-01-01T10:00"}
TWO = WORDS[:2]
SMALL = {
    "nights": questions(st.integers(0, 3), "gt", "gte", "lt", "lte"),
    "room_type": questions(st.sampled_from(TWO)),
    "guest.tags": questions(st.sampled_from(TWO), "contains"),
}


def whether(conditions: dict[str, Any]) -> Group | None:
    """What is asked; None where saving refuses it."""
    try:
        return parse_conditions(TriggerType.time_based, {**ON, **conditions}).whether
    except RejectedTrigger:
        return None


SINGLE = st.sampled_from(sorted(SMALL)).flatmap(lambda name: SMALL[name].map(lambda wanted: {name: wanted}))
# Joined past all checks, so that contradictions are among them.
GROUPS = st.recursive(
    SINGLE.map(whether).filter(lambda group: group is not None),
    lambda inner: st.builds(Group, st.sampled_from(Mode), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)


def small_worlds() -> Iterator[Facts]:
    """All facts that can make a difference to conditions over a few words and numbers."""
    tags = [list(some) for size in range(4) for some in combinations((*TWO, "other"), size)]
    for nights, room, some in product((None, 0, 1, 2, 3, 4), (None, *TWO, "other"), (None, *tags)):
        yield Facts({"nights": nights, "room_type": room, "guest": {"tags": some}})


def held(group: Group, facts: Facts) -> bool:
    return evaluate(Conditions(Change(), group), facts).held


@given(CONDITIONS, CONDITIONS, FACTS)
def test_conditions_can_hold_together_when_some_facts_meet_both(
    one: dict[str, Any], other: dict[str, Any], facts: dict[str, Any]
) -> None:
    groups = [group for group in (whether(one), whether(other)) if group is not None]
    if all(held(group, Facts(facts)) for group in groups):
        assert can_hold([Demand(group) for group in groups])


@given(GROUPS, GROUPS, st.booleans())
def test_conditions_can_hold_exactly_when_brute_force_finds_facts(one: Group, other: Group, is_wanted: bool) -> None:
    found = any(held(one, facts) and held(other, facts) is is_wanted for facts in small_worlds())
    assert can_hold([Demand(one), Demand(other, is_wanted)]) is found


def sharing_beds(guests: int) -> dict[str, Any]:
    """Each field is somebody's bed, and there is one too few: only opening every branch would show it."""
    beds = ("room_type", "room_number", "source", "guest.language", "message.intent", "message.text")[: guests - 1]
    return {"all": [{"any": [{bed: f"guest {guest}"} for bed in beds]} for guest in range(guests)]}


def test_a_contradiction_over_several_groups_is_refused_when_it_can_be_found_in_time() -> None:
    assert whether(sharing_beds(2)) is None
    assert whether(sharing_beds(3)) is None
    assert whether(sharing_beds(7)) is not None


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"room_type": "suite"}, False),
        ({"room_type": ["suite", "double"]}, True),
        ({"room_type": {"contains": "dou"}}, True),
        ({"room_type": {"ne": "double", "exists": True}}, False),
        ({"room_type": {"ne": "double"}}, True),
        ({"any": [{"room_type": "suite"}, {"nights": 3}]}, True),
        ({"received": "Welcome"}, True),
        ({"received": "Farewell"}, False),
        ({"received": {"exists": True}, "not_received": "Welcome"}, False),
    ],
)
def test_a_closed_field_holds_nothing_but_its_known_values(conditions: dict[str, Any], expected: bool) -> None:
    group = whether(conditions)
    assert group is not None
    world = {"room_type": frozenset({"double"}), "received": frozenset({"welcome"})}
    assert can_hold([Demand(group)], world) is expected
