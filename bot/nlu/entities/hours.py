"""Which time of day is meant, on the clock of 24 hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from bot.nlu.base import EntityKind
from bot.nlu.entities.rules import Match, Reading, rules

HALF_DAY = 12
WHOLE_DAY = 24
MINUTES = 60
# Fewer hours than these may be how long something takes: "2h de retard", "2 часа ждём".
NO_DURATION = 13
FURTHEST_MINUTES = 24 * 60
# Who says "at 11" at noon means no hour of the night.
LATEST_MEANT = time(21, 59)
# How far from an hour the word that says whether it is of the morning may stand.
NEAR_BEFORE, NEAR_AFTER = 5, 3
SENTENCE_END = "."


def _clock(match: Match) -> Reading | None:
    at: time = match["clock"]
    return _reading(match, at.hour, at.minute)


def _spoken(match: Match) -> Reading | None:
    """Half past seven, halb acht, половина восьмого, sept heures et quart, 七点半."""
    hour = match["hour"]
    if not 1 <= hour <= WHOLE_DAY:
        return None
    minutes = hour * MINUTES + (match["before"] or match["after"])
    return _reading(match, minutes // MINUTES, minutes % MINUTES, is_spoken=True)


def _with_minutes(match: Match) -> Reading | None:
    return _reading(match, match["hour"], match["minute"])


def _with_a_point(match: Match) -> Reading | None:
    hour, _, minute = match["both"].partition(".")
    if not (hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and len(minute) == 2):
        return None
    return _reading(match, int(hour), int(minute))


def _whole(match: Match) -> Reading | None:
    return _reading(match, match["hour"], 0, is_spoken=True)


def _of_a_part(match: Match) -> Reading | None:
    """7 утра; but 3 ночи, without an "at" before them, are nights."""
    return None if match["part"] == "night" else _whole(match)


def _unmistakable(match: Match) -> Reading | None:
    return _whole(match) if NO_DURATION <= match["hour"] < WHOLE_DAY else None


def _ahead(match: Match) -> Reading | None:
    minutes = (1 if match["count"] is None else match["count"]) * (match["span"] or MINUTES)
    if minutes > FURTHEST_MINUTES:
        return None
    now = match.sentence.now
    # Through UTC: the clocks may change meanwhile.
    return _at((now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo))


def _reading(match: Match, hour: int, minute: int, *, is_spoken: bool = False) -> Reading | None:
    """The time, moved into the part of the day that is named nearby; without one a spoken hour "at" which something
    should be is the next such hour, unless another day is named."""
    if hour > WHOLE_DAY or minute >= MINUTES:
        return None
    at = time(hour % WHOLE_DAY, minute)
    if part := _part_of_day(match):
        at = at.replace(hour=in_part_of_day(at.hour, part))
    elif is_spoken and _is_at(match) and _is_today(match):
        at = _coming(match.sentence.now, at)
    return Reading(EntityKind.time, at.isoformat("minutes"))


def in_part_of_day(hour: int, part: str) -> int:
    """Return the hour of 24 that is meant by an hour of 12 in this part of the day."""
    if hour > HALF_DAY or hour == 0:
        return hour
    if hour == HALF_DAY:
        return HALF_DAY if part in ("afternoon", "noon") else 0
    first = {"morning": HALF_DAY, "noon": 1, "afternoon": 1, "evening": 1, "night": 6}[part]
    last = {"noon": 3}.get(part, HALF_DAY)
    return hour + HALF_DAY if first <= hour < last else hour


def _coming(now: datetime, at: time) -> time:
    later = at.replace(hour=(at.hour + HALF_DAY) % WHOLE_DAY)
    return later if at <= now.time() < later <= LATEST_MEANT else at


def _part_of_day(match: Match) -> str | None:
    for lexemes in (match.within(), match.before(NEAR_BEFORE), match.after(NEAR_AFTER)):
        for lexeme in lexemes:
            if lexeme.sort == SENTENCE_END:
                break
            part = lexeme.value[1] if lexeme.sort == "d" else lexeme.value
            if lexeme.sort in "pPd" and part:
                return str(part)
    return None


def _is_at(match: Match) -> bool:
    return match.sentence.sorts[match.places.start()] == "a"


def _is_today(match: Match) -> bool:
    today = match.sentence.now.date().isoformat()
    return all(each.value == today for each in match.sentence.found if each.kind is EntityKind.date)


def _at(moment: datetime) -> Reading:
    return Reading(EntityKind.time, moment.time().isoformat("minutes"))


_NO_HOUR = r"(?![%$FUYRqzunfkE/:#])"
HOURS = (
    *rules(_ahead, r"t(?P<count>n)?(?P<span>[qh])", r"(?P<count>n)(?P<span>[qh])z"),
    *rules(_clock, r"a?(?P<clock>c)p?"),
    *rules(_spoken, r"a?(?P<before>K)(?P<hour>[nr])(?![%$FURq:/])", r"a?(?P<hour>n)[oqh]?(?P<after>J)(?![qhU])"),
    *rules(_with_minutes, r"a?(?P<hour>n)[oh](?P<minute>n)g?p?(?![$%FURY])", r"[ab](?P<hour>n)h(?P<minute>n)q?p?"),
    *rules(_with_a_point, r"[abvT](?P<both>f)p?(?![$%FUYR])", r"(?P<both>f)[ohp]"),
    *rules(_whole, r"[abp]l?(?P<hour>n)[oh]?(?:[te]l?)?p", r"a?(?P<hour>n)o"),
    *rules(_of_a_part, r"(?P<hour>n)h?(?:[te]l?)?(?P<part>p)"),
    *rules(_whole, rf"[ab]l?(?P<hour>n)h?{_NO_HOUR}", rf"(?<=H)[-T](?P<hour>n)h?{_NO_HOUR}", r"(?P<hour>n)'?s"),
    *rules(_unmistakable, r"(?P<hour>n)h(?!/)"),
)
