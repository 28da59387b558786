"""The *when* keys of a trigger: what they are called, and how they are read and refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from models.enums import TriggerType
from triggers.base import Anchor, Change, Cron, Event, Offset, Once, Unit, When
from triggers.rejections import Problem, RejectedTrigger, nearest, shown
from triggers.schedules import check_cron

EVENTS = frozenset(
    {
        "message_received",
        "negative_sentiment",
        "requires_attention",
        "booking_created",
        "booking_confirmed",
        "booking_cancelled",
        "checked_in",
        "checked_out",
        "no_show",
        "room_changed",
        "room_ready",
        "request_done",
        "feedback_given",
        "no_reply_for",
        "external",
    }
)

_OFFSETS = {
    f"{unit}_{side}_{anchor}": (unit, -1 if side == "before" else 1, anchor)
    for unit in Unit
    for side in ("before", "after")
    for anchor in Anchor
}
_CALENDAR = frozenset({"cron", "on"})
TIME_KEYS = frozenset(_OFFSETS) | _CALENDAR | {"at"}
EVENT_KEYS = frozenset({"event", "minutes", "name"})
WHEN_KEYS = TIME_KEYS | EVENT_KEYS

_KEYS_OF = {
    TriggerType.time_based: TIME_KEYS,
    TriggerType.condition_based: frozenset[str](),
    TriggerType.event_based: EVENT_KEYS,
}

_LONGEST_OFFSET = timedelta(days=730)
_LONGEST_SILENCE = timedelta(days=7)
_LONGEST_LINE = 100
_LONGEST_NAME = 64
_YEARS = range(2000, 2200)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def parse_when(kind: TriggerType, keys: Mapping[str, Any]) -> When:
    """Read the *when* keys of a trigger. Raises RejectedTrigger that names the key at fault."""
    for key in keys:
        if key not in _KEYS_OF[kind]:
            raise RejectedTrigger(key, Problem.misplaced, f"does not go with a {kind.value} trigger")
    match kind:
        case TriggerType.time_based:
            return _parse_time(keys)
        case TriggerType.condition_based:
            return Change()
        case TriggerType.event_based:
            return _parse_event(keys)


def _parse_time(keys: Mapping[str, Any]) -> When:
    rules = [key for key in keys if key != "at"]
    if not rules:
        raise RejectedTrigger("conditions", Problem.missing, "say when, as in hours_after_checkin, cron or on")
    if len(rules) > 1:
        raise RejectedTrigger(rules[1], Problem.contradiction, f"{rules[0]} says already when")
    rule = rules[0]
    if rule in _OFFSETS:
        return _parse_offset(rule, keys)
    if "at" in keys:
        raise RejectedTrigger("at", Problem.misplaced, f"goes only with days_…, not with {rule}")
    return _parse_cron(keys[rule]) if rule == "cron" else _parse_once(keys[rule])


def _parse_offset(key: str, keys: Mapping[str, Any]) -> Offset:
    unit, sign, anchor = _OFFSETS[key]
    longest = _LONGEST_OFFSET // timedelta(**{unit.value: 1})
    amount = _whole(key, keys[key], 0, longest)
    if "at" in keys and unit is not Unit.days:
        raise RejectedTrigger("at", Problem.misplaced, f"goes only with days_…, not with {key}")
    return Offset(anchor, unit, sign * amount, _parse_at(keys["at"]) if "at" in keys else None)


def _whole(path: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise RejectedTrigger(path, Problem.not_whole, f"must be a whole number, not {shown(value)!r}")
    if not least <= value <= most:
        raise RejectedTrigger(path, Problem.out_of_range, f"must be from {least} to {most}")
    return value


def _parse_at(value: object) -> time:
    found = _TIME.fullmatch(_text("at", value, "10:00"))
    if found is None:
        raise RejectedTrigger("at", Problem.bad_schedule, 'must be a time of day like "10:00"')
    return time(int(found[1]), int(found[2]))


def _text(path: str, value: object, example: str) -> str:
    if not isinstance(value, str):
        raise RejectedTrigger(path, Problem.wrong_type, f'must be text like "{example}", not {shown(value)!r}')
    return value


def _parse_cron(value: object) -> Cron:
    line = " ".join(_text("cron", value, "0 9 * * *").split())
    if len(line) > _LONGEST_LINE:
        raise RejectedTrigger("cron", Problem.too_much, f"must have at most {_LONGEST_LINE} characters")
    try:
        check_cron(line)
    except ValueError as error:
        raise RejectedTrigger("cron", Problem.bad_schedule, str(error)) from None
    return Cron(line)


def _parse_once(value: object) -> Once:
    text = _text("on", value, "2026-12-31T18:00")
    try:
        on = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - hotel time, the zone comes later
    except ValueError:
        detail = 'must be a date and a time in hotel time, like "2026-12-31T18:00"'
        raise RejectedTrigger("on", Problem.bad_schedule, detail) from None
    if on.year not in _YEARS:
        raise RejectedTrigger("on", Problem.out_of_range, f"must be a year from {_YEARS[0]} to {_YEARS[-1]}")
    return Once(on)


def _parse_event(keys: Mapping[str, Any]) -> Event:
    if "event" not in keys:
        raise RejectedTrigger("event", Problem.missing, "say what must happen, as in negative_sentiment")
    event = _text("event", keys["event"], "negative_sentiment")
    if event not in EVENTS:
        detail = f"there is no event {shown(event)!r}"
        raise RejectedTrigger("event", Problem.unknown_value, detail, nearest(event, EVENTS))
    return Event(event, _external_name(event, keys), _silence(event, keys))


def _external_name(event: str, keys: Mapping[str, Any]) -> str | None:
    _check_belongs("name", event, "external", keys)
    if event != "external":
        return None
    name = _text("name", keys["name"], "spa_ready").strip()
    if not 0 < len(name) <= _LONGEST_NAME:
        raise RejectedTrigger("name", Problem.out_of_range, f"must have 1 to {_LONGEST_NAME} characters")
    return name


def _silence(event: str, keys: Mapping[str, Any]) -> timedelta:
    _check_belongs("minutes", event, "no_reply_for", keys)
    if event != "no_reply_for":
        return timedelta()
    return timedelta(minutes=_whole("minutes", keys["minutes"], 1, _LONGEST_SILENCE // timedelta(minutes=1)))


def _check_belongs(key: str, event: str, owner: str, keys: Mapping[str, Any]) -> None:
    """Raise RejectedTrigger unless `key` is there exactly when the event is its owner."""
    if event == owner and key not in keys:
        raise RejectedTrigger(key, Problem.missing, f"is needed with {owner}")
    if event != owner and key in keys:
        raise RejectedTrigger(key, Problem.misplaced, f"goes only with {owner}")
