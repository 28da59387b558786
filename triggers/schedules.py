"""When to look: from a rule and a stay's times to instants. Pure; what is due is remembered by the table.

All arithmetic over instants is in UTC; the hotel's zone is asked only to turn a wall-clock time into an instant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import assert_never
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from triggers.base import Anchor, Change, Cron, Event, Occurrence, Offset, Once, StayTimes, Unit, When

USEFUL_AFTER_SHORT_OFFSET = timedelta(hours=12)
USEFUL_OTHERWISE = timedelta(hours=24)
_SHORT_OFFSET = timedelta(days=1)

_MOST_PER_DAY = 24 * 4
_YEAR = timedelta(days=366)
_SAMPLE_START, _SAMPLE_END = (datetime.fromisoformat(day) for day in ("2024-01-01", "2200-01-01"))
# No zone ever skipped more than a day of wall clock.
_WIDEST_GAP = timedelta(days=1)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a naive local time.

    A time that the clocks jump over becomes the first that exists after it; one that comes twice is the first.
    """
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(early, zone) == wall:
        return early
    return _jump_between(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), early, zone)


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first whole second between two instants at which the zone has its later offset."""
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def occurrences(when: When, stay: StayTimes, since: datetime, until: datetime) -> tuple[Occurrence, ...]:
    """Return every time the rule looks at the stay, in order.

    A crontab line gives those in [since, until) only, since it has no end of its own; offsets and `on` are
    given wherever they fall. Changes and events have no times.
    """
    try:
        match when:
            case Offset():
                return _offset_occurrence(when, stay)
            case Once():
                return _once_occurrence(when, stay)
            case Cron():
                return tuple(_cron_occurrences(when, stay, since, until))
            case Change() | Event():
                return ()
    except OverflowError:
        return ()  # a moment beyond the calendar never comes
    assert_never(when)


def _offset_occurrence(when: Offset, stay: StayTimes) -> tuple[Occurrence, ...]:
    moment = stay.moment(when.anchor)
    if moment is None:
        return ()
    # The key names only the moment: neither a moved stay nor an edited offset makes a second occurrence.
    return (Occurrence(when.anchor.value, _shifted(moment.astimezone(UTC), when, stay.zone)),)


def _shifted(moment: datetime, when: Offset, zone: ZoneInfo) -> datetime:
    if when.unit is not Unit.days:
        return moment + timedelta(**{when.unit.value: when.amount})
    if when.amount == 0 and when.at is None:
        return moment
    wall = _wall(moment, zone) + timedelta(days=when.amount)
    return instant(wall if when.at is None else datetime.combine(wall, when.at), zone)


def _once_occurrence(when: Once, stay: StayTimes) -> tuple[Occurrence, ...]:
    due_at = instant(when.on, stay.zone)
    start, end = _in_house(stay)
    return (Occurrence("on", due_at),) if start <= due_at < end else ()


def _in_house(stay: StayTimes) -> tuple[datetime, datetime]:
    """Return when the guest comes and leaves, as far as is known."""
    start = stay.moment(Anchor.checkin) or stay.check_in
    end = stay.moment(Anchor.checkout) or stay.check_out
    return start.astimezone(UTC), end.astimezone(UTC)


def _cron_occurrences(when: Cron, stay: StayTimes, since: datetime, until: datetime) -> Iterator[Occurrence]:
    start, end = _in_house(stay)
    start, end = max(start, since), min(end, until)
    if start >= end:
        return
    first, last = _wall(start, stay.zone) - _WIDEST_GAP, _wall(end, stay.zone) + _WIDEST_GAP
    walls: dict[datetime, datetime] = {}
    for wall in _cron_walls(when.line, first, last):
        due_at = instant(wall, stay.zone)
        # Several skipped times come at the same instant: once, under the name of the time that exists.
        if start <= due_at < end and (due_at not in walls or _wall(due_at, stay.zone) == wall):
            walls[due_at] = wall
    for due_at, wall in sorted(walls.items()):
        yield Occurrence(wall.isoformat(timespec="minutes"), due_at)


def check_cron(line: str) -> None:
    """Raise ValueError, with a sentence, unless the crontab line is right, comes ever, and not too often."""
    first = next(_cron_walls(line, _SAMPLE_START, _SAMPLE_END), None)
    if first is None:
        raise ValueError("such a date never comes")
    day = _cron_walls(line, first, first + timedelta(days=1))
    if next(islice(day, _MOST_PER_DAY, None), None) is not None:
        raise ValueError("a message more than every 15 minutes is too often")


@lru_cache(maxsize=1024)
def daily_times(line: str) -> tuple[time, ...]:
    """Return the times of day of a crontab line that was checked, in order; they are the same on all its days."""
    first = next(_cron_walls(line, _SAMPLE_START, _SAMPLE_END))
    midnight = datetime.combine(first, time())
    return tuple(wall.time() for wall in _cron_walls(line, midnight, midnight + timedelta(days=1)))


def days_of_year(line: str, today: date) -> frozenset[date]:
    """Return the days of a crontab line that was checked, for a year from today."""
    # Many lines differ only in their time of day.
    return _days_of_year(" ".join(line.split()[2:]), today)


@lru_cache(maxsize=1024)
def _days_of_year(days: str, today: date) -> frozenset[date]:
    start = datetime.combine(today, time())
    return frozenset(wall.date() for wall in _cron_walls(f"0 0 {days}", start, start + _YEAR))


def _cron_walls(line: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the naive local times of a crontab line in [start, end), in order.

    The rules are asked in UTC, where each wall-clock time exists once: the zone's jumps are `instant`'s.
    """
    rules = _cron_rules(line)
    at = start.replace(tzinfo=UTC)
    while True:
        coming = [found for rule in rules if (found := rule.get_next_fire_time(None, at)) is not None]
        if not coming or (wall := min(coming).replace(tzinfo=None)) >= end:
            return
        yield wall
        at = min(coming) + timedelta(minutes=1)


@lru_cache(maxsize=1024)
def _cron_rules(line: str) -> tuple[CronTrigger, ...]:
    """Return the rules whose union is the line. As in cron, two restricted kinds of day mean either of them."""
    parts = line.lower().split()
    if len(parts) != 5:
        raise ValueError("five fields are needed: minute, hour, day of month, month, day of week")
    minute, hour, day, month, weekday = parts
    times = {"minute": minute, "hour": hour, "month": month, "timezone": UTC}
    names = _weekday_names(weekday)
    if day.startswith("*") or weekday.startswith("*"):
        return (CronTrigger(**times, day=day, day_of_week=names),)
    return CronTrigger(**times, day=day), CronTrigger(**times, day_of_week=names)


def _weekday_names(text: str) -> str:
    """Return cron's days of the week by name, because APScheduler counts from Monday, cron from Sunday."""
    numbers = sorted({number % 7 for item in text.split(",") for number in _weekday_numbers(item)})
    return ",".join(_WEEKDAYS[number] for number in numbers)


def _weekday_numbers(item: str) -> range:
    span, has_step, step = item.partition("/")
    first, has_last, last = ("0", "-", "6") if span == "*" else span.partition("-")
    start = _weekday_number(first)
    stop = _weekday_number(last) if has_last else 6 if has_step else start
    width = int(step) if has_step and step.isascii() and step.isdigit() else 1 if not has_step else 0
    if stop < start or not 1 <= width <= 7:
        raise ValueError(f"{item[:20]!r} is not a day of the week: use 0 to 7, or sun to sat, as in 1-5")
    return range(start, stop + 1, width)


def _weekday_number(text: str) -> int:
    if text in _WEEKDAYS:
        return _WEEKDAYS.index(text)
    if len(text) == 1 and text in "01234567":
        return int(text)
    raise ValueError(f"{text[:20]!r} is not a day of the week: use 0 to 7, or sun to sat")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times between which nothing is sent of the hotel's own accord; equal ones mean never quiet."""

    start: time = time(22)
    end: time = time(8)

    def covers(self, at: time) -> bool:
        """Say whether a local time is quiet; the start is, the end is not."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def first_allowed(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """Return `at` itself, or the first instant after it (UTC) that is not quiet."""
    at = at.astimezone(UTC)
    while quiet.covers((wall := _wall(at, zone)).time()):
        end = datetime.combine(wall, quiet.end)
        end = end if end > wall else end + timedelta(days=1)
        # On the night the clocks go back the end may come twice, and `at` lie between.
        again = end.replace(tzinfo=zone, fold=1).astimezone(UTC)
        ends_at = first if (first := instant(end, zone)) > at else again
        # Clocks that are changed before it may show an hour that is not quiet, if only for a minute.
        at = _clock_change(at, ends_at, zone) or ends_at
    return at


def _clock_change(at: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the clocks change after `at`, not after `until`, less than two days later; None if they don't."""
    start, offset = at.replace(microsecond=0), at.astimezone(zone).utcoffset()

    def has_changed(seconds: int) -> bool:
        return (start + timedelta(seconds=seconds)).astimezone(zone).utcoffset() != offset

    length = int((until - start).total_seconds())
    if not has_changed(length):
        return None
    return start + timedelta(seconds=bisect_left(range(length), True, key=has_changed))


def useful_until(due_at: datetime, when: When, useful_for: timedelta | None = None) -> datetime:
    """Return the last instant at which a firing that was due then may still go."""
    if useful_for is None:
        is_short = isinstance(when, Offset) and when.length <= _SHORT_OFFSET
        useful_for = USEFUL_AFTER_SHORT_OFFSET if is_short else USEFUL_OTHERWISE
    return due_at + useful_for
