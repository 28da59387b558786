"""Which day is meant. A day without its month or year is the next such day."""

from __future__ import annotations

from datetime import date, timedelta

from bot.nlu.base import EntityKind
from bot.nlu.entities.rules import Match, Reading, rules

WEEK = 7
# The 29th of February comes once in eight years at the latest.
YEARS_AHEAD, MONTHS_AHEAD = 9, 3
MONTHS = 12
# Around the clock, and no day of July.
ALWAYS = (24, 7)
FURTHEST_DAYS = 1000


def _written(match: Match) -> Reading | None:
    return _reading(match["day"])


def _of_month(match: Match) -> Reading | None:
    today = match.sentence.now.date()
    return _reading(coming(today, match["day"], match["month"], match["year"]))


def _shortened(match: Match) -> Reading | None:
    """3/12 and, with two numbers in one, 3.12."""
    parts = match["both"].split(".") if match["both"] else (match["day"], match["month"])
    if len(parts) != 2 or not all(str(part).isdecimal() and int(part) <= 31 for part in parts):
        return None
    day, month = map(int, parts)
    return None if (day, month) == ALWAYS else _reading(coming(match.sentence.now.date(), day, month))


def _named(match: Match) -> Reading | None:
    days, _ = match["named"]
    return _reading(match.sentence.now.date() + timedelta(days=days))


def _weekday(match: Match) -> Reading | None:
    """Monday is the one that comes; next Monday that of the week that comes."""
    today = match.sentence.now.date()
    ahead = (match["weekday"] - today.isoweekday() - 1) % WEEK + 1
    if match.place("next") is not None:
        ahead = match["weekday"] - today.isoweekday() + WEEK
    return _reading(today + timedelta(days=ahead))


def _ahead(match: Match) -> Reading | None:
    days = (1 if match["count"] is None else match["count"]) * match["span"]
    return _reading(match.sentence.now.date() + timedelta(days=days)) if days <= FURTHEST_DAYS else None


def coming(today: date, day: int, month: int | None = None, year: int | None = None) -> date | None:
    """Return the next such day, today included; None where there is none."""
    if year is not None and month is not None:
        return _date(year, month, day)
    if month is None:
        places = (today.year * MONTHS + today.month - 1 + ahead for ahead in range(MONTHS_AHEAD))
        candidates = (_date(place // MONTHS, place % MONTHS + 1, day) for place in places)
    else:
        candidates = (_date(today.year + ahead, month, day) for ahead in range(YEARS_AHEAD))
    return next((found for found in candidates if found and found >= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):  # ten digits and more are too long even to be no day
        return None


def _reading(day: date | None) -> Reading | None:
    return None if day is None else Reading(EntityKind.date, day.isoformat())


_NO_DAY = r"(?![%$FUYqohgpR:/#nu])"
DAYS = (
    *rules(_written, r"(?P<day>i)"),
    *rules(
        _of_month,
        # The first of two: 3-5 December, с 3 по 5 декабря, du 3 au 5 décembre, 12月3日到5日.
        r"(?P<day>n)(?:-?u|\.)?[-bTe]l?(?=n(?:-?u|\.)?l*(?P<month>m))",
        r"(?P<day>n)(?:-?u|\.)?l*(?P<month>m)(?:[,l]*(?P<year>y))?",
        rf"(?P<month>m)l?(?P<day>n)(?:-?u)?(?:,?(?P<year>y))?{_NO_DAY}",
        r"(?:(?P<year>y)F)?(?P<month>n)M(?P<day>n)G?",
        r"(?P<day>n)G(?!R)",
        r"[abe]l?(?P<day>n)-?u(?!R|F)",
        rf"e(?P<day>n)\.?{_NO_DAY}",
    ),
    *rules(
        _shortened,
        r"(?:[abevTw],?l?)(?P<day>n)/(?P<month>n)(?![/%])",
        r"[bevw](?P<both>f)(?![$%opqhFUYR])",
    ),
    *rules(_named, r"(?P<named>d)"),
    *rules(_weekday, r"(?P<next>N)?(?P<weekday>w)"),
    *rules(_ahead, r"t(?P<count>n)?(?P<span>Y)", r"(?P<count>n)(?P<span>Y)z"),
)
