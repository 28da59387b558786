"""A zone's wall clock looked at in every minute: what the planner computes is found here without computing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Moscow",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
_BEFORE, _AFTER = timedelta(days=9), timedelta(days=14)
"""How far around a clock change an almanac sees."""


def offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


@cache
def changes(zone: ZoneInfo) -> tuple[datetime, ...]:
    """The days of the year's clock changes; midsummer where there are none."""
    days = [FIRST + n * DAY for n in range(365)]
    found = [one for one in days if offset(one, zone) != offset(one + DAY, zone)]
    return tuple(found or [datetime(2026, 7, 1, tzinfo=UTC)])


class Almanac:
    """When a zone's clock first showed each time of day between two instants, or jumped over it.

    `strange` are the times that it skipped or showed twice.
    """

    def __init__(self, zone: ZoneInfo, first: datetime, last: datetime) -> None:
        self.zone = zone
        self.strange: list[datetime] = []
        self._came: dict[datetime, datetime] = {}
        shown = wall(first - MINUTE, zone)
        for at in minutes(first, last):
            before, shown = shown, wall(at, zone)
            skipped = list(minutes(before + MINUTE, shown))
            self.strange += skipped or [one for one in (shown,) if one in self._came]
            for one in (*skipped, shown):
                self._came.setdefault(one, at)

    def first(self, wanted: datetime) -> datetime:
        """The first minute at which the clock shows the wanted time, or has jumped over it."""
        return self._came[wanted]

    def matching(self, shows: Callable[[datetime], bool]) -> list[tuple[datetime, datetime]]:
        """All wall times of this kind, each with its first minute."""
        return [(shown, at) for shown, at in self._came.items() if shows(shown)]


@lru_cache(maxsize=30)
def almanac(zone: ZoneInfo, change: datetime) -> Almanac:
    """The days around a clock change."""
    return Almanac(zone, change - _BEFORE, change + _AFTER)
