"""Triggers as a file says them: the names that stand in it, and their defaults. Version 1 keeps both for good.

    version: 1
    triggers:
      - name: Welcome
        type: time_based
        conditions:
          hours_after_checkin: 2
        text: |-
          Welcome, {{ guest.name }}!
        translations:
          ru: |-
            Добро пожаловать, {{ guest.name }}!

What is left out has its default. Names identify triggers, whatever their case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from bot.messages import Platform
from bot.storage.repositories.triggers import TriggerRecord
from models.enums import BookingStatus, CatchUp, ConsentPurpose, OncePer, TriggerType
from triggers.exchange.markup import Block

VERSION = 1
MOST_TRIGGERS = 200
_MOST_EXAMPLES = 20
_LONGEST_NAME = 100
_LONGEST_SPAN = timedelta(days=365)
_NOBODY = UUID(int=0)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"(?=\d)(?:(\d{1,3})d)?\s*(?:(\d{1,5})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,8})s)?", re.ASCII)
# What the file calls otherwise than the table.
_COLUMNS = {"type": "trigger_type", "active": "is_active", "text": "message_template"}
_FIELDS = {column: field for field, column in _COLUMNS.items()}


def _read_span(value: Any) -> timedelta:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a length of time like 12h, 90m or 2d")
    span = timedelta(**dict(zip(_UNITS.values(), (int(part or 0) for part in found.groups()), strict=True)))
    if not timedelta() < span <= _LONGEST_SPAN:
        raise ValueError(f"must be longer than nothing, and {_LONGEST_SPAN.days} days at most")
    return span


def _write_span(span: timedelta) -> str:
    days, rest = span.days, span.seconds
    amounts = (days, rest // 3600, rest // 60 % 60, rest % 60)
    return " ".join(f"{amount}{unit}" for amount, unit in zip(amounts, _UNITS, strict=True) if amount)


def _read_moment(value: Any) -> datetime:
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - hotel time
    except (TypeError, ValueError):
        raise ValueError("must be hotel time like 2026-03-10 15:00") from None


def _read_outcome(value: Any) -> bool | datetime:
    return value if isinstance(value, bool) else _read_moment(value)


Span = Annotated[timedelta, BeforeValidator(_read_span), PlainSerializer(_write_span)]
Moment = Annotated[datetime, BeforeValidator(_read_moment)]
Line = Annotated[str, Field(max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ExampleStay(_Part):
    """An invented stay; times are the hotel's."""

    check_in: Moment
    check_out: Moment
    booked_at: Moment | None = None
    checked_in_at: Moment | None = None
    checked_out_at: Moment | None = None
    booking_status: BookingStatus = BookingStatus.confirmed
    source: Line = "example"
    room_type: Line | None = None
    room_number: Line | None = None
    adults: int | None = None
    children: int | None = None
    amount: float | None = None


class ExampleGuest(_Part):
    """An invented guest; `stays_count` includes the stay of the example, once it has begun."""

    language: Line | None = None
    tags: tuple[Line, ...] = ()
    preferences: dict[str, Any] = {}
    stays_count: int | None = Field(default=None, ge=0, le=100)


class ExampleMessage(_Part):
    """What the guest wrote, for triggers that answer it."""

    text: Annotated[str, Field(max_length=4096)] = ""
    intent: Line | None = None
    sentiment_score: float | None = Field(default=None, ge=-1, le=1)
    sentiment_type: Line | None = None


class Example(_Part):
    """A stay for which the trigger must fire, or must not, or must at this minute. `now` is when something happens or
    changes, which time-based triggers don't need."""

    stay: ExampleStay
    guest: ExampleGuest = ExampleGuest()
    message: ExampleMessage = ExampleMessage()
    received: tuple[Line, ...] = ()
    now: Moment | None = None
    fires: Annotated[bool | datetime, BeforeValidator(_read_outcome)]


class Entry(_Part):
    """One trigger of a file."""

    name: str = Field(min_length=1, max_length=_LONGEST_NAME, pattern=r"^\S(?:[^\n]*\S)?$")
    type: TriggerType
    active: bool = True
    priority: int = Field(1, ge=-1000, le=1000)
    once_per: OncePer = OncePer.stay
    purpose: ConsentPurpose = ConsentPurpose.service
    useful_for: Span | None = None
    cooldown: Span | None = None
    catch_up: CatchUp = CatchUp.send
    channels: list[Platform] = []
    conditions: dict[str, Any]
    text: str
    translations: dict[str, str] = {}
    actions: list[Any] = []
    examples: tuple[Example, ...] = Field((), max_length=_MOST_EXAMPLES)

    @property
    def columns(self) -> dict[str, Any]:
        """What the table keeps of it: everything but the examples."""
        names = type(self).model_fields.keys() - {"examples"}
        return {_COLUMNS.get(name, name): getattr(self, name) for name in names}

    @property
    def record(self) -> TriggerRecord:
        """The trigger as it would be stored, before the hotel has given it a number."""
        return TriggerRecord(id=_NOBODY, number=0, **self.columns)


class Document(_Part):
    """A whole file."""

    version: Literal[1]
    triggers: tuple[Entry, ...] = Field(max_length=MOST_TRIGGERS)


def columns_of(record: TriggerRecord) -> dict[str, Any]:
    """Return what a file says of a stored trigger, by column."""
    names = Entry.model_fields.keys() - {"examples"}
    return {column: getattr(record, column) for column in (_COLUMNS.get(name, name) for name in names)}


def field_of_column(column: str) -> str:
    """Return what a file calls a column."""
    return _FIELDS.get(column, column)


def plain_document(records: Iterable[TriggerRecord]) -> dict[str, Any]:
    """Return stored triggers as the plain values of a file. They are not checked: an export shows what there is."""
    return {"version": VERSION, "triggers": [_plain_entry(record) for record in records]}


def _plain_entry(record: TriggerRecord) -> dict[str, Any]:
    given = {field_of_column(column): value for column, value in columns_of(record).items()}
    shown = Entry.model_construct(**given).model_dump(mode="json", exclude_defaults=True, warnings=False)
    texts = {language: Block(text) for language, text in record.translations.items()}
    shown |= {"text": Block(record.message_template), **({"translations": texts} if texts else {})}
    return {name: shown[name] for name in Entry.model_fields if name in shown}
