"""Decides which parts of a log line may be seen: free text only under names listed here.

A listed name may hold one printable word; a number is shown when it is too small to be a phone number or its
name is listed; ids, times, durations and enum members are shown under every name. What is not shown is
replaced, so that a missing name is noticed. To show a new kind of word, list its name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from bot.telemetry.exceptions import describe
from bot.telemetry.scrubbing import WITHHELD, is_id_or_time, scrub

_WORDS = frozenset(
    {
        "account_id",
        "action",
        "attempt",
        "channel",
        "check",
        "code",
        "command",
        "component",
        "constraint",
        "conversation_id",
        "correlation_id",
        "direction",
        "environment",
        "error",
        "error_type",
        "event",
        "field",
        "firing_id",
        "from_state",
        "host",
        "hotel",
        "hotel_id",
        "intent",
        "key_id",
        "kind",
        "language",
        "level",
        "logger",
        "method",
        "metric",
        "mode",
        "operation",
        "outbox_id",
        "outcome",
        "pid",
        "place",
        "platform",
        "pool",
        "port",
        "queue",
        "reason_code",
        "revision",
        "role",
        "route",
        "schedule",
        "service",
        "setting",
        "signal",
        "slug",
        "source",
        "stage",
        "state",
        "status",
        "step",
        "table",
        "task",
        "timestamp",
        "to_state",
        "topic",
        "trigger_id",
        "type",
        "user_id",
        "variable",
        "verdict",
        "version",
        "worker",
    }
)
_TEXTS = frozenset({"event", "sql"})
_NUMBER_ENDINGS = ("_ms", "_seconds", "_count", "_bytes", "update_id", "pid")
_LARGEST_PLAIN_NUMBER = 999_999
_LARGEST_NUMBER = 2**53
_LONGEST_WORD = 128
_MOST_ITEMS = 50
_DEEPEST = 4


def shown(name: str, value: object, depth: int = 0) -> Any:
    """Return what may be seen of a field: a plain JSON value."""
    match value:
        case None | bool():
            return value
        case Enum():
            return _member(value)
        case int() | float() | Decimal():
            return _number(name, value)
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case BaseException():
            return describe(value)
        case str():
            return _text(name, value)
        case _ if depth < _DEEPEST:
            return _collection(name, value, depth + 1)
    return WITHHELD


def _number(name: str, value: float | Decimal) -> Any:
    number = float(value) if isinstance(value, Decimal) else value
    if not math.isfinite(number):
        return None
    limit = _LARGEST_NUMBER if name.endswith(_NUMBER_ENDINGS) else _LARGEST_PLAIN_NUMBER
    return number if abs(number) <= limit else WITHHELD


def _text(name: str, value: str) -> str:
    if is_id_or_time(value):
        return value
    if name in _TEXTS:
        return scrub(value)
    is_word = len(value) <= _LONGEST_WORD and value.isprintable() and " " not in value
    return scrub(value) if is_word and name in _WORDS else WITHHELD


def _collection(name: str, value: object, depth: int) -> Any:
    if isinstance(value, Mapping):
        items = list(value.items())[:_MOST_ITEMS]
        return {key: shown(key, item, depth) for key, item in items if isinstance(key, str) and key in _WORDS}
    if isinstance(value, list | tuple | set | frozenset):
        return [shown(name, item, depth) for item in list(value)[:_MOST_ITEMS]]
    return WITHHELD


def _member(value: Enum) -> Any:
    # Written in code, so it says nothing of a person.
    return value.value if isinstance(value.value, str | int) else value.name
