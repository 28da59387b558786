"""What a condition means, and what it refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.enums import TriggerType
from triggers.base import Facts
from triggers.conditions import evaluate, parse_conditions
from triggers.rejections import Problem, RejectedTrigger

SUITE = {
    "room_type": "Suite",
    "room_number": "305",
    "booking_status": "confirmed",
    "nights": 3,
    "amount": Decimal("450.10"),
    "days_to_checkin": 0,
    "received": ["Welcome"],
    "guest": {
        "language": "ru",
        "tags": ["vip", "Quiet"],
        "preferences": {"pillow": "soft", "floor": 4, "smoker": False},
    },
    "message": {"text": "Какой пароль от WiFi?", "sentiment_score": Decimal("-0.70")},
}


def held(conditions: dict[str, Any], facts: dict[str, Any] = SUITE) -> bool:
    return evaluate(
        parse_conditions(TriggerType.time_based, {"on": "2026-01-01T10:00", **conditions}), Facts(facts)
    ).held


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"room_type": "suite", "booking_status": "confirmed"},
        {"room_type": ["standard", "SUITE"]},
        {"nights": {"gte": 3, "lt": 4}},
        {"nights": 3.0},
        {"amount": 450.1},
        {"amount": {"gt": 450, "lte": 450.10}},
        {"days_to_checkin": {"eq": 0}},
        {"room_type": {"ne": "standard"}},
        {"room_type": {"not_in": ["standard", "single"]}},
        {"guest.tags": "VIP"},
        {"guest.tags": ["gold", "vip"]},
        {"guest.tags": {"contains": "quiet", "ne": "gold"}},
        {"guest.preferences.pillow": "soft"},
        {"guest.preferences.floor": {"gt": 3}},
        {"guest.preferences.smoker": False},
        {"guest.preferences.view": {"exists": False}},
        {"guest.preferences.pillow": {"contains": "of"}},
        {"message.text": {"contains": "wifi"}},
        {"message.sentiment_score": {"lte": -0.7}},
        {"received": "welcome"},
        {"not_received": "Farewell"},
        {"not_received": ["Farewell", "Pulse"]},
        {"any": [{"nights": 1}, {"room_type": "suite", "nights": 3}]},
        {"all": [{"nights": 3}, {"any": [{"room_type": "suite"}]}]},
        {"none": [{"guest.language": "en"}, {"nights": 1}]},
    ],
)
def test_condition_holds_when_the_facts_are_as_wanted(conditions: dict[str, Any]) -> None:
    assert held(conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        {"room_type": "suite", "booking_status": "checked_in"},
        {"room_type": ["standard", "single"]},
        {"nights": {"gt": 3}},
        {"nights": {"lt": 3}},
        {"amount": 450.11},
        {"room_type": {"ne": "suite"}},
        {"room_type": {"not_in": ["suite"]}},
        {"guest.tags": "gold"},
        {"guest.tags": {"not_in": ["gold", "vip"]}},
        {"guest.preferences.pillow": {"exists": False}},
        {"guest.preferences.floor": "4"},
        {"guest.preferences.pillow": {"lt": 4}},
        {"guest.preferences.smoker": 0},
        {"guest.preferences.floor": {"contains": "4"}},
        {"message.text": {"contains": "spa"}},
        {"message.sentiment_score": {"lt": -0.7}},
        {"not_received": ["Farewell", "welcome"]},
        {"any": [{"nights": 1}, {"room_type": "suite", "nights": 4}]},
        {"none": [{"guest.language": "en"}, {"nights": 3}]},
    ],
)
def test_condition_does_not_hold_when_the_facts_are_otherwise(conditions: dict[str, Any]) -> None:
    assert not held(conditions)


@pytest.mark.parametrize("operator", ["eq", "gt", "gte", "lt", "lte"])
def test_no_comparison_holds_when_the_value_is_not_known(operator: str) -> None:
    assert not held({"nights": {operator: 3}}, {})


def test_only_questions_for_absence_hold_when_the_value_is_not_known() -> None:
    unknown: tuple[Any, ...] = (None, "", "  ", float("nan"))

    for value in unknown:
        facts = {"room_type": value, "amount": value, "guest": {"tags": []}}
        assert held({"room_type": {"ne": "suite"}, "amount": {"not_in": [1]}, "guest.tags": {"ne": "vip"}}, facts)
        assert held({"room_type": {"exists": False}, "guest.tags": {"exists": False}}, facts)
        assert not held({"room_type": {"exists": True}}, facts)
        assert not held({"guest.tags": {"contains": "vip"}}, facts)


def test_trace_names_every_condition_with_its_value_when_one_fails_early() -> None:
    conditions = {"room_type": "standard", "any": [{"nights": {"gte": 2}}], "guest.tags": "vip", "amount": {"gt": 1}}

    trace = evaluate(parse_conditions(TriggerType.condition_based, conditions), Facts(SUITE))

    assert not trace.held
    assert [(one.path, one.operator, one.wanted, one.actual, one.held) for one in trace.checked] == [
        ("room_type", "eq", "standard", "Suite", False),
        ("any[0].nights.gte", "gte", 2, 3, True),
        ("guest.tags", "eq", "vip", ["Quiet", "vip"], True),
        ("amount.gt", "gt", 1, "450.10", True),
    ]


def test_trace_is_plain_json_when_facts_are_strange() -> None:
    facts = Facts(
        {"nights": 10**30, "room_type": date(2026, 1, 1), "source": "a\x00b\ud800" + "x" * 500, "adults": object()}
    )
    wanted = {name: {"exists": True} for name in ("nights", "room_type", "source", "adults")}

    trace = evaluate(parse_conditions(TriggerType.condition_based, wanted), facts)

    found = {one.path.partition(".")[0]: one.actual for one in trace.checked}
    assert found["nights"] == str(10**30)
    assert found["room_type"] == "2026-01-01"
    assert found["source"].startswith("ab?xx")
    assert len(found["source"]) < 250
    assert found["adults"] is None


TIME, CHANGE, EVENT = TriggerType.time_based, TriggerType.condition_based, TriggerType.event_based

REFUSED = [
    (CHANGE, [], "conditions", Problem.wrong_type, None),
    (CHANGE, {}, "conditions", Problem.empty, None),
    (CHANGE, {1: 2}, "conditions", Problem.wrong_type, None),
    (CHANGE, {"room_tipe": "suite"}, "room_tipe", Problem.unknown_name, "room_type"),
    (CHANGE, {"zzzzzzzzzz": 1}, "zzzzzzzzzz", Problem.unknown_name, None),
    (CHANGE, {"guest.langage": "ru"}, "guest.langage", Problem.unknown_name, "guest.language"),
    (CHANGE, {"guest.preferences.": "x"}, "guest.preferences.", Problem.unknown_name, None),
    (CHANGE, {"any": [{"nigths": 1}]}, "any[0].nigths", Problem.unknown_name, "nights"),
    (CHANGE, {"nights": {"gtee": 1}}, "nights.gtee", Problem.unknown_name, "gte"),
    (CHANGE, {"nights": {"contains": 1}}, "nights.contains", Problem.misplaced, None),
    (CHANGE, {"room_type": {"gt": "a"}}, "room_type.gt", Problem.misplaced, None),
    (CHANGE, {"nights": "3"}, "nights", Problem.not_whole, None),
    (CHANGE, {"nights": 1.5}, "nights", Problem.not_whole, None),
    (CHANGE, {"nights": True}, "nights", Problem.not_whole, None),
    (CHANGE, {"nights": float("nan")}, "nights", Problem.not_whole, None),
    (CHANGE, {"nights": 10**40}, "nights", Problem.not_whole, None),
    (CHANGE, {"amount": "much"}, "amount", Problem.not_a_number, None),
    (CHANGE, {"room_number": 305}, "room_number", Problem.wrong_type, None),
    (CHANGE, {"room_number": 10**5000}, "room_number", Problem.wrong_type, None),
    (CHANGE, {"room_type": " "}, "room_type", Problem.wrong_type, None),
    (CHANGE, {"room_type": None}, "room_type", Problem.wrong_type, None),
    (CHANGE, {"room_type": "x" * 201}, "room_type", Problem.too_much, None),
    (CHANGE, {"guest.preferences.floor": {"gt": "3"}}, "guest.preferences.floor.gt", Problem.wrong_type, None),
    (
        CHANGE,
        {"guest.preferences.floor": {"contains": 3}},
        "guest.preferences.floor.contains",
        Problem.wrong_type,
        None,
    ),
    (CHANGE, {"guest.preferences.floor": [None]}, "guest.preferences.floor[0]", Problem.wrong_type, None),
    (CHANGE, {"booking_status": "confirmd"}, "booking_status", Problem.unknown_value, "confirmed"),
    (CHANGE, {"weekday": ["mon", "Sunday"]}, "weekday[1]", Problem.unknown_value, "sun"),
    (CHANGE, {"room_type": []}, "room_type", Problem.empty, None),
    (CHANGE, {"room_type": {}}, "room_type", Problem.empty, None),
    (CHANGE, {"room_type": {"in": "suite"}}, "room_type.in", Problem.wrong_type, None),
    (CHANGE, {"room_type": ["a"] * 101}, "room_type", Problem.too_much, None),
    (CHANGE, {"room_type": {"exists": "yes"}}, "room_type.exists", Problem.wrong_type, None),
    (CHANGE, {"all": []}, "all", Problem.empty, None),
    (CHANGE, {"any": [{}]}, "any[0]", Problem.empty, None),
    (CHANGE, {"none": {"nights": 1}}, "none", Problem.wrong_type, None),
    (CHANGE, {"any": ["nights"]}, "any[0]", Problem.wrong_type, None),
    (CHANGE, {"not_received": {"ne": "x"}}, "not_received[0]", Problem.wrong_type, None),
    (CHANGE, {"any": [{"hours_after_checkin": 1}]}, "any[0].hours_after_checkin", Problem.misplaced, None),
    (CHANGE, {"all": [{f"guest.preferences.p{i}": 1} for i in range(51)]}, "conditions", Problem.too_much, None),
    (CHANGE, {"hours_after_checkin": 2, "nights": 1}, "hours_after_checkin", Problem.misplaced, None),
    (TIME, {"event": "no_show"}, "event", Problem.misplaced, None),
    (TIME, {"room_type": "suite"}, "conditions", Problem.missing, None),
    (TIME, {"hour_after_checkin": 2}, "hour_after_checkin", Problem.unknown_name, "hours_after_checkin"),
    (
        TIME,
        {"hours_after_checkin": 2, "days_before_checkout": 1},
        "days_before_checkout",
        Problem.contradiction,
        None,
    ),
    (TIME, {"hours_after_checkin": "2"}, "hours_after_checkin", Problem.not_whole, None),
    (TIME, {"hours_after_checkin": True}, "hours_after_checkin", Problem.not_whole, None),
    (TIME, {"hours_after_checkin": -2}, "hours_after_checkin", Problem.out_of_range, None),
    (TIME, {"days_after_checkout": 731}, "days_after_checkout", Problem.out_of_range, None),
    (TIME, {"hours_after_checkin": 2, "at": "10:00"}, "at", Problem.misplaced, None),
    (TIME, {"cron": "0 9 * * *", "at": "10:00"}, "at", Problem.misplaced, None),
    (TIME, {"at": "10:00"}, "conditions", Problem.missing, None),
    (TIME, {"days_after_checkin": 1, "at": "24:00"}, "at", Problem.bad_schedule, None),
    (TIME, {"days_after_checkin": 1, "at": 600}, "at", Problem.wrong_type, None),
    (TIME, {"on": "2026-12-31"}, "on", Problem.bad_schedule, None),
    (TIME, {"on": "2026-12-31T18:00Z"}, "on", Problem.bad_schedule, None),
    (TIME, {"on": "9999-12-31T18:00"}, "on", Problem.out_of_range, None),
    (TIME, {"cron": 5}, "cron", Problem.wrong_type, None),
    (TIME, {"cron": "0 9 * *"}, "cron", Problem.bad_schedule, None),
    (TIME, {"cron": "0 9 31 2 *"}, "cron", Problem.bad_schedule, None),
    (TIME, {"cron": "*/10 * * * *"}, "cron", Problem.bad_schedule, None),
    (TIME, {"cron": "0 9 * * 8"}, "cron", Problem.bad_schedule, None),
    (TIME, {"cron": "0 9 * * 5-1"}, "cron", Problem.bad_schedule, None),
    (TIME, {"cron": "0 9 * * 1/x"}, "cron", Problem.bad_schedule, None),
    (TIME, {"cron": "61 9 * * *"}, "cron", Problem.bad_schedule, None),
    (TIME, {"cron": "0 9 * * " + "1," * 60 + "1"}, "cron", Problem.too_much, None),
    (EVENT, {"room_type": "suite"}, "event", Problem.missing, None),
    (EVENT, {"event": "checkedin"}, "event", Problem.unknown_value, "checked_in"),
    (EVENT, {"event": ["no_show"]}, "event", Problem.wrong_type, None),
    (EVENT, {"event": "no_reply_for"}, "minutes", Problem.missing, None),
    (EVENT, {"event": "no_reply_for", "minutes": 0}, "minutes", Problem.out_of_range, None),
    (EVENT, {"event": "no_show", "minutes": 5}, "minutes", Problem.misplaced, None),
    (EVENT, {"event": "external"}, "name", Problem.missing, None),
    (EVENT, {"event": "external", "name": " "}, "name", Problem.out_of_range, None),
    (EVENT, {"event": "no_show", "name": "x"}, "name", Problem.misplaced, None),
]


@pytest.mark.parametrize(("kind", "conditions", "path", "problem", "right"), REFUSED)
def test_conditions_are_refused_with_path_and_nearest_name_when_wrong(
    kind: TriggerType, conditions: Any, path: str, problem: Problem, right: str | None
) -> None:
    with pytest.raises(RejectedTrigger) as refused:
        parse_conditions(kind, conditions)

    assert (refused.value.path, refused.value.problem, refused.value.nearest) == (path, problem, right)
    assert str(refused.value).startswith(f"{path}: ")
    assert len(str(refused.value)) < 300


CONTRADICTIONS = [
    ({"nights": {"gt": 5, "lt": 3}}, "nights.lt"),
    ({"nights": {"gt": 5, "lt": 6}}, "nights.lt"),
    ({"amount": {"gt": 5, "lte": 5}}, "amount.lte"),
    ({"nights": {"lt": 0}}, "nights.lt"),
    ({"amount": {"gte": 5, "lte": 5, "lt": 5}}, "amount.lt"),
    ({"nights": -1}, "nights"),
    ({"message.sentiment_score": {"lt": -1}}, "message.sentiment_score.lt"),
    ({"room_type": {"eq": "suite", "ne": "Suite"}}, "room_type.ne"),
    ({"room_type": {"in": ["a", "b"], "not_in": ["b", "a"]}}, "room_type.not_in"),
    ({"room_type": {"exists": False, "eq": "suite"}}, "room_type.eq"),
    ({"room_type": "suite", "all": [{"room_type": "single"}]}, "all[0].room_type"),
    ({"any": [{"nights": 1, "all": [{"nights": {"gt": 1}}]}]}, "any[0].all[0].nights.gt"),
    ({"booking_status": {"ne": "pending", "contains": "pending"}}, "booking_status.contains"),
    ({"guest.tags": {"eq": "vip", "ne": "vip"}}, "guest.tags.ne"),
    ({"guest.tags": {"in": ["a", "b"], "not_in": ["a", "b"]}}, "guest.tags.not_in"),
    ({"guest.tags": {"contains": "vip", "exists": False}}, "guest.tags.exists"),
    ({"received": "a", "not_received": "A"}, "not_received"),
]


@pytest.mark.parametrize(("conditions", "path"), CONTRADICTIONS)
def test_conditions_are_refused_when_no_stay_can_meet_them(conditions: dict[str, Any], path: str) -> None:
    with pytest.raises(RejectedTrigger) as refused:
        parse_conditions(TriggerType.condition_based, conditions)

    assert (refused.value.path, refused.value.problem) == (path, Problem.contradiction)


@pytest.mark.parametrize(
    "conditions",
    [
        {"nights": {"gt": 5, "lt": 7}},
        {"amount": {"gt": 5, "lt": 6}},
        {"amount": {"gte": 5, "lte": 5}},
        {"guest.tags": {"eq": "vip", "contains": "gold", "ne": "loud", "in": ["a", "loud"]}},
        {"none": [{"room_type": "suite"}], "any": [{"room_type": "suite"}, {"room_type": "single"}]},
        {"guest.tags": {"exists": True}},
        {"guest.tags": {"exists": False, "ne": "vip"}},
    ],
)
def test_conditions_are_accepted_when_some_stay_can_meet_them(conditions: dict[str, Any]) -> None:
    assert parse_conditions(TriggerType.condition_based, conditions).whether.parts


def test_conditions_are_refused_when_they_nest_without_end() -> None:
    conditions: dict[str, Any] = {"nights": 1}
    for _ in range(5000):
        conditions = {"all": [conditions]}

    with pytest.raises(RejectedTrigger) as refused:
        parse_conditions(TriggerType.condition_based, conditions)

    assert refused.value.problem is Problem.too_much
