"""What is wrong with a file is said at once, each with its path and the nearest right name."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggers.exchange.document import Document, Entry
from triggers.exchange.reading import RejectedFile, check_document, read_document
from triggers.rejections import Problem

WELCOME = {
    "name": "Welcome",
    "type": "time_based",
    "conditions": {"hours_after_checkin": 2},
    "text": "Welcome, {{ guest.name }}!",
}

MISTAKEN = """
version: 1
colour: red
triggers:
  - name: Welcome
    type: time_basd
    text: hi {{ guest.nam }}
    conditions: {hours_after_checkin: 2}
  - name: welcome
    type: time_based
    conditions: {hours_after_chekin: 2, nihgts: 3, nights: {gtee: 3}, any: [{nihgts: 1}, {room_tpe: x, nights: two}]}
    text: hi
    tekst: x
    priority: high
    translations: {russisch: hi, ru: 5, de: "{{ guest.nme }}"}
    useful_for: soon
    once_per: nite
    examples:
      - stay: {check_in: yesterday, check_out: 2026-03-10 15:00, room: 5}
        fires: maybe
  - type: event_based
    conditions: {event: negativ_sentiment}
    text: ""
  - 5
"""
PLACES = """
colour: there is no such name
triggers[0].type: 'time_basd' is none of time_based, condition_based, event_based; did you mean time_based?
triggers[1].tekst: there is no such name; did you mean text?
triggers[1].priority: must be a valid integer
triggers[1].once_per: 'nite' is none of stay, guest, room, day
triggers[1].useful_for: must be a length of time like 12h, 90m or 2d
triggers[1].translations.ru: must be a valid string
triggers[1].examples[0].stay.room: there is no such name; did you mean room_type?
triggers[1].examples[0].stay.check_in: must be hotel time like 2026-03-10 15:00
triggers[1].examples[0].fires: must be hotel time like 2026-03-10 15:00
triggers[2].name: is needed
triggers[3]: must be an object
triggers[0].text: there is no variable guest.nam; did you mean guest.name?
triggers[1].name: triggers[0] has this name already
triggers[1].conditions.hours_after_chekin: there is no such key or field; did you mean hours_after_checkin?
triggers[1].conditions.nihgts: there is no such key or field; did you mean nights?
triggers[1].conditions.nights.gtee: there is no such operator; did you mean gte?
triggers[1].conditions.any[0].nihgts: there is no such key or field; did you mean nights?
triggers[1].conditions.any[1].room_tpe: there is no such key or field; did you mean room_type?
triggers[1].conditions.any[1].nights: must be a whole number, not 'two'
triggers[1].translations.russisch: language 'russisch': use a code such as ru or en
triggers[1].translations.de: there is no variable guest.nme; did you mean guest.name?
triggers[2].conditions.event: there is no event 'negativ_sentiment'; did you mean negative_sentiment?
triggers[2].text: says nothing
"""


def document(**changes: Any) -> Document:
    return check_document({"version": 1, "triggers": [{**WELCOME, **changes}]})


def problems(**changes: Any) -> list[tuple[str, Problem]]:
    with pytest.raises(RejectedFile) as refusal:
        document(**changes)
    return [(one.path, one.problem) for one in refusal.value.problems]


def test_everything_wrong_is_named_at_once_when_a_file_has_many_mistakes() -> None:
    with pytest.raises(RejectedFile) as refusal:
        read_document(MISTAKEN.encode())
    assert sorted(str(refusal.value).splitlines()) == sorted(PLACES.strip().splitlines())


def test_only_the_mistake_is_named_when_what_is_left_without_it_would_be_too_little() -> None:
    assert problems(conditions={"hours_after_chekin": 2}) == [
        ("triggers[0].conditions.hours_after_chekin", Problem.unknown_name)
    ]


def test_a_trigger_without_a_moment_is_named_when_nothing_else_is_wrong() -> None:
    assert problems(conditions={"nights": 3}) == [("triggers[0].conditions", Problem.missing)]


def test_both_mistakes_are_named_when_a_field_with_dots_has_one() -> None:
    conditions = {"hours_after_checkin": 2, "guest.language": {"gt": 1}, "none": [{"guest.tags": {"in": []}}]}
    assert problems(conditions=conditions) == [
        ("triggers[0].conditions.guest.language.gt", Problem.misplaced),
        ("triggers[0].conditions.none[0].guest.tags.in", Problem.empty),
    ]


def test_a_contradiction_is_named_with_its_path_when_no_stay_can_meet_it() -> None:
    assert problems(conditions={"hours_after_checkin": 2, "nights": {"gt": 5, "lt": 3}}) == [
        ("triggers[0].conditions.nights.lt", Problem.contradiction)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"active": "yes"},
        {"active": 1},
        {"priority": "1"},
        {"priority": True},
        {"priority": 1.0},
        {"name": 5},
        {"useful_for": 12},
        {"conditions": []},
        {"translations": ["ru"]},
        {"text": {"ru": "x"}},
    ],
)
def test_a_value_of_another_kind_is_refused_when_it_could_be_guessed(changes: dict[str, Any]) -> None:
    (found,) = problems(**changes)
    assert found[0] == f"triggers[0].{next(iter(changes))}"


@pytest.mark.parametrize("name", ["", " ", " Welcome", "Welcome ", "Wel\ncome", "x" * 101])
def test_a_name_is_refused_when_it_could_not_be_told_from_another(name: str) -> None:
    assert [path for path, _ in problems(name=name)] == ["triggers[0].name"]


@pytest.mark.parametrize("values", [None, [], "triggers", 5, {}, {"version": 1}, {"version": 2, "triggers": []}])
def test_a_file_is_refused_when_it_holds_something_else(values: Any) -> None:
    with pytest.raises(RejectedFile):
        read_document(orjson.dumps(values))


def test_the_version_is_named_when_it_is_a_later_one() -> None:
    with pytest.raises(RejectedFile, match=r"^version: must be 1"):
        check_document({"version": 2, "triggers": []})


def test_no_more_triggers_are_taken_than_a_hotel_can_have() -> None:
    many = [{**WELCOME, "name": str(number)} for number in range(201)]
    with pytest.raises(RejectedFile, match="triggers"):
        check_document({"version": 1, "triggers": many})


def test_not_more_is_told_than_anybody_reads_when_all_is_wrong() -> None:
    many = [{**WELCOME, "name": str(number), "typ": 1} for number in range(200)]
    with pytest.raises(RejectedFile) as refusal:
        check_document({"version": 1, "triggers": many})
    assert str(refusal.value).splitlines()[-1] == "and 150 more"


NAMES = st.sampled_from(["any", "none", "nights", "guest.tags", "gt", "in", "a[0].b", "", "ru"])
WORDS = st.sampled_from(["", "nights", "any", "time_based", "2h", "[0]"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["colour", "a[0]", *Entry.model_fields]), ANYTHING))
def test_a_file_is_read_or_refused_whatever_stands_in_it(changes: dict[str, Any]) -> None:
    with suppress(RejectedFile):
        document(**changes)


def test_not_all_is_looked_for_when_one_trigger_has_thousands_of_wrong_names() -> None:
    conditions = {"hours_after_checkin": 2, **{f"nihgts{number}": 1 for number in range(20_000)}}
    assert len(problems(conditions=conditions)) == 50


@pytest.mark.parametrize(
    ("written", "minutes"), [("90m", 90), ("12h", 720), ("1d 12h", 2160), ("1d12h30m", 2190), ("120s", 2)]
)
def test_a_length_of_time_is_read_when_it_is_written_as_people_do(written: str, minutes: int) -> None:
    span = document(useful_for=written).triggers[0].useful_for
    assert span is not None
    assert span.total_seconds() == minutes * 60


@pytest.mark.parametrize("written", ["0h", "", "h", "12", "-2h", "366d", "1h 1d", "٣h"])
def test_a_length_of_time_is_refused_when_it_is_none(written: str) -> None:
    assert [path for path, _ in problems(useful_for=written)] == ["triggers[0].useful_for"]


def test_all_that_is_wrong_with_actions_is_told_with_its_place() -> None:
    actions = [{"notify_staf": "Hello"}, {"open_request": "{{ guest.nme }}", "department": "spa"}, {"add_tag": "vip"}]
    assert problems(actions=actions) == [
        ("triggers[0].actions[0].notify_staf", Problem.unknown_name),
        ("triggers[0].actions[1].department", Problem.unknown_value),
    ]


@pytest.mark.parametrize("actions", ["vip", {"add_tag": "vip"}, 5])
def test_actions_are_refused_when_they_are_no_list(actions: Any) -> None:
    assert problems(actions=actions) == [("triggers[0].actions", Problem.wrong_type)]
