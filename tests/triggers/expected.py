"""What should stand in the table of firings, by triggers.md alone: every minute is looked at, nothing is computed.

It shares no line with the planner: a moment is the first minute at which the hotel's clock shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from bot.storage.repositories.stays import StayRecord
from models.enums import CatchUp, FiringStatus, OncePer
from tests.triggers.almanac import DAY, MINUTE, Almanac, wall

CRON, ON = "cron", "on"


@dataclass(frozen=True, slots=True, eq=False)
class TimeRule:
    """A time rule as its author writes it, by its key and value, and the rest of the trigger.

    `shows` says which wall times a crontab line means. Two that say the same are still two.
    """

    key: str
    value: int | str
    at: time | None = None
    shows: Callable[[datetime], bool] | None = None
    once_per: OncePer = OncePer.stay
    catch_up: CatchUp = CatchUp.send
    useful_for: timedelta | None = None

    @property
    def conditions(self) -> dict[str, Any]:
        at = {"at": f"{self.at:%H:%M}"} if self.at else {}
        return {self.key: self.value, **at}

    @property
    def useful(self) -> timedelta:
        """How long after its moment it may still go."""
        if self.useful_for is not None:
            return self.useful_for
        if self.key in {CRON, ON}:
            return timedelta(hours=24)
        return timedelta(hours=12) if abs(self.offset) <= DAY else timedelta(hours=24)

    @property
    def offset(self) -> timedelta:
        """How long after its moment of the stay, negative for before."""
        unit, side, _ = self.key.split("_")
        assert isinstance(self.value, int), "an offset"
        return timedelta(**{unit: self.value}) * (-1 if side == "before" else 1)


def every_day_at(*times: time, weekdays: Iterable[int] = range(7), **values: Any) -> TimeRule:
    """A crontab line for times of day with the same minute; days of the week count from Monday."""
    days = frozenset(weekdays)
    # Cron counts from Sunday.
    names = "*" if len(days) == 7 else ",".join(str((day + 1) % 7) for day in sorted(days))
    line = f"{times[0].minute} {','.join(str(at.hour) for at in times)} * * {names}"
    chosen = frozenset(times)
    return TimeRule(CRON, line, shows=lambda at: at.time() in chosen and at.weekday() in days, **values)


def wall_of_change(almanac: Almanac, change: datetime) -> datetime:
    """A time of day that the clock skips or shows twice; where it does neither, one of the night."""
    odd = almanac.strange
    return odd[len(odd) // 2] if odd else datetime.combine(change, time(2, 30))


def moments(rule: TimeRule, stay: StayRecord, almanac: Almanac) -> Iterator[tuple[str, datetime]]:
    """Every time the rule looks at the stay by the clock of this almanac; a name stays when its moment moves."""
    comes, goes = stay.checked_in_at or stay.check_in, stay.checked_out_at or stay.check_out
    if rule.key == CRON:
        found = [(shown, at) for shown, at in _calendar(rule, almanac) if comes <= at < goes]
        # Times that were skipped all come at the first one that was not.
        yield from ((shown.isoformat(), at) for at, shown in {at: shown for shown, at in reversed(found)}.items())
    elif rule.key == ON:
        at = almanac.first(datetime.fromisoformat(str(rule.value)))
        if comes <= at < goes:
            yield ON, at
    else:
        anchor = rule.key.split("_")[2]
        moment = {"booking": stay.booked_at, "checkin": comes, "checkout": goes}[anchor]
        if moment is not None:
            yield anchor, _shifted(rule, moment, almanac)


def _shifted(rule: TimeRule, moment: datetime, almanac: Almanac) -> datetime:
    if not rule.key.startswith("days") or (rule.at is None and not rule.offset):
        return moment + rule.offset
    day = wall(moment, almanac.zone) + rule.offset
    return almanac.first(datetime.combine(day, rule.at) if rule.at else day)


@lru_cache(maxsize=64)
def _calendar(rule: TimeRule, almanac: Almanac) -> list[tuple[datetime, datetime]]:
    assert rule.shows is not None, "a crontab line"
    return almanac.matching(rule.shows)


@dataclass(slots=True)
class Entry:
    """One moment of a rule about a subject, and what became of it."""

    due_at: datetime
    status: FiringStatus = FiringStatus.scheduled
    decided_at: datetime | None = None


Key = tuple[TimeRule, UUID, str]


class ExpectedLedger:
    """The plan, and what was decided, of one hotel."""

    def __init__(self) -> None:
        self.entries: dict[Key, Entry] = {}

    def plan(self, rule: TimeRule, stays: Iterable[StayRecord], almanac: Almanac, now: datetime) -> None:
        """Make the plan right: all these stays are known now, and this is the hotel's clock."""
        wanted = self._wanted(rule, stays, almanac, now)
        for key in [key for key, one in self.entries.items() if key[0] is rule and _is_planned(one)]:
            if key not in wanted:
                del self.entries[key]
        for key, due_at in wanted.items():
            entry = self.entries.get(key)
            if entry is None or _is_planned(entry) or (entry.status is not FiringStatus.fired and due_at > now):
                is_late = self._is_late(key, due_at, now)
                self.entries[key] = Entry(due_at, FiringStatus.skipped if is_late else FiringStatus.scheduled)

    def _wanted(
        self, rule: TimeRule, stays: Iterable[StayRecord], almanac: Almanac, now: datetime
    ) -> dict[Key, datetime]:
        found: dict[Key, list[datetime]] = {}
        for stay in stays:
            for name, due_at in moments(rule, stay, almanac):
                if rule.once_per is OncePer.day and rule.key == CRON:
                    name = wall(due_at, almanac.zone).date().isoformat()
                key = (rule, stay.guest_id if rule.once_per is OncePer.guest else stay.id, name)
                is_past = rule.key == CRON and due_at < now and not self._stands(key, due_at)
                if now < due_at + rule.useful and not is_past:
                    found.setdefault(key, []).append(due_at)
        # The first that is in time; one that comes too late counts only where there is no other.
        return {key: min(dues, key=lambda due: (self._is_late(key, due, now), due)) for key, dues in found.items()}

    def _is_late(self, key: Key, due_at: datetime, now: datetime) -> bool:
        return key[0].catch_up is CatchUp.skip and now - due_at > MINUTE and not self._stands(key, due_at)

    def _stands(self, key: Key, due_at: datetime) -> bool:
        entry = self.entries.get(key)
        return entry is not None and _is_planned(entry) and entry.due_at == due_at

    def tick(self, now: datetime) -> None:
        """Let everything go whose time has come."""
        for (rule, *_), entry in self.entries.items():
            if _is_planned(entry) and entry.due_at <= now:
                in_time = now <= entry.due_at + rule.useful
                entry.status = FiringStatus.fired if in_time else FiringStatus.expired
                entry.decided_at = now


def _is_planned(entry: Entry) -> bool:
    return entry.status is FiringStatus.scheduled
