"""One cell of a table of stays: what each column may hold, and the sentence for what it may not.

No sentence repeats what stood in the cell, since that may be a guest's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

import phonenumbers
from rapidfuzz import fuzz, process

from models.enums import BookingStatus

Cell = str | int | Decimal | datetime | BookingStatus | None

_DATE = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))(?:[T ]+(.+))?", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"\d{1,10}([.,]\d{1,2})?|\d{1,3}(,\d{3}){1,2}\.\d{1,2}|\d{1,3}(\.\d{3}){1,2},\d{1,2}", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f']")
_YEARS = range(2000, 2200)
_MOST_PEOPLE = 99
_LONGEST_AMOUNT = 13
_LEAST_LIKENESS = 55


class RejectedCell(ValueError):
    """A cell can't be used; the sentence says what it must hold."""


@dataclass(frozen=True, slots=True)
class HouseTimes:
    """The hotel's zone, and the times of day of arrival and departure where only the day is known."""

    zone: ZoneInfo
    check_in: time
    check_out: time


class CellReader:
    """Reads cells by their column; an empty one is None where the column may be empty."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "external_id",
        "guest_name",
        "phone",
        "language",
        "room_type",
        "room_number",
        "booking_status",
        "booked_at",
        "check_in",
        "check_out",
        "checked_in_at",
        "checked_out_at",
        "adults",
        "children",
        "amount",
        "currency",
        "source",
    )
    NEEDED: ClassVar[tuple[str, ...]] = ("external_id", "guest_name", "check_in", "check_out")

    def __init__(self, times: HouseTimes, region: str | None) -> None:
        zone = times.zone
        self._readers: Mapping[str, Callable[[str], Cell]] = {
            "external_id": partial(_text, longest=128),
            "guest_name": partial(_text, longest=255),
            "phone": partial(_phone, region=region),
            "language": _language,
            "room_type": partial(_text, longest=64),
            "room_number": partial(_text, longest=32),
            "booking_status": _status,
            "booked_at": partial(_moment, usual=time(), zone=zone),
            "check_in": partial(_moment, usual=times.check_in, zone=zone),
            "check_out": partial(_moment, usual=times.check_out, zone=zone),
            "checked_in_at": partial(_moment, usual=times.check_in, zone=zone),
            "checked_out_at": partial(_moment, usual=times.check_out, zone=zone),
            "adults": _people,
            "children": _people,
            "amount": _amount,
            "currency": _currency,
            "source": partial(_text, longest=64),
        }

    def read(self, column: str, cell: str) -> Cell:
        """Return the value of a stripped cell. Raises RejectedCell."""
        if not cell:
            if column in self.NEEDED:
                raise RejectedCell("must not be empty")
            return None
        if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t" for sign in cell):
            raise RejectedCell("holds signs that can't be printed: remove them")
        return self._readers[column](cell)

    def out_of_order(self, values: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
        """Yield the column of each departure that does not follow its arrival, and the sentence about it."""
        for first, last in (("check_in", "check_out"), ("checked_in_at", "checked_out_at")):
            begins, ends = values.get(first), values.get(last)
            if isinstance(begins, datetime) and isinstance(ends, datetime) and ends <= begins:
                yield last, f"must be later than {first}"


def _text(cell: str, longest: int) -> str:
    text = " ".join(cell.split())
    if len(text) > longest:
        raise RejectedCell(f"must have at most {longest} characters")
    return text


def _phone(cell: str, region: str | None) -> str:
    written = f"+{cell[2:]}" if cell.startswith("00") else cell
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        raise RejectedCell("is not a phone number with its country, like +49 151 2345678") from None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise RejectedCell("has too few or too many digits for a phone number of its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _language(cell: str) -> str:
    tag = cell.casefold().replace("_", "-")
    if len(tag) > 10 or not _LANGUAGE.fullmatch(tag):
        raise RejectedCell("must be a language code like en, ru or pt-br")
    return tag


def _status(cell: str) -> BookingStatus:
    written = cell.casefold().replace(" ", "_").replace("-", "_")
    names = [status.value for status in BookingStatus]
    if written in names:
        return BookingStatus(written)
    found = process.extractOne(written[:100], names, scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
    hint = f"; did you mean {found[0]}?" if found else ""
    raise RejectedCell(f"must be one of {', '.join(names)}{hint}")


def _moment(cell: str, usual: time, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) of a day or a moment in the hotel's zone, unless it names an offset of its own."""
    found = _DATE.fullmatch(cell)
    if found is None:
        raise RejectedCell("must be a date like 2026-11-20 or 20.11.2026, with or without a time like 15:00")
    year, month, day, day2, month2, year2, clock = found.groups()
    try:
        on = date(int(year or year2), int(month or month2), int(day or day2))
        at, offset = _clock(clock) if clock else (usual, None)
    except ValueError:
        raise RejectedCell("is a date or a time that does not exist") from None
    if on.year not in _YEARS:
        raise RejectedCell(f"must be a year from {_YEARS[0]} to {_YEARS[-1]}")
    moment = datetime.combine(on, at, tzinfo=zone)
    return (moment.replace(tzinfo=offset.tzinfo) if offset else moment).astimezone(UTC)


def _clock(written: str) -> tuple[time, datetime | None]:
    """Return the time of day, and a moment with the offset that was written beside it. Raises ValueError."""
    found = _TIME.fullmatch(written.strip())
    if found is None:
        raise ValueError
    hour, minute, second, offset = found.groups()
    at = time(int(hour), int(minute), int(second or 0))
    return at, datetime.strptime(offset.replace(":", ""), "%z") if offset else None


def _people(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 9 and int(cell) <= _MOST_PEOPLE):
        raise RejectedCell(f"must be a whole number from 0 to {_MOST_PEOPLE}")
    return int(cell)


def _amount(cell: str) -> Decimal:
    """Return a sum of money. "1.234" is refused: nobody can tell whether it is a thousand or one."""
    digits = _SPACES.sub("", cell)
    if not _AMOUNT.fullmatch(digits) or len(digits) > _LONGEST_AMOUNT:
        raise RejectedCell("must be a sum like 1234.50, with at most two digits after the point")
    *whole, last = re.split("[.,]", digits)
    return Decimal(f"{''.join(whole)}.{last}" if whole else last).quantize(Decimal("0.01"))


def _currency(cell: str) -> str:
    if not _CURRENCY.fullmatch(cell.upper()):
        raise RejectedCell("must be a currency code of three letters, like EUR")
    return cell.upper()
