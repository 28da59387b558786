"""What guests say, with what it names; the clock shows 13:00 in Berlin, a Friday, the 20th of November 2026."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.nlu.entities.finding import find_entities

FRIDAY = datetime(2026, 11, 20, 13, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def named(text: str, language: str = "en", now: datetime = FRIDAY) -> list[str]:
    """The entities of a text, as "time 19:00" or "count 2 towels"."""
    return [
        " ".join(filter(None, (each.kind.value, each.value, each.unit)))
        for each in find_entities(text, language, now)
    ]


def values(kind: str, text: str, language: str = "en", now: datetime = FRIDAY) -> list[str]:
    """The values of one kind alone."""
    return [each.value for each in find_entities(text, language, now) if each.kind == kind]
