"""The words of `data/entities.toml`, looked up where they stand.

A sort is written as one letter, so that the sorts of a text's words are a string that rules can be matched against:

    n number             y a year, four digits       f number with a fraction    k letters with digits: B12
    i whole date         c time of day               d today, tomorrow           w weekday
    m month              p part of the day           P a meal, being woken       o o'clock
    q minutes or hours   h hours, or o'clock: 14h30  Y days or weeks             a at (a time)
    b until, from        T to, and (the other end)   t in, within                z later
    e on (a day)         v for (so many)             l of, the                   N next
    K half past          J and a half (behind)       r the hour that has begun   u -st, -nd, -го
    s 9'da               M 月  G 日  g 分            R room                      U what is counted
    E two together       S a table, a car            $ currency                  F floors, metres
    x any other word

A mark stands for itself (`.,:#%/'+-`), any other for `;`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Any

from bot.nlu.terms import DATA
from bot.nlu.tokens import UNSPACED, normalise

# Their values are the places in the list.
NUMBERED = {"numbers": "n", "weekdays": "w", "months": "m", "hours_begun": "r"}
# Their values are the keys of the table.
KEYED = {
    "days": "d",
    "parts": "p",
    "occasions": "P",
    "clocks": "c",
    "minutes": "q",
    "spans": "Y",
    "minutes_before": "K",
    "minutes_after": "J",
    "counted": "U",
    "people": "E",
    "currency": "$",
}
PLAIN = {
    "oclock": "o",
    "hours": "h",
    "at": "a",
    "bound": "b",
    "to": "T",
    "within": "t",
    "later": "z",
    "on": "e",
    "for": "v",
    "little": "l",
    "next": "N",
    "ordinal": "u",
    "at_suffix": "s",
    "month_sign": "M",
    "day_sign": "G",
    "minute_sign": "g",
    "room": "R",
    "seats": "S",
    "other": "F",
    "nothing": "x",
}
OWN, SHARED = "own", "signs"
# Without one of these, and without a digit, a text holds nothing that we look for.
TELLING = frozenset("dwcnrEqhY")

_WORD = re.compile(r"\w+")
_PART = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Word:
    """What a phrase of the lexicon is."""

    sort: str
    value: Any = None


Phrases = dict[str, list[tuple[tuple[str, ...], Word]]]


class Lexicon:
    """The words as readers of one language understand them."""

    def __init__(self, words: Mapping[tuple[str, ...], Word]) -> None:
        self._phrases: Phrases = {}
        for (first, *rest), word in words.items():
            self._phrases.setdefault(first, []).append((tuple(rest), word))
        for several in self._phrases.values():
            several.sort(key=lambda phrase: -len(phrase[0]))
        telling = {phrase[0] for phrase, word in words.items() if word.sort in TELLING}
        self._telling = frozenset(begin.group() for word in telling if (begin := _WORD.match(word)))

    def tells(self, text: str) -> bool:
        """Whether a text of spaced words may hold what we look for; far cheaper than to look for it."""
        return not self._telling.isdisjoint(_WORD.findall(normalise(text)))

    def find(self, words: Sequence[str], at: int) -> tuple[int, Word] | None:
        """Return the longest phrase that begins at a word, and where it ends."""
        for rest, word in self._phrases.get(words[at], ()):
            end = at + 1 + len(rest)
            if tuple(words[at + 1 : end]) == rest:
                return end, word
        return None


@cache
def lexicon(language: str | None) -> Lexicon:
    """The lexicon for a language: all words of its own, and those of others that mean nothing else."""
    listed = _listed()
    if language is not None and language not in listed:
        return lexicon(None)
    words: dict[tuple[str, ...], Word] = {}
    for other, found in listed.items():
        if other != language:
            own = found.get(OWN, {})
            words.update({phrase: word for phrase, word in found["words"].items() if phrase not in own})
    words.update(listed.get(language or "", {}).get("words", {}))
    return Lexicon(words)


def spoken() -> frozenset[str]:
    """Return the languages that have words here; what they share stands in a table of its own."""
    return frozenset(_listed()) - {SHARED}


@cache
def _listed() -> dict[str, dict[str, Any]]:
    """By language, the words, and which of them others must not read so."""
    listed = tomllib.loads((DATA / "entities.toml").read_text(encoding="utf-8"))
    return {
        language: {"words": dict(_words(sorts)), OWN: set(map(_phrase, sorts.get(OWN, "").split(",")))}
        for language, sorts in listed.items()
    }


def _words(sorts: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Word]]:
    for name, listed in sorts.items():
        if name == OWN:
            continue
        if name in KEYED:
            entries = [(_value(KEYED[name], key), phrases.split(",")) for key, phrases in listed.items()]
        elif name in NUMBERED:
            entries = [(place, phrases.split("/")) for place, phrases in enumerate(listed.split(","), 1)]
        else:
            entries = [(None, listed.split(","))]
        sort = KEYED.get(name) or NUMBERED.get(name) or PLAIN[name]
        for value, phrases in entries:
            for phrase in phrases:
                yield _phrase(phrase), Word(sort, value)


def _phrase(written: str) -> tuple[str, ...]:
    return tuple(_PART.findall(normalise(written.strip())))


def _value(sort: str, key: str) -> Any:
    """The value that a key of a table stands for."""
    if sort == "c":
        return time.fromisoformat(key)
    if sort == "d":
        days, _, part = key.partition(" ")
        return int(days), part or None
    return int(key) if sort in "qYKJE" else key
