"""What admins write about when and whether: "2h after checkin", "за 2 дня до заезда в 10:00", "nights>=3"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.errors import RejectedInput
from models.enums import TriggerType
from triggers.base import Anchor, Unit
from triggers.fields import FieldType, field_of
from triggers.moments import EVENT_KEYS, TIME_KEYS

_UNITS = {
    Unit.minutes: r"m|mins?|minutes?|м|мин|минут[уы]?",
    Unit.hours: r"h|hrs?|hours?|ч|час(?:а|ов)?",
    Unit.days: r"d|days?|д|дн|день|дня|дней|сут(?:ки|ок)",
}
_WEEKS = r"w|weeks?|недел[юиья]|недель"
_ANCHORS = {
    Anchor.checkin: r"check[- ]?in|arrival|заезда?|заселения|приезда",
    Anchor.checkout: r"check[- ]?out|departure|выезда?|отъезда",
    Anchor.booking: r"booking|бронирования|брони",
}
_SIDES = {"after": r"after|после", "before": r"before|prior to|до"}
_AT_ONCE = r"at once|right away|immediately|сразу(?: же)?|at|on|в момент|при"


def _named(group: str, patterns: Mapping[Any, str]) -> str:
    return "|".join(f"(?P<{group}_{key}>{pattern})" for key, pattern in patterns.items())


_MOMENT = rf"(?:(?:the )?(?:{_named('anchor', _ANCHORS)}))"
_PHRASE = re.compile(
    rf"(?:in |через |за |on )?"
    rf"(?:(?P<now>0|{_AT_ONCE})|(?P<amount>\d{{1,6}})? ?(?:{_named('unit', _UNITS)}|(?P<weeks>{_WEEKS})))"
    rf"(?: ?(?:{_named('side', _SIDES)}))?(?: ?{_MOMENT})?"
    rf"(?:,? ?(?:(?:at |в |@ ?)?(?P<at>\d{{1,2}}:\d{{2}})))?"
)
_NUL = r"\u0000"
_PAIR = re.compile(r"([\w.]+)\s*(>=|<=|!=|=|>|<)\s*(.+)", re.DOTALL)
_OPERATORS = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}
_NUMBERS = frozenset({FieldType.whole, FieldType.number})
_WHEN_NUMBERS = re.compile(r"(?:minutes|hours|days)(?:_.*)?")
# What people call the fields; the catalogue's own words lead to the same names.
_FIELD_NAMES = {
    "language": "guest.language",
    "язык": "guest.language",
    "tag": "guest.tags",
    "тег": "guest.tags",
    "channel": "guest.channel",
    "канал": "guest.channel",
    "room": "room_number",
    "номер": "room_number",
    "тип": "room_type",
    "status": "booking_status",
    "статус": "booking_status",
    "ночей": "nights",
    "взрослых": "adults",
    "детей": "children",
}


class Unclear(RejectedInput):
    """Nobody can say what was meant: write it as in the examples. `phrase` is what was written."""

    def __init__(self, phrase: str) -> None:
        super().__init__(f"{phrase!r} can't be understood")
        self.phrase = phrase


@dataclass(frozen=True, slots=True)
class Span:
    """So long before or after a moment; what was not said is None. `at` is hotel time."""

    unit: Unit
    amount: int
    side: str | None
    anchor: Anchor | None
    at: str | None = None

    def conditions(self, side: str | None, anchor: Anchor | None) -> dict[str, Any] | None:
        """Return the keys of a time-based trigger; `side` and `anchor` fill in what was not said."""
        side, anchor = self.side or side, self.anchor or anchor
        if self.amount == 0:
            side = side or "after"
        if side is None or anchor is None:
            return None
        found: dict[str, Any] = {f"{self.unit}_{side}_{anchor}": self.amount}
        return found if self.at is None else {**found, "at": self.at}


def parse_span(text: str) -> Span | None:
    """Return the span that a phrase names; None when it names none."""
    found = _PHRASE.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        return None
    at = found["at"]
    anchor, side = _which(found, "anchor", _ANCHORS), _which(found, "side", _SIDES)
    if found["now"] is not None:
        return Span(Unit.minutes if at is None else Unit.days, 0, side, anchor, at)
    amount = int(found["amount"] or 1)
    if found["weeks"] is not None:
        return Span(Unit.days, amount * 7, side, anchor, at)
    return Span(_which(found, "unit", _UNITS) or Unit.hours, amount, side, anchor, at)


def _which(found: re.Match[str], group: str, patterns: Mapping[Any, str]) -> Any:
    return next((key for key in patterns if found[f"{group}_{key}"] is not None), None)


def parse_conditions_text(text: str) -> dict[str, Any]:
    """Read conditions as JSON, or as phrases and `field=value` pairs joined by commas. Raises Unclear."""
    if text.lstrip().startswith("{"):
        return _parse_json(text)
    conditions: dict[str, Any] = {}
    for part in re.split(r"[,;\n]\s*", text.strip()):
        if part:
            _add(conditions, _parse_part(part.strip()))
    if not conditions:
        raise Unclear(text)
    return conditions


def joined(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return conditions with further ones: operators of one field stand together, another value replaces one."""
    both = {name: {**old[name], **new[name]} for name in old.keys() & new.keys() if _are_operators(old, new, name)}
    return {**old, **new, **both}


def _are_operators(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> bool:
    return isinstance(old[name], Mapping) and isinstance(new[name], Mapping)


def _add(conditions: dict[str, Any], part: dict[str, Any]) -> None:
    """Add what one phrase says; a second wish for a field stands beside the first, for the check to compare."""
    for name, value in part.items():
        if name not in conditions:
            conditions[name] = value
        elif isinstance(value, dict) and isinstance(conditions[name], dict) and not value.keys() & conditions[name]:
            conditions[name] |= value
        else:
            conditions.setdefault("all", []).append({name: value})


def _parse_json(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unclear(text) from None
    # Neither text nor JSON of PostgreSQL can hold a NUL, which JSON can write.
    if not isinstance(found, dict) or _NUL in text:
        raise Unclear(text)
    return found


def _parse_part(part: str) -> dict[str, Any]:
    pair = _PAIR.fullmatch(part)
    if pair is not None:
        return _parse_pair(pair[1].casefold(), pair[2], pair[3].strip())
    span = parse_span(part)
    conditions = span.conditions(None, None) if span else None
    if conditions is None:
        raise Unclear(part)
    return conditions


def _parse_pair(name: str, sign: str, text: str) -> dict[str, Any]:
    name = _FIELD_NAMES.get(name, name)
    value = parse_value(name, text)
    if sign == "!=":
        return {name: {"not_in": value} if isinstance(value, list) else {"ne": value}}
    return {name: value if sign == "=" else {_OPERATORS[sign]: value}}


def parse_value(name: str, text: str) -> Any:
    """Return a field's value, or the list of those that `|` parts, in the type that the field wants."""
    values = [_value(name, one.strip()) for one in text.split("|")]
    return values[0] if len(values) == 1 else values


def _value(name: str, text: str) -> Any:
    """Return the value in the type that its field wants; a wrong one is left for the check to name."""
    field = field_of(name)
    if (field is not None and field.type in _NUMBERS) or _WHEN_NUMBERS.fullmatch(name):
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
    return text.strip("\"'")


_WHEN_KEYS: Mapping[TriggerType, frozenset[str]] = {
    TriggerType.time_based: TIME_KEYS,
    TriggerType.event_based: EVENT_KEYS,
    TriggerType.condition_based: frozenset(),
}


def kind_of(conditions: Mapping[str, Any]) -> TriggerType:
    """Return the type that conditions belong to, by the keys that say when."""
    if "event" in conditions:
        return TriggerType.event_based
    return TriggerType.time_based if TIME_KEYS & conditions.keys() else TriggerType.condition_based


def split_when(conditions: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the keys that say when, and those that say whether."""
    keys = _WHEN_KEYS[kind_of(conditions)]
    when = {key: value for key, value in conditions.items() if key in keys}
    return when, {key: value for key, value in conditions.items() if key not in keys}
