"""What a question is about: words that stand for all their spellings, in whatever language it is put."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.nlu.features import fold
from bot.nlu.terms import DATA
from bot.nlu.tokens import CYRILLIC, normalise, stem, tokenise

# A question asks about one thing; a long message tells a story in which that thing merely occurs.
MOST_WORDS = 40
LONGEST_PHRASE = 4
# Shorter words lie so near each other that a slip of one is another one: later and water.
SHORTEST_MISTYPED = 6
# Shorter words begin too many others: car and card; and end even more: nager and manager.
SHORTEST_PART, SHORTEST_END = 5, 7
ASKS = "?？؟¿"

Key = str


@dataclass(frozen=True, slots=True)
class Lists:
    """The data file as stems: phrases with the word that stands for them, and sets of words or phrases."""

    same: Mapping[tuple[str, ...], Key]
    empty: frozenset[Key]
    trouble: frozenset[Key]
    aspect: frozenset[Key]
    asking: frozenset[tuple[str, ...]]


@cache
def _file() -> dict[str, str]:
    return tomllib.loads((DATA / "knowledge.toml").read_text(encoding="utf-8"))


def _listed() -> Iterator[list[str]]:
    """The lines of what is the same, as phrases."""
    for line in _file()["same"].strip().splitlines():
        yield [phrase.strip() for phrase in line.split(",")]


@cache
def lists() -> Lists:
    """Read the data file."""
    listed = _file()
    same: dict[tuple[str, ...], Key] = {}
    for line in _listed():
        for phrase in line:
            same.setdefault(_phrase(phrase), _phrase(line[0])[0])
    return Lists(
        same,
        frozenset(_stem(word) for word in listed["empty"].split()),
        frozenset(_stem(word) for word in listed["trouble"].replace(",", " ").split()),
        frozenset(_stem(word) for word in listed["aspect"].split()),
        frozenset(_phrase(phrase) for phrase in listed["asking"].replace("\n", ",").split(",")),
    )


def topics(text: str) -> frozenset[Key]:
    """Return what a text is about; nothing when it is a story.

    Numbers are hours, rooms and people: no question is about them.
    """
    known = lists()
    words = _words(text)
    stems = list(map(_stem, words))
    found: set[Key] = set()
    place = 0 if len(stems) <= MOST_WORDS else len(stems)
    while place < len(stems):
        for length in range(LONGEST_PHRASE, 0, -1):
            phrase = tuple(stems[place : place + length])
            if phrase in known.same:
                found.add(known.same[phrase])
                place += len(phrase)
                break
        else:
            found.add(_meant(words[place]))
            place += 1
    return frozenset(key for key in found if key not in known.empty and not key.isdigit())


def is_listed(word: str) -> bool:
    """Whether a word is one that guests ask about or with, in any language."""
    known, key = lists(), _stem(word)
    return (key,) in known.same or key in known.empty | known.trouble or (key,) in known.asking


def asks(text: str) -> bool:
    """Whether a text is a question, with or without its mark."""
    if any(mark in text for mark in ASKS):
        return True
    stems = list(map(_stem, _words(text)[:MOST_WORDS]))
    asking = lists().asking
    return any(
        tuple(stems[place : place + length]) in asking
        for place in range(len(stems))
        for length in range(1, LONGEST_PHRASE + 1)
    )


def _words(text: str) -> list[str]:
    return [part for token in tokenise(text) if token.word[0].isalnum() for part in _parts(token.word)]


@lru_cache(maxsize=10_000)
def _parts(word: str) -> tuple[str, ...]:
    """The word, or those that were written together: wlan-passwort, l'aéroport, wi-fi'nin."""
    known = lists()
    whole = _stem(word)
    if whole in known.trouble or (whole,) in known.same:
        return (_plain(word),)
    if word.endswith("n't"):
        return ("not",)
    for joint in "'-/":
        if joint in word:
            return tuple(part for piece in word.split(joint) if piece for part in _parts(piece))
    return (_plain(word),)


@lru_cache(maxsize=20_000)
def _plain(word: str) -> str:
    plain = normalise(word)
    return plain if CYRILLIC.search(plain) else fold(plain).replace("ı", "i")


@lru_cache(maxsize=20_000)
def _stem(word: str) -> Key:
    return stem(_plain(word))


def _phrase(written: str) -> tuple[str, ...]:
    return tuple(_stem(token.word) for token in tokenise(written))


@lru_cache(maxsize=10_000)
def _meant(word: str) -> Key:
    """What stands for the listed word that is a part of this one, as in Frühstückszeiten, or that it is a slip of."""
    key, known = _stem(word), _single()
    if key in lists().empty or key in lists().trouble:
        return key
    parts = [part for part in _ends(word) if part in known]
    if parts:
        return known[max(parts, key=len)]
    if len(word) < SHORTEST_MISTYPED:
        return key
    slip = extractOne(word, known.keys(), scorer=OSA.distance, score_cutoff=1)
    return known[slip[0]] if slip else key


def _ends(word: str) -> Iterator[str]:
    yield from (word[:length] for length in range(SHORTEST_PART, len(word)))
    yield from (word[-length:] for length in range(SHORTEST_END, len(word)))


@cache
def _single() -> dict[str, Key]:
    """The listed words that are long enough to be known by a part or in spite of a slip."""
    known: dict[str, Key] = {}
    for line in _listed():
        meant = _phrase(line[0])[0]
        words = [_plain(phrase) for phrase in line if len(_phrase(phrase)) == 1]
        known |= {word: meant for word in words if len(word) >= SHORTEST_PART and word not in known}
    return known
