"""Examples come out by when and whether, as they would for real stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from bot.storage.repositories.hotels import HotelRecord
from triggers.exchange.examples import example_problems
from triggers.exchange.reading import check_document

HOTEL = HotelRecord(UUID(int=1), "Hotel Adler", "adler", "Europe/Berlin", "en", {}, True)
STAY = {"check_in": "2026-03-27 15:00", "check_out": "2026-03-30 12:00", "booking_status": "checked_in"}
TYPES = {"event": "event_based", "hours_after_checkin": "time_based", "cron": "time_based", "on": "time_based"}


def told(conditions: dict[str, Any], fires: Any, **example: Any) -> list[str]:
    """Return what an example of a trigger with these conditions says when it is tried."""
    kind = next((TYPES[key] for key in conditions if key in TYPES), "condition_based")
    entry = {
        "name": "Welcome",
        "type": kind,
        "conditions": conditions,
        "text": "Welcome!",
        "examples": [{"stay": STAY, **example, "fires": fires}],
    }
    document = check_document({"version": 1, "triggers": [entry]})
    return [problem.detail for problem in example_problems(document, HOTEL)]


AFTER = {"hours_after_checkin": 2}
RIGHT: list[tuple[dict[str, Any], Any, dict[str, Any]]] = [
    (AFTER, True, {}),
    (AFTER, "2026-03-27 17:00", {}),
    (AFTER, "2026-03-27 18:10", {"stay": {**STAY, "checked_in_at": "2026-03-27 16:10"}}),
    (AFTER, False, {"stay": {**STAY, "booking_status": "cancelled"}}),
    ({**AFTER, "nights": 3}, True, {}),
    ({**AFTER, "nights": 2}, False, {}),
    ({**AFTER, "amount": {"gte": 450.5}}, True, {"stay": {**STAY, "amount": 450.50}}),
    ({**AFTER, "weekday": "fri"}, True, {}),
    ({**AFTER, "guest.tags": "vip"}, True, {"guest": {"tags": ["VIP"]}}),
    ({**AFTER, "guest.preferences.pillow": "soft"}, True, {"guest": {"preferences": {"pillow": "soft"}}}),
    ({**AFTER, "guest.language": "ru"}, False, {"guest": {"language": "en"}}),
    ({**AFTER, "guest.stays_count": 3}, True, {"guest": {"stays_count": 3}}),
    ({**AFTER, "guest.stays_count": 1}, True, {}),
    ({**AFTER, "not_received": "Hello"}, False, {"received": ["Hello"]}),
    # The clocks go forward in the night to the 29th: nine o'clock stays nine o'clock.
    ({"cron": "0 9 * * *"}, "2026-03-29 09:00", {}),
    ({"cron": "0 9 * * *"}, "2026-03-30 09:00", {}),
    ({"on": "2026-03-28T18:00"}, "2026-03-28 18:00", {}),
    ({"on": "2026-04-28T18:00"}, False, {}),
    ({"room_type": "suite"}, True, {"stay": {**STAY, "room_type": "Suite"}}),
    ({"days_to_checkout": 1}, True, {"now": "2026-03-29 10:00"}),
    ({"days_to_checkout": 1}, False, {"now": "2026-03-28 10:00"}),
    ({"event": "negative_sentiment"}, "2026-03-28 23:40", {"now": "2026-03-28 23:40"}),
    (
        {"event": "negative_sentiment", "message.sentiment_score": {"lt": -0.5}},
        False,
        {"message": {"sentiment_score": -0.2}},
    ),
    (
        {"event": "message_received", "message.text": {"contains": "taxi"}},
        True,
        {"message": {"text": "Taxi, please"}},
    ),
    ({"event": "no_reply_for", "minutes": 20}, "2026-03-28 10:20", {"now": "2026-03-28 10:00"}),
]


@pytest.mark.parametrize(("conditions", "fires", "example"), RIGHT)
def test_nothing_is_said_when_an_example_comes_out_as_it_says(
    conditions: dict[str, Any], fires: Any, example: dict[str, Any]
) -> None:
    assert told(conditions, fires, **example) == []


@pytest.mark.parametrize(("conditions", "fires", "example"), RIGHT)
def test_the_difference_is_said_when_an_example_says_the_contrary(
    conditions: dict[str, Any], fires: Any, example: dict[str, Any]
) -> None:
    contrary = fires is False
    (detail,) = told(conditions, contrary, **example)
    assert detail.startswith(f"'Welcome' should fire: {'yes' if contrary else 'no'}; for this stay it fires: ")


def test_the_minutes_are_named_when_an_example_has_another() -> None:
    assert told({"cron": "0 9 * * *"}, "2026-03-28 10:00") == [
        "'Welcome' should fire: 2026-03-28 10:00; for this stay it fires: "
        "2026-03-28 09:00, 2026-03-29 09:00, 2026-03-30 09:00"
    ]
