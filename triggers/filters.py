"""What a template may do with a value: dates and numbers the way the guest's language writes them, hotel time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from liquid.builtin.filters.math import minus, plus, times
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, strip, truncate, upcase
from liquid.exceptions import FilterError
from liquid.undefined import Undefined

from bot.messages import clean_text
from bot.texts import CLDR_NAMES, LAST_RESORT

Plain = str | int | float | Decimal | date | None

_LONGEST_VALUE = 255
_LONGEST_RESULT = 4096
_LARGEST_NUMBER = 10**12
_LONGEST_PATTERN = 40
_PATTERN_HINT = 'write a date as short, medium, long, full or like "d MMMM"'
_STYLES = frozenset({"short", "medium", "long", "full"})

# Those of the library that can't make much out of little; what they return is bounded all the same.
_BORROWED: dict[str, Callable[..., Any]] = {
    "capitalize": capitalize,
    "default": default,
    "downcase": downcase,
    "minus": minus,
    "plus": plus,
    "strip": strip,
    "times": times,
    "truncate": truncate,
    "upcase": upcase,
}
FILTERS = frozenset({*_BORROWED, "date", "time", "number", "money"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a moment in hotel time, that writes itself as the day: 22 November."""

    value: date | datetime
    locale: Locale

    def __str__(self) -> str:
        return format_skeleton("MMMMd", self._naive(), locale=self.locale)

    def day(self, pattern: str) -> str:
        """Write the day in a style or pattern of CLDR. Raises FilterError when the pattern is none."""
        return self._written(format_date, self._naive(), pattern)

    def clock(self, pattern: str) -> str:
        """Write the time of day in a style or pattern of CLDR. Raises FilterError when the pattern is none."""
        return self._written(format_time, self._naive().time(), pattern)

    def _written(self, write: Callable[..., str], value: date | time, pattern: str) -> str:
        try:
            return write(value, pattern, locale=self.locale)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise FilterError(_PATTERN_HINT, token=None) from None

    def _naive(self) -> datetime:
        """The wall clock as it is: babel must not move it once more."""
        if isinstance(self.value, datetime):
            return self.value.replace(tzinfo=None)
        return datetime.combine(self.value, time())


@lru_cache(maxsize=256)
def locale_of(language: str | None) -> Locale:
    """Return how a language writes dates and numbers; English when it is unknown."""
    tag = (language or LAST_RESORT).replace("_", "-")
    for name in (tag, tag.split("-")[0]):
        try:
            return Locale.parse(CLDR_NAMES.get(name, name), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(CLDR_NAMES[LAST_RESORT], sep="-")


def value_for(value: object, locale: Locale, zone: ZoneInfo) -> object:
    """Return a variable's value as templates see it: text cut to a line, numbers, or a `Moment` in hotel time.

    Raises TypeError for anything that is not plain: no object of ours ever enters a template.
    """
    match value:
        case bool() | int() | float() | None:
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case str():
            return " ".join(clean_text(value[:_LONGEST_VALUE]).split())
        case datetime():
            at = value if value.tzinfo else value.replace(tzinfo=UTC)
            return Moment(at.astimezone(zone), locale)
        case date():
            return Moment(value, locale)
    raise TypeError(f"a template takes plain values only, not {type(value).__name__}")


def filters_for(locale: Locale) -> dict[str, Callable[..., Any]]:
    """Return the only filters that templates have, for one language."""

    def date_filter(value: object, pattern: object = "long") -> str:
        return "" if value is None else _moment(value).day(_pattern(pattern))

    def time_filter(value: object, pattern: object = "short") -> str:
        return "" if value is None else _moment(value).clock(_pattern(pattern))

    def number_filter(value: object) -> str:
        return "" if value is None else format_decimal(_number(value), locale=locale)

    def money_filter(value: object, currency: object) -> str:
        return "" if value is None else format_currency(_number(value), _currency(currency), locale=locale)

    functions: dict[str, Callable[..., Any]] = {
        **_BORROWED,
        "date": date_filter,
        "time": time_filter,
        "number": number_filter,
        "money": money_filter,
    }
    return {name: _bounded(function) for name, function in functions.items()}


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter so that nothing larger than a message goes in or comes out."""

    @wraps(function)
    def bounded(*values: object, **named: object) -> object:
        for value in (*values, *named.values()):
            _check_size(value)
        result = function(*values, **named)
        _check_size(result)
        return result

    return bounded


def _check_size(value: object) -> None:
    if isinstance(value, range):
        raise FilterError("a range is not a value", token=None)
    if isinstance(value, str) and len(value) > _LONGEST_RESULT:
        raise FilterError("the text gets too long", token=None)
    # Written so that NaN is refused too.
    if isinstance(value, int | float) and not abs(value) <= _LARGEST_NUMBER:
        raise FilterError("the number gets too large", token=None)


def _moment(value: object) -> Moment:
    if not isinstance(value, Moment):
        raise FilterError("date and time need a date, as in stay.check_in", token=None)
    return value


def _pattern(pattern: object) -> str:
    text = str(pattern)
    if text not in _STYLES and ("%" in text or not 0 < len(text) <= _LONGEST_PATTERN):
        raise FilterError(_PATTERN_HINT, token=None)
    return text


def _number(value: object) -> int | float:
    if isinstance(value, bool | Undefined) or not isinstance(value, int | float):
        raise FilterError("number and money need a number, as in stay.amount", token=None)
    return value


def _currency(code: object) -> str:
    text = str(code or "")
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise FilterError('money needs a currency like "EUR"', token=None)
    return text.upper()
