"""What a condition may ask: the fields with their types, and what each operator means.

A field whose value is not known holds no operator, except those that ask for absence: `ne`, `not_in` and
`exists: false`. Text is compared without regard to case. A list (tags, received triggers) is equal to, or
contains, each of its members.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum

from bot.messages import Platform
from models.enums import BookingStatus, SentimentType

Value = str | bool | Decimal | frozenset[str]


class FieldType(Enum):
    """Of which type a field's value is; `free` is whatever the hotel stored among the preferences."""

    text = "text"
    whole = "a whole number"
    number = "a number"
    names = "a name"
    free = "text, a number or true/false"


class Operator(StrEnum):
    """How a value is compared with what is wanted."""

    eq = "eq"
    ne = "ne"
    gt = "gt"
    gte = "gte"
    lt = "lt"
    lte = "lte"
    in_ = "in"
    not_in = "not_in"
    contains = "contains"
    exists = "exists"


ORDERING = frozenset({Operator.gt, Operator.gte, Operator.lt, Operator.lte})
CHOOSING = frozenset({Operator.in_, Operator.not_in})
_LARGEST = Decimal(10**12)
_ABSENCE = frozenset({Operator.ne, Operator.not_in})


@dataclass(frozen=True, slots=True)
class Field:
    """A field's type, the only words it may hold (none: any), and its bounds."""

    type: FieldType
    words: frozenset[str] = frozenset()
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def operators(self) -> Set[Operator]:
        match self.type:
            case FieldType.whole | FieldType.number:
                return set(Operator) - {Operator.contains}
            case FieldType.text | FieldType.names:
                return set(Operator) - ORDERING
            case FieldType.free:
                return set(Operator)


_TEXT = Field(FieldType.text)
_COUNT = Field(FieldType.whole, least=Decimal(0))
_DAYS = Field(FieldType.whole)
_NAMES = Field(FieldType.names)
_FREE = Field(FieldType.free)


def _one_of(words: Iterable[str]) -> Field:
    return Field(FieldType.text, words=frozenset(words))


PREFERENCES = "guest.preferences."

FIELDS: Mapping[str, Field] = {
    "room_type": _TEXT,
    "room_number": _TEXT,
    "booking_status": _one_of(status.value for status in BookingStatus),
    "source": _TEXT,
    "nights": _COUNT,
    "adults": _COUNT,
    "children": _COUNT,
    "amount": Field(FieldType.number, least=Decimal(0)),
    "days_to_checkin": _DAYS,
    "days_to_checkout": _DAYS,
    "guest.language": _TEXT,
    "guest.tags": _NAMES,
    "guest.stays_count": _COUNT,
    "guest.channel": _one_of(platform.value for platform in Platform),
    "message.text": _TEXT,
    "message.intent": _TEXT,
    "message.sentiment_score": Field(FieldType.number, least=Decimal(-1), most=Decimal(1)),
    "message.sentiment_type": _one_of(kind.value for kind in SentimentType),
    "received": _NAMES,
    "weekday": _one_of(("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    "season": _one_of(("winter", "spring", "summer", "autumn")),
}


def field_of(name: str) -> Field | None:
    """Return the field of that name, None where there is no such field."""
    if name.startswith(PREFERENCES) and all(name.removeprefix(PREFERENCES).split(".")):
        return _FREE
    return FIELDS.get(name)


def wanted_value(field: Field, value: object, operator: Operator) -> Value | None:
    """Return an author's single value in the form that is compared, None when it is of the wrong type."""
    if field.type is FieldType.free and not _fits(operator, value):
        return None
    if isinstance(value, str):
        is_text = field.type in {FieldType.text, FieldType.names, FieldType.free}
        return folded(value) if is_text and value.strip() else None
    if isinstance(value, bool):
        return value if field.type is FieldType.free else None
    if field.type not in {FieldType.whole, FieldType.number, FieldType.free}:
        return None
    number = _number(value)
    if number is None or abs(number) > _LARGEST:
        return None
    return None if field.type is FieldType.whole and number != number.to_integral_value() else number


def _fits(operator: Operator, value: object) -> bool:
    """Say whether a value of a free field goes with the operator: only numbers have an order, only text parts."""
    if operator in ORDERING:
        return not isinstance(value, str | bool)
    return operator is not Operator.contains or isinstance(value, str)


def known_value(field: Field, value: object) -> Value | None:
    """Return a fact in the form that is compared, None when it is not known (or blank, or of another type)."""
    match field.type:
        case FieldType.whole | FieldType.number:
            return _number(value)
        case FieldType.names:
            return _names(value)
        case FieldType.text:
            return _text(value)
        case FieldType.free if isinstance(value, list | tuple | Set):
            return _names(value)
        case FieldType.free if isinstance(value, bool):
            return value
        case FieldType.free:
            number = _number(value)
            return _text(value) if number is None else number


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float):
        # By its digits: 0.1 as written by an author is the 0.10 of a numeric column.
        return Decimal(repr(value)) if math.isfinite(value) else None
    number = Decimal(value)
    return number if number.is_finite() else None


def _names(value: object) -> frozenset[str] | None:
    members = (value,) if isinstance(value, str) else value
    if not isinstance(members, list | tuple | Set):
        return None
    return frozenset(folded(one) for one in members if isinstance(one, str) and one.strip()) or None


def _text(value: object) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return folded(value) or None
    number = _number(value)
    return None if number is None else str(number)


def folded(text: str) -> str:
    """Return text in the form that is compared."""
    return " ".join(text.casefold().split())


def holds(operator: Operator, actual: Value | None, wanted: tuple[Value, ...]) -> bool:
    """Say whether a known value (None: not known) is as wanted. `wanted` has one value, or those to choose from."""
    if operator is Operator.exists:
        return (actual is not None) is wanted[0]
    if operator in _ABSENCE:
        return not any(_is(actual, one) for one in wanted)
    if operator is Operator.contains:
        return _contains(actual, wanted[0])
    if operator in ORDERING:
        return _is_ordered(operator, actual, wanted[0])
    return any(_is(actual, one) for one in wanted)


def _is(actual: Value | None, wanted: Value) -> bool:
    if isinstance(actual, frozenset):
        return wanted in actual
    return type(actual) is type(wanted) and actual == wanted


def _contains(actual: Value | None, wanted: Value) -> bool:
    if isinstance(actual, str) and isinstance(wanted, str):
        return wanted in actual
    return isinstance(actual, frozenset) and wanted in actual


def _is_ordered(operator: Operator, actual: Value | None, wanted: Value) -> bool:
    if not isinstance(actual, Decimal) or not isinstance(wanted, Decimal):
        return False
    match operator:
        case Operator.gt:
            return actual > wanted
        case Operator.gte:
            return actual >= wanted
        case Operator.lt:
            return actual < wanted
        case _:
            return actual <= wanted
