"""Laws of the evaluator, over any conditions and any facts."""

from __future__ import annotations

import json
from datetime import date, datetime
from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from models.enums import FiringStatus, TriggerType
from triggers.base import Facts, Reason, Verdict
from triggers.conditions import evaluate, parse_conditions
from triggers.fields import FIELDS
from triggers.rejections import RejectedTrigger

WORDS = ("suite", "single", "vip", "ru")
NUMBERS = st.integers(0, 4) | st.floats(-1, 1) | st.decimals(-1, 1)
SCALARS = st.sampled_from(WORDS) | NUMBERS | st.booleans()


def questions(values: st.SearchStrategy[Any], *more: str) -> st.SearchStrategy[Any]:
    """What may stand behind a field whose values are these; `more` are its operators beside the usual."""
    choices = st.lists(values, min_size=1, max_size=3)
    single = st.fixed_dictionaries({}, optional=dict.fromkeys(("eq", "ne", *more), values))
    several = st.fixed_dictionaries({}, optional={"in": choices, "not_in": choices, "exists": st.booleans()})
    both = st.tuples(single, several).map(lambda pair: pair[0] | pair[1])
    return values | choices | both.filter(bool)


ORDER = ("gt", "gte", "lt", "lte")
WORD = st.sampled_from(WORDS)
ASKED: dict[str, st.SearchStrategy[Any]] = {
    "nights": questions(st.integers(0, 4), *ORDER),
    "message.sentiment_score": questions(st.floats(-1, 1), *ORDER),
    "room_type": questions(WORD, "contains"),
    "guest.language": questions(WORD, "contains"),
    "guest.tags": questions(WORD, "contains"),
    "guest.preferences.pillow": questions(SCALARS),
    "not_received": WORD | st.lists(WORD, min_size=1),
}
FLAT = st.sampled_from(sorted(ASKED)).flatmap(lambda name: ASKED[name].map(lambda wanted: {name: wanted}))
CONDITIONS = st.recursive(
    FLAT,
    lambda inner: st.dictionaries(
        st.sampled_from(("all", "any", "none")), st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=2
    ),
    max_leaves=6,
)

ANY_VALUE = st.recursive(
    st.none()
    | SCALARS
    | st.text()
    | st.floats()
    | st.decimals()
    | st.integers()
    | st.just(date(2026, 3, 29))
    | st.just(datetime(2026, 3, 29, 2, 30))  # noqa: DTZ001 - a fact may be anything
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.frozensets(st.text()),
    max_leaves=5,
)
PARTS = {name.partition(".")[0] for name in FIELDS}
FACTS = st.dictionaries(st.sampled_from(sorted(PARTS)), ANY_VALUE) | st.fixed_dictionaries(
    {
        "nights": NUMBERS,
        "room_type": st.sampled_from(WORDS),
        "guest": st.fixed_dictionaries(
            {"tags": st.lists(st.sampled_from(WORDS)), "language": SCALARS, "preferences": st.just({"pillow": "vip"})}
        ),
        "message": st.fixed_dictionaries({"sentiment_score": NUMBERS}),
    }
)


def trace(conditions: dict[str, Any], facts: dict[str, Any]) -> Any:
    """The trace, or nothing worth testing where the conditions are refused."""
    try:
        parsed = parse_conditions(TriggerType.time_based, {"on": "2026-01-01T10:00", **conditions})
    except RejectedTrigger:
        assume(False)
    return evaluate(parsed, Facts(facts))


@given(CONDITIONS, FACTS)
def test_evaluation_never_raises_and_explains_itself_when_facts_are_anything(
    conditions: dict[str, Any], facts: dict[str, Any]
) -> None:
    found = trace(conditions, facts)
    verdict = Verdict(FiringStatus.skipped, Reason.conditions_not_met, found.checked)

    as_stored = json.loads(json.dumps(verdict.to_json(), default=str, allow_nan=False))

    assert [one["held"] for one in as_stored["conditions"]] == [one.held for one in found.checked]


MEMBERS = st.lists(CONDITIONS, min_size=1, max_size=3)


@given(MEMBERS, FACTS)
def test_groups_join_the_answers_of_their_members_when_members_are_any(
    members: list[dict[str, Any]], facts: dict[str, Any]
) -> None:
    answers = [trace(member, facts).held for member in members]

    assert trace({"all": members}, facts).held is all(answers)
    assert trace({"any": members}, facts).held is any(answers)
    assert trace({"none": members}, facts).held is not any(answers)


@given(MEMBERS, FACTS)
def test_none_is_the_opposite_of_any_when_given_the_same_conditions(
    members: list[dict[str, Any]], facts: dict[str, Any]
) -> None:
    assert trace({"none": members}, facts).held is not trace({"any": members}, facts).held
    assert trace({"none": [{"none": members}]}, facts).held is trace({"any": members}, facts).held


@given(CONDITIONS, FLAT, FACTS)
def test_trigger_never_widens_when_a_condition_is_added(
    conditions: dict[str, Any], more: dict[str, Any], facts: dict[str, Any]
) -> None:
    narrowed = {**conditions, "all": [*conditions.get("all", []), more]}

    assert trace(conditions, facts).held or not trace(narrowed, facts).held


@given(MEMBERS, CONDITIONS, FACTS)
def test_any_never_narrows_and_none_never_widens_when_an_alternative_is_added(
    members: list[dict[str, Any]], more: dict[str, Any], facts: dict[str, Any]
) -> None:
    assert trace({"any": [*members, more]}, facts).held or not trace({"any": members}, facts).held
    assert trace({"none": members}, facts).held or not trace({"none": [*members, more]}, facts).held


@given(st.sampled_from(("all", "any", "none")), MEMBERS, st.randoms(), FACTS)
def test_order_and_repetition_change_nothing_when_conditions_are_in_a_group(
    group: str, members: list[dict[str, Any]], random: Random, facts: dict[str, Any]
) -> None:
    shuffled = random.sample(members, len(members))

    assert trace({group: shuffled}, facts).held is trace({group: members}, facts).held
    assert trace({group: [*members, members[0]]}, facts).held is trace({group: members}, facts).held


@given(CONDITIONS, FACTS)
def test_every_condition_is_asked_when_the_first_ones_have_decided(
    conditions: dict[str, Any], facts: dict[str, Any]
) -> None:
    asked = [one.path for one in trace(conditions, facts).checked]

    assert asked == [one.path for one in trace(conditions, {}).checked]
    assert len(asked) == len(set(asked)) == count(conditions)


def count(conditions: dict[str, Any]) -> int:
    """How many questions these conditions ask."""
    return sum(
        sum(map(count, wanted)) if name in {"all", "any", "none"} else len(wanted) if isinstance(wanted, dict) else 1
        for name, wanted in conditions.items()
    )


OPPOSITES = (("ne", "eq"), ("not_in", "in"))
OF_WORDS = ("room_type", "guest.tags", "guest.preferences.pillow")


@given(st.sampled_from(OPPOSITES), st.sampled_from(OF_WORDS), WORD, FACTS)
def test_opposite_operators_never_agree_when_they_ask_the_same(
    pair: tuple[str, str], name: str, word: str, facts: dict[str, Any]
) -> None:
    wanted = [word] if "in" in pair else word
    first, second = ({name: {operator: wanted}} for operator in pair)

    assert trace(first, facts).held is not trace(second, facts).held
    assert trace({name: {"exists": True}}, facts).held is not trace({name: {"exists": False}}, facts).held
    assert trace({"not_received": word}, facts).held is not trace({"received": word}, facts).held


@given(st.lists(WORD, min_size=1, max_size=3), FACTS)
def test_list_of_choices_is_any_of_them_when_asked_one_by_one(choices: list[str], facts: dict[str, Any]) -> None:
    one_by_one = {"any": [{"room_type": choice} for choice in choices]}

    assert trace({"room_type": choices}, facts).held is trace(one_by_one, facts).held


@given(st.integers(1, 4), FACTS)
def test_bounds_part_the_numbers_in_two_and_leave_out_the_unknown_when_a_field_has_an_order(
    bound: int, facts: dict[str, Any]
) -> None:
    below, above = (trace({"nights": {operator: bound}}, facts).held for operator in ("lt", "gte"))
    at_most, beyond = (trace({"nights": {operator: bound}}, facts).held for operator in ("lte", "gt"))
    is_known = trace({"nights": {"exists": True}}, facts).held

    assert (below or above) is (at_most or beyond) is is_known
    assert not (below and above)
    assert not (at_most and beyond)
    assert (at_most and above) is trace({"nights": bound}, facts).held


@given(FLAT.filter(lambda conditions: "not_received" not in conditions), FACTS)
def test_operators_of_one_field_are_joined_by_and_when_given_together(
    conditions: dict[str, Any], facts: dict[str, Any]
) -> None:
    ((name, wanted),) = conditions.items()
    operators = wanted if isinstance(wanted, dict) else {"in" if isinstance(wanted, list) else "eq": wanted}

    together = trace(conditions, facts).held

    assert together is all(trace({name: {key: value}}, facts).held for key, value in operators.items())


@given(
    st.recursive(
        ANY_VALUE, lambda inner: st.dictionaries(st.text() | st.sampled_from(sorted(FIELDS)), inner), max_leaves=8
    )
)
def test_saving_answers_with_a_rejection_and_nothing_else_when_conditions_are_anything(value: Any) -> None:
    for kind in TriggerType:
        assert rejection(kind, value) != ""


def rejection(kind: TriggerType, value: Any) -> str | None:
    """The path that was refused, None when nothing was."""
    try:
        parse_conditions(kind, value)
    except RejectedTrigger as refused:
        return refused.path
    return None
