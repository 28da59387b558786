"""What is refused as an action, and where; and what tags are afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from models.enums import Department, Severity
from triggers.actions import MOST_ACTIONS, Action, ActionKind, action_problems, parse_actions, tags_after
from triggers.rejections import Problem, RejectedTrigger


def add(tag: str) -> Action:
    return Action(ActionKind.add_tag, tag)


def remove(tag: str) -> Action:
    return Action(ActionKind.remove_tag, tag)


def test_every_kind_is_read_and_written_the_same() -> None:
    written = [
        {"notify_staff": "{{ guest.name }} is here", "severity": "critical"},
        {"open_request": "A cot", "department": "housekeeping"},
        {"add_tag": "vip"},
        {"remove_tag": "new"},
        {"offer_service": "Late check-out"},
        {"start_flow": "feedback"},
    ]
    actions = parse_actions(written)
    assert [action.to_json() for action in actions] == written
    assert [Action.from_json(one) for one in written] == list(actions)
    assert (actions[0].severity, actions[1].department) == (Severity.critical, Department.housekeeping)


@pytest.mark.parametrize(
    ("given", "path", "problem", "nearest"),
    [
        ("vip", "actions", Problem.wrong_type, None),
        ({"add_tag": "vip"}, "actions", Problem.wrong_type, None),
        ([{"add_tag": str(one)} for one in range(MOST_ACTIONS + 1)], "actions", Problem.too_much, None),
        (["vip"], "actions[0]", Problem.wrong_type, None),
        ([{}], "actions[0]", Problem.missing, None),
        ([{"severity": "info"}], "actions[0]", Problem.missing, None),
        ([{"add_tag": "a"}, {"notify_stuff": "b"}], "actions[1].notify_stuff", Problem.unknown_name, "notify_staff"),
        ([{"notify_staff": "a", "severty": "info"}], "actions[0].severty", Problem.unknown_name, "severity"),
        ([{"notify_staff": "a", "add_tag": "b"}], "actions[0].add_tag", Problem.misplaced, None),
        ([{"add_tag": "a", "severity": "info"}], "actions[0].severity", Problem.misplaced, None),
        ([{"notify_staff": "a", "severity": "critcal"}], "actions[0].severity", Problem.unknown_value, "critical"),
        ([{"notify_staff": "a", "severity": 1}], "actions[0].severity", Problem.wrong_type, None),
        ([{"open_request": "a", "department": "housekeping"}], "actions[0].department", Problem.unknown_value, None),
        ([{"notify_staff": "{{ guest.nam }}"}], "actions[0].notify_staff", Problem.unknown_name, "guest.name"),
        ([{"open_request": "{{ guest.name"}], "actions[0].open_request", Problem.bad_template, None),
        ([{"notify_staff": " "}], "actions[0].notify_staff", Problem.empty, None),
        ([{"notify_staff": 5}], "actions[0].notify_staff", Problem.wrong_type, None),
        ([{"add_tag": ["vip"]}], "actions[0].add_tag", Problem.wrong_type, None),
        ([{"add_tag": "  "}], "actions[0].add_tag", Problem.empty, None),
        ([{"start_flow": "a" * 65}], "actions[0].start_flow", Problem.too_much, None),
        ([{"add_tag": "vip"}, {"add_tag": "VIP"}], "actions[1].add_tag", Problem.repeated, None),
        ([{"add_tag": "vip"}, {"remove_tag": "Vip"}], "actions[1].remove_tag", Problem.misplaced, None),
    ],
)
def test_a_wrong_action_is_refused_with_its_path_when_it_is_saved(
    given: Any, path: str, problem: Problem, nearest: str | None
) -> None:
    with pytest.raises(RejectedTrigger) as refused:
        parse_actions(given)
    assert (refused.value.path, refused.value.problem) == (path, problem)
    assert nearest is None or refused.value.nearest == nearest


def test_all_that_is_wrong_is_told_when_several_actions_are() -> None:
    problems = action_problems([{"add_tag": ""}, {"add_tag": "vip"}, {"notify": "x"}, {"remove_tag": "vip"}])
    assert [one.path for one in problems] == ["actions[0].add_tag", "actions[2].notify", "actions[3].remove_tag"]


@pytest.mark.parametrize(
    ("tags", "actions", "after"),
    [
        ((), [add("vip")], ("vip",)),
        (("VIP",), [add("vip")], ("VIP",)),
        (("a", "Vip"), [remove("vip")], ("a",)),
        (("a",), [remove("vip")], ("a",)),
        (("new",), [remove("new"), add("regular")], ("regular",)),
        (("a",), [Action(ActionKind.notify_staff, "a")], ("a",)),
    ],
)
def test_tags_change_whatever_their_case(
    tags: tuple[str, ...], actions: list[Action], after: tuple[str, ...]
) -> None:
    assert tags_after(tags, actions) == after
