"""Which room, how many of what, and how much."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.nlu.base import EntityKind
from bot.nlu.entities.rules import Match, Reading, rules

# A number by itself, or behind "in" and "at", is a room's from here on; "room 7" names one whatever it is.
PLAINLY_A_ROOM, LAST_ROOM = 100, 9999
MOST_COUNTED = 99
MOST_PEOPLE = 20
NEAR = 4
PEOPLE, NIGHTS, DAYS, ROOMS, WEEKS = "people", "nights", "days", "rooms", "weeks"
SPANS = {1: DAYS, 7: WEEKS}
# "5 pieces": of what stands behind them, in words that are no unit.
NO_UNIT = "pieces"
SPACES = re.compile(r"\s")
GROUPED = re.compile(r"\d{1,3}(?:\s\d{3})+")
SEPARATOR = re.compile(r"[.,]")
CENTS = re.compile(r"[.,](\d{1,2})$")


def _room(match: Match) -> Reading | None:
    """The room that is called one; a letter may follow the number at once."""
    room = match["room"]
    if isinstance(room, int) and (room > LAST_ROOM or (room < PLAINLY_A_ROOM and not _is_called(match))):
        return None
    at, behind = match.place("room"), match.place("letter")
    if at is not None and behind is not None:
        number, letter = match.sentence.lexemes[at], match.sentence.lexemes[behind]
        told = letter.value or ""  # words that mean nothing have no value
        if letter.start == number.end and len(told) == 1 and told.upper() != told:
            return Reading(EntityKind.room_number, f"{room}{told.upper()}")
    return Reading(EntityKind.room_number, str(room).upper())


def _is_called(match: Match) -> bool:
    """Whether a small number is the room's: "room 2" is, "room 2 people" and 房间一股烟味 are not."""
    return match["counted"] is None and match.written("room").isdecimal()


def _numbered_room(match: Match) -> Reading | None:
    """305 номер, 305号房, в 12 номере; but 2 номера are two of them."""
    return _room(match) if match.place("within") is not None or _is_plainly_a_room(match["room"]) else None


def _likely_room(match: Match) -> Reading | None:
    return _room(match) if _is_plainly_a_room(match["room"]) else None


def _is_plainly_a_room(number: int | str) -> bool:
    return isinstance(number, str) or PLAINLY_A_ROOM <= number <= LAST_ROOM


def _count(match: Match) -> Reading | None:
    unit = match["unit"] if match["span"] is None else SPANS[match["span"]]
    return _counted(match["count"], None if unit == NO_UNIT else unit)


def _rooms(match: Match) -> Reading | None:
    return _counted(match["count"], ROOMS)


def _nights(match: Match) -> Reading | None:
    return _counted(match["count"], NIGHTS) if match["part"] == "night" else None


def _people(match: Match) -> Reading | None:
    """A table for two; but a massage for four may be at four, unless the time is said too."""
    is_said = "H" in match.sentence.sorts
    if (
        match.place("together") is None
        and not is_said
        and not any(lexeme.sort in "SR" for lexeme in match.before(NEAR))
    ):
        return None
    return _counted(match["count"], PEOPLE) if match["count"] <= MOST_PEOPLE else None


def _counted(number: int, unit: str | None) -> Reading | None:
    return Reading(EntityKind.counted, str(number), unit) if 0 < number <= MOST_COUNTED else None


def _amount(match: Match) -> Reading | None:
    written = match.written("sum")
    if len(match.within()) > 2 and not GROUPED.fullmatch(written):
        return None
    written = SPACES.sub("", written)
    worth = _sum(written) if written[0].isdecimal() else Decimal(match["sum"])  # fifty euros
    return Reading(EntityKind.amount, str(worth), match["currency"])


def _sum(number: str) -> Decimal:
    """The number of 1,200.50, 1.200,50 and 1200: behind the last mark, one digit or two are cents."""
    cents = CENTS.search(number)
    whole = SEPARATOR.sub("", number[: cents.start()] if cents else number)
    return Decimal(f"{whole}.{cents[1]}" if cents else whole)


_NO_ROOM = r"(?![$%pohqgYF/]|-?u|'s)"
_NO_COUNT = r"(?![$%FoqhgYRpnfkM:/#.']n?)"
ROOMS_NAMED = (
    *rules(
        _room,
        rf"R[l.:#-]*(?P<room>[nk])(?!Y|x?U)(?P<letter>x)?{_NO_ROOM}",
        rf"R[l.:#-]*(?P<room>[nyk])(?P<counted>U){_NO_ROOM}",
    ),
    *rules(_numbered_room, r"(?P<within>[atbe])?(?P<room>[nk])-?u?R"),
    *rules(_likely_room, rf"[at#Tbe]l?(?P<room>[nk]){_NO_ROOM}", r"(?P<room>n)'?s", r"^#?(?P<room>n)[.,]?$"),
    *rules(_likely_room, rf"(?<=B)(?:,|T|,T)(?P<room>[nk]){_NO_ROOM}"),
)
AMOUNTS = rules(
    _amount, r"(?P<currency>\$)(?P<sum>[nfy])", r"(?P<sum>nn+)(?P<currency>\$)", r"(?P<sum>[nfy])(?P<currency>\$)"
)
COUNTS = (
    *rules(_count, r"(?P<count>n)[xl]?U?(?P<unit>U)", r"(?P<count>n)(?P<span>Y)"),
    *rules(_rooms, r"(?P<count>n)x?R"),
    *rules(_nights, r"(?P<count>n)(?P<part>p)"),
    *rules(_people, r"v?(?P<together>(?P<count>E))", rf"v(?P<count>n){_NO_COUNT}"),
)
