"""The words of triggers: the rule, what may be asked of the world, and the verdict with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from models.enums import FiringStatus


class Anchor(StrEnum):
    """A moment of the stay that offsets count from."""

    booking = "booking"
    checkin = "checkin"
    checkout = "checkout"


class Unit(StrEnum):
    """Minutes and hours are real time; days are the calendar's, in the hotel's zone."""

    minutes = "minutes"
    hours = "hours"
    days = "days"


@dataclass(frozen=True, slots=True)
class Offset:
    """So long after a moment of the stay, or before it when `amount` is negative; `at` is hotel time."""

    anchor: Anchor
    unit: Unit
    amount: int
    at: time | None = None

    @property
    def length(self) -> timedelta:
        """How far from the moment, without a sign; a day counts as 24 hours."""
        return timedelta(**{self.unit.value: abs(self.amount)})


@dataclass(frozen=True, slots=True)
class Cron:
    """A standard crontab line of five fields, in hotel time, for every stay in house."""

    line: str


@dataclass(frozen=True, slots=True)
class Once:
    """One wall-clock moment (naive, hotel time) for every stay in house then."""

    on: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Whenever the stay or the guest changes."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened; `name` is that of an external event, `delay` what must pass without a reply."""

    event: str
    name: str | None = None
    delay: timedelta = timedelta()


When = Offset | Cron | Once | Change | Event


@dataclass(frozen=True, slots=True)
class StayTimes:
    """The moments of one stay, aware, and the hotel's zone. What really happened goes before the plan."""

    zone: ZoneInfo
    check_in: datetime
    check_out: datetime
    booked_at: datetime | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None

    def moment(self, anchor: Anchor) -> datetime | None:
        """Return the moment as it is known now; only the booking's can be unknown."""
        match anchor:
            case Anchor.booking:
                return self.booked_at
            case Anchor.checkin:
                return self.checked_in_at or self.check_in
            case Anchor.checkout:
                return self.checked_out_at or self.check_out


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a trigger looks at a stay. `key` stays the same when the stay is moved; `due_at` is UTC."""

    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a condition may ask, nested by field name: `{"room_type": "suite", "guest": {"language": "ru"}}`.

    Values are text, numbers, yes or no, dates, and lists of text; what is not known is absent or None.
    """

    values: Mapping[str, Any]

    def get(self, name: str) -> object:
        """Return the value of a dotted field name, None where it is not known."""
        value: object = self.values
        for part in name.split("."):
            if not isinstance(value, Mapping):
                return None
            value = value.get(part)
        return value


class Reason(StrEnum):
    """Why a firing came out as it did; the catalogues hold a sentence for each."""

    fired = "fired"
    conditions_not_met = "conditions_not_met"
    held_before = "held_before"
    trigger_inactive = "trigger_inactive"
    stay_over = "stay_over"
    handed_on = "handed_on"
    other_state = "other_state"
    already_fired = "already_fired"
    quiet_hours = "quiet_hours"
    no_longer_useful = "no_longer_useful"
    opted_out = "opted_out"
    no_consent = "no_consent"
    unreachable = "unreachable"
    attention_budget = "attention_budget"
    cooldown = "cooldown"
    came_late = "came_late"
    replied = "replied"
    plan_changed = "plan_changed"
    bad_template = "bad_template"
    unreadable = "unreadable"
    error = "error"


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition as it was asked: where it stands, what was wanted, what was found. Plain JSON values."""

    path: str
    operator: str
    wanted: Any
    actual: Any
    held: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about a firing, and everything it was decided by."""

    status: FiringStatus
    reason: Reason
    conditions: tuple[ConditionResult, ...] = ()

    @property
    def fires(self) -> bool:
        return self.status is FiringStatus.fired

    def to_json(self) -> dict[str, Any]:
        """Return `{"status", "reason", "conditions": [{"path", "operator", "wanted", "actual", "held"}]}`."""
        conditions = [
            {"path": one.path, "operator": one.operator, "wanted": one.wanted, "actual": one.actual, "held": one.held}
            for one in self.conditions
        ]
        return {"status": self.status.value, "reason": self.reason.value, "conditions": conditions}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Verdict:
        """Rebuild a verdict from what `to_json` gave."""
        return cls(
            status=FiringStatus(value["status"]),
            reason=Reason(value["reason"]),
            conditions=tuple(ConditionResult(**one) for one in value["conditions"]),
        )
