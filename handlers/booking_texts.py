"""What a guest who is asked for a booking number may have written: the number, and perhaps the surname beside it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import pairwise

from bot.nlu.terms import DATA
from bot.nlu.tokens import normalise

MOST_SURNAME_WORDS = 4

_LONGEST_NUMBER = 64
_LONE_WORD = re.compile(r"[\w./#№-]{4,}")
_LONGEST_PREFIX = 3
_MARKS = "#№.,:;()\"' "


def booking_numbers(text: str) -> list[str]:
    """Return what the booking number in a text may be: all of it, and its only word that holds a digit, with and
    without the letters that stand before it."""
    words = text.split()
    numbered = numbered_words(text)
    whole = " ".join(words).strip(_MARKS)
    is_number = len(numbered) == 1 or (not numbered and _LONE_WORD.fullmatch(whole))
    found = dict.fromkeys([whole, *_prefixed(words), *numbered]) if is_number else {}
    return [number for number in found if 0 < len(number) <= _LONGEST_NUMBER]


def surname_beside(text: str) -> str:
    """Return the surname that may stand beside the only booking number of a text; empty where there is none."""
    if len(numbered_words(text)) != 1 or "?" in text:
        return ""
    of_number = {part for number in _prefixed(text.split()) for part in number.split()}
    words = [word.strip(_MARKS) for word in text.split() if not _holds_digit(word)]
    names = [word for word in words if any(map(str.isalpha, word)) and not _is_around(word) and word not in of_number]
    return " ".join(names) if len(names) <= MOST_SURNAME_WORDS else ""


def numbered_words(text: str) -> list[str]:
    """Return the words of a text that hold a digit, without the marks around them."""
    return [word.strip(_MARKS) for word in text.split() if _holds_digit(word)]


def _prefixed(words: list[str]) -> list[str]:
    """Return "BK 1001" where the letters of a number stand apart from its digits."""
    return [
        f"{letters} {number.strip(_MARKS)}"
        for letters, number in pairwise(words)
        if number.strip(_MARKS).isdigit()
        and letters.isalpha()
        and len(letters) <= _LONGEST_PREFIX
        and not _is_around(letters)
    ]


def _holds_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _is_around(word: str) -> bool:
    return normalise(word) in _around()


@cache
def _around() -> frozenset[str]:
    listed = tomllib.loads((DATA / "booking.toml").read_text(encoding="utf-8"))["around"]
    return frozenset(normalise(word.strip()) for word in listed.split(","))
