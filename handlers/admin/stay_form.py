"""`/stay NUMBER field=value …`: what admins write about a stay, read and checked field by field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from bot.errors import RejectedInput
from bot.hotel_settings import HotelSettings
from models.enums import BookingStatus
from triggers.rejections import nearest
from triggers.schedules import instant

NEW_WORDS = frozenset({"new", "add", "новое", "новый", "новая", "добавь", "добавить"})

_NAMES = {
    "name": "name", "guest": "name", "имя": "name", "гость": "name", "фио": "name",
    "phone": "phone", "телефон": "phone", "тел": "phone",
    "room": "room", "room_number": "room", "номер": "room", "комната": "room",
    "type": "type", "room_type": "type", "тип": "type", "тип_номера": "type", "категория": "type",
    "arrival": "arrival", "check_in": "arrival", "checkin": "arrival", "from": "arrival", "заезд": "arrival",
    "departure": "departure", "check_out": "departure", "checkout": "departure", "to": "departure",
    "выезд": "departure",
    "status": "status", "статус": "status",
    "adults": "adults", "взрослых": "adults", "взрослые": "adults",
    "children": "children", "детей": "children", "дети": "children",
    "language": "language", "lang": "language", "язык": "language",
    "source": "source", "источник": "source",
}  # fmt: skip
_STATUSES = {
    **{status.value: status for status in BookingStatus},
    "ожидает": BookingStatus.pending,
    "ожидает_подтверждения": BookingStatus.pending,
    "подтверждено": BookingStatus.confirmed,
    "подтверждена": BookingStatus.confirmed,
    "заехал": BookingStatus.checked_in,
    "заехали": BookingStatus.checked_in,
    "приехал": BookingStatus.checked_in,
    "приехали": BookingStatus.checked_in,
    "заселён": BookingStatus.checked_in,
    "заселен": BookingStatus.checked_in,
    "выехал": BookingStatus.checked_out,
    "выехали": BookingStatus.checked_out,
    "уехал": BookingStatus.checked_out,
    "уехали": BookingStatus.checked_out,
    "отменено": BookingStatus.cancelled,
    "отменена": BookingStatus.cancelled,
    "canceled": BookingStatus.cancelled,
    "незаезд": BookingStatus.no_show,
    "не_приехал": BookingStatus.no_show,
    "не_приехали": BookingStatus.no_show,
}
_DAYS = {"today": 0, "сегодня": 0, "tomorrow": 1, "завтра": 1, "yesterday": -1, "вчера": -1}
_LONGEST = {"name": 255, "room": 32, "type": 64, "source": 64}
_FIELD = re.compile(r"(?:^|[\s;,])(room type|check[ -](?:in|out)|тип номера|[^\W\d][\w-]*)\s*=\s*", re.IGNORECASE)
_DATE = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4}))(?:[T\s]+(\d{1,2}):(\d{2}))?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_MOST_PEOPLE = 99
_YEARS = range(2000, 2200)


class RejectedField(RejectedInput):
    """A field of a stay can't be used: `problem` names the sentence, `field` and `value` what is meant."""

    def __init__(self, problem: str, field: str, value: str = "", nearest: str = "") -> None:
        super().__init__(f"{field}: {problem}")
        self.problem = problem
        self.field = field
        self.value = value
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class House:
    """What dates without a time of day need."""

    zone: ZoneInfo
    settings: HotelSettings
    now: datetime


@dataclass(frozen=True, slots=True)
class StayForm:
    """What was said about a stay; None was not said. Times are instants, `phone` is E.164."""

    number: str
    is_new: bool = False
    name: str | None = None
    phone: str | None = None
    room: str | None = None
    type: str | None = None
    arrival: datetime | None = None
    departure: datetime | None = None
    status: BookingStatus | None = None
    adults: int | None = None
    children: int | None = None
    language: str | None = None
    source: str | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether only a stay was named; `source` says which one."""
        return self == StayForm(self.number, self.is_new, source=self.source)


def parse_stay(text: str, house: House) -> StayForm | None:
    """Read the arguments of the command; None without a booking number. Raises RejectedField."""
    parts = _FIELD.split(text)
    words = parts[0].strip(" ;,").split()
    is_new = bool(words) and words[0].casefold() in NEW_WORDS
    number = " ".join(words[1:] if is_new else words)
    if not number:
        return None
    if len(number) > 128:
        raise RejectedField("long", "number", "128")
    values: dict[str, Any] = {}
    for written, value in zip(parts[1::2], parts[2::2], strict=True):
        name = _NAMES.get(re.sub(r"[ -]", "_", written.casefold()))
        if name is None:
            raise RejectedField("unknown", written, nearest=nearest(written, _NAMES) or "")
        values[name] = _value(name, value.strip(" \t\n;,\"'"), house)
    return StayForm(number, is_new, **values)


def _value(name: str, text: str, house: House) -> Any:
    if not text:
        raise RejectedField("empty", name)
    if len(text) > _LONGEST.get(name, 255):
        raise RejectedField("long", name, str(_LONGEST.get(name, 255)))
    match name:
        case "arrival":
            return _moment(name, text, house, house.settings.check_in_time)
        case "departure":
            return _moment(name, text, house, house.settings.check_out_time)
        case "status":
            return _status(text)
        case "adults" | "children":
            return _people(name, text)
        case "phone":
            return _phone(text)
        case "language":
            return _language(text)
        case _:
            return text


def _moment(name: str, text: str, house: House, usual: time) -> datetime:
    """Return the instant of a day in the hotel's zone, at its usual time where none was written."""
    day, _, clock = text.casefold().partition(" ")
    if day in _DAYS:
        today = house.now.astimezone(house.zone).date() + timedelta(days=_DAYS[day])
        text = f"{today.isoformat()} {clock}".strip()
    found = _DATE.fullmatch(text)
    if found is None:
        raise RejectedField("date", name, text)
    year, month, number, number2, month2, year2, hour, minute = found.groups()
    try:
        on = date(int(year or year2), int(month or month2), int(number or number2))
        at = usual if hour is None else time(int(hour), int(minute))
    except ValueError:
        raise RejectedField("date", name, text) from None
    if on.year not in _YEARS:
        raise RejectedField("date", name, text)
    return instant(datetime.combine(on, at), house.zone)


def _status(text: str) -> BookingStatus:
    written = text.casefold().replace("-", "_").replace(" ", "_").removeprefix("гость_")
    if written not in _STATUSES:
        raise RejectedField("status", "status", text, nearest(written, _STATUSES) or "")
    return _STATUSES[written]


def _people(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= _MOST_PEOPLE):
        raise RejectedField("people", name, text)
    return int(text)


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise RejectedField("phone", "phone", text) from None
    if not phonenumbers.is_possible_number(number):
        raise RejectedField("phone", "phone", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _language(text: str) -> str:
    tag = text.casefold().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag) or len(tag) > 10:
        raise RejectedField("language", "language", text)
    return tag
