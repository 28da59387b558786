"""Triggers that are right in themselves and can never go in this hotel."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from tests.triggers.test_cautions import AFTER_CHECKIN, premises, rule
from triggers.feasibility import check_feasible
from triggers.premises import ESTABLISHED, Premises
from triggers.rejections import Problem, RejectedTrigger


def established(**values: Any) -> Premises:
    return replace(premises(**values), typed=ESTABLISHED)


HOTEL = established(
    known={
        "room_type": ["Suite", "Double"],
        "room_number": ["112", "114"],
        "source": ["csv"],
        "guest.language": ["ru"],
        "guest.channel": ["telegram"],
        "received": ["Welcome"],
    }
)
YOUNG = premises(known={"room_type": ["Double"], "room_number": ["112"], "guest.channel": []})

NOT_OVER = ["pending", "confirmed", "checked_in", "checked_out"]
NEVER: list[tuple[dict[str, Any], dict[str, Any], str, Problem, str | None]] = [
    ({"room_type": "siute"}, {}, "room_type", Problem.unknown_here, "Suite"),
    ({"room_type": ["penthouse"]}, {}, "room_type", Problem.unknown_here, None),
    ({"room_type": {"in": ["siute", "duoble"]}}, {}, "room_type.in", Problem.unknown_here, "Suite"),
    ({"all": [{"room_type": "siute"}]}, {}, "all[0].room_type", Problem.unknown_here, "Suite"),
    ({"any": [{"room_type": "x"}, {"received": "y"}]}, {}, "any[0].room_type", Problem.unknown_here, None),
    ({"room_type": {"contains": "pent"}}, {}, "conditions", Problem.unknown_here, None),
    ({"guest.channel": "whatsapp_green"}, {}, "guest.channel", Problem.unknown_here, None),
    ({"received": "Welcom"}, {}, "received", Problem.unknown_here, "Welcome"),
    ({}, {"channels": ["whatsapp_green"]}, "channels", Problem.unknown_here, None),
    ({"none": [{"booking_status": NOT_OVER}]}, {}, "none[0].booking_status", Problem.impossible_then, None),
    ({"message.text": {"contains": "wifi"}}, {}, "message.text.contains", Problem.impossible_then, None),
]
MOMENTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"days_before_checkin": 1, "at": "23:00"}, {"useful_for": "9h"}, "at"),
    ({"cron": "30 22 * * *"}, {"useful_for": "2h"}, "cron"),
    ({"on": "2026-12-31T23:30"}, {"useful_for": "1h"}, "on"),
    ({"on": "2020-12-31T18:00"}, {}, "on"),
    ({"hours_before_booking": 24}, {}, "hours_before_booking"),
    ({"hours_before_booking": 1}, {"catch_up": "skip"}, "hours_before_booking"),
]
FEASIBLE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({**AFTER_CHECKIN, "room_number": "305"}, {}),
    ({**AFTER_CHECKIN, "room_type": "suite", "room_number": "112"}, {}),
    ({**AFTER_CHECKIN, "any": [{"room_type": "penthouse"}, {"nights": 3}]}, {}),
    ({**AFTER_CHECKIN, "room_type": {"ne": "penthouse"}}, {}),
    ({**AFTER_CHECKIN, "guest.language": "de", "source": "pms"}, {}),
    ({**AFTER_CHECKIN, "booking_status": "cancelled"}, {}),
    (AFTER_CHECKIN, {"channels": ["whatsapp_green", "telegram"]}),
    ({"event": "no_reply_for", "minutes": 15, "message.text": {"contains": "wifi"}}, {}),
    ({"event": "booking_cancelled", "booking_status": "cancelled"}, {}),
    ({"days_before_checkin": 1, "at": "23:00"}, {}),
    ({"days_before_checkin": 1, "at": "21:00"}, {"useful_for": "10m"}),
    ({"cron": "0 9,23 * * *"}, {"useful_for": "2h"}),
    ({"on": "2026-11-20T01:30"}, {}),
    ({"hours_before_booking": 2}, {}),
    ({"days_before_booking": 1, "at": "23:30"}, {}),
]


def given(conditions: dict[str, Any], values: dict[str, Any]) -> Any:
    is_timed = any(key in conditions for key in ("cron", "on", "event")) or "at" in conditions
    is_timed = is_timed or any("_before_" in key or "_after_" in key for key in conditions)
    return rule(conditions if is_timed else {**AFTER_CHECKIN, **conditions}, **values)


@pytest.mark.parametrize(("conditions", "values", "path", "problem", "right"), NEVER)
def test_a_trigger_is_refused_when_nobody_here_can_ever_get_it(
    conditions: dict[str, Any], values: dict[str, Any], path: str, problem: Problem, right: str | None
) -> None:
    with pytest.raises(RejectedTrigger) as refused:
        check_feasible(given(conditions, values), HOTEL)
    assert (refused.value.path, refused.value.problem, refused.value.nearest) == (path, problem, right)


@pytest.mark.parametrize(("conditions", "values", "path"), MOMENTS)
def test_a_trigger_is_refused_when_its_moment_is_always_too_late(
    conditions: dict[str, Any], values: dict[str, Any], path: str
) -> None:
    with pytest.raises(RejectedTrigger) as refused:
        check_feasible(given(conditions, values), HOTEL)
    assert (refused.value.path, refused.value.problem) == (path, Problem.too_late)


@pytest.mark.parametrize(
    ("event", "conditions", "path"),
    [
        ("negative_sentiment", {"message.sentiment_type": "positive"}, "message.sentiment_type"),
        ("booking_cancelled", {"booking_status": "confirmed"}, "booking_status"),
        ("checked_in", {"message.intent": "wifi_password"}, "message.intent"),
    ],
)
def test_a_trigger_is_refused_when_its_event_contradicts_its_conditions(
    event: str, conditions: dict[str, Any], path: str
) -> None:
    with pytest.raises(RejectedTrigger) as refused:
        check_feasible(rule({"event": event, **conditions}), HOTEL)
    assert (refused.value.path, refused.value.problem) == (path, Problem.impossible_then)


@pytest.mark.parametrize(("conditions", "values"), FEASIBLE)
def test_a_trigger_is_accepted_when_somebody_can_come_to_get_it(
    conditions: dict[str, Any], values: dict[str, Any]
) -> None:
    check_feasible(given(conditions, values), HOTEL)


@pytest.mark.parametrize(
    ("conditions", "values"),
    [({"room_type": "suite"}, {}), ({"room_number": "305"}, {}), ({}, {"channels": ["telegram"]})],
)
def test_a_young_hotel_may_ask_for_what_it_does_not_have_yet(
    conditions: dict[str, Any], values: dict[str, Any]
) -> None:
    check_feasible(given(conditions, values), YOUNG)


def test_the_night_ends_nothing_when_a_hotel_has_no_quiet_hours() -> None:
    awake: Premises = replace(HOTEL, settings=HOTEL.settings.model_copy(update={"quiet_until": time(22)}))
    check_feasible(rule({"cron": "30 22 * * *"}, useful_for="2h"), awake)
