"""The verdict as it is stored, and events as they are read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from models.enums import FiringStatus, TriggerType
from triggers.base import ConditionResult, Event, Facts, Reason, Verdict, When
from triggers.conditions import parse_conditions


def test_verdict_comes_back_whole_when_it_was_stored_as_json() -> None:
    asked = ConditionResult("any[0].nights.gte", "gte", 3, None, False)
    verdict = Verdict(FiringStatus.skipped, Reason.conditions_not_met, (asked,))

    again = Verdict.from_json(json.loads(json.dumps(verdict.to_json())))

    assert again == verdict
    assert not again.fires
    assert Verdict(FiringStatus.fired, Reason.fired).fires


@pytest.mark.parametrize(
    ("keys", "when"),
    [
        ({"event": "negative_sentiment"}, Event("negative_sentiment")),
        ({"event": "no_reply_for", "minutes": 15}, Event("no_reply_for", delay=timedelta(minutes=15))),
        ({"event": "external", "name": " spa_ready "}, Event("external", name="spa_ready")),
    ],
)
def test_event_is_read_with_what_belongs_to_it_when_it_is_right(keys: dict[str, object], when: When) -> None:
    assert parse_conditions(TriggerType.event_based, {**keys, "room_type": "suite"}).when == when


def test_fact_is_unknown_when_its_path_ends_early() -> None:
    facts = Facts({"guest": {"language": None}, "message": "no mapping"})

    assert [facts.get(name) for name in ("guest.language", "guest.name", "message.text", "nights")] == [None] * 4
