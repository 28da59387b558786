"""Finds the words and phrases of named classes in a text: `dirt`, `noise`, `not`.

A term is written as a word, meant by its stem; `=word` means just this form; `word*` any word that begins so.
Several words, each written in one of these ways, are a phrase.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.nlu.tokens import EACH_UNSPACED, LONGEST_WORD, Token, normalise, stem

DATA = Path(__file__).parent / "data"
SHORTEST_MISTYPED = 6
# Junk of 20,000 characters must not cost thousands of searches; no guest mistypes more in one message.
MOST_MISTYPED = 60


class Hit(NamedTuple):
    """A term of the class `name` covers the tokens from `start` to `end` (not included)."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a word: by which parts of terms it is meant, the classes that it is of by itself, and the
    phrases that it begins, by their second part: their other parts and their class."""

    parts: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], str]]] = field(default_factory=dict)


_UNKNOWN = _Known()


class Terms:
    """An index over classes of terms; `find` takes time linear in the tokens."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._words: set[str] = set()
        for name, terms in classes.items():
            for term in terms:
                written = _parts(term)
                first, *rest = map(_part, written)
                self._phrases[first].append((tuple(rest), name))
                self._words.update(part.strip("=*") for part in written)
        self._parts = {part for phrases in self._phrases.values() for rest, _ in phrases for part in rest}
        self._parts.update(self._phrases)
        self._prefixes = {part[:-1]: part for part in self._parts if part.endswith("*")}
        self._lengths = sorted(set(map(len, self._prefixes)))
        self._known = lru_cache(maxsize=20_000)(self._look_up)
        self._meant = lru_cache(maxsize=20_000)(self._correct)

    def find(self, tokens: list[Token]) -> list[Hit]:
        """Return every hit, in the order of the text, and always in the same one."""
        return sorted(self._hits(self._read(tokens)), key=_place)

    def _hits(self, words: Sequence[_Known]) -> Iterator[Hit]:
        for start, word in enumerate(words):
            for name in word.names:
                yield Hit(name, start, start + 1)
            if not word.phrases or start + 1 == len(words):
                continue
            for part in words[start + 1].parts:
                for rest, name in word.phrases.get(part, ()):
                    end = start + 2 + len(rest)
                    if end <= len(words) and all(map(_is_meant, words[start + 2 : end], rest)):
                        yield Hit(name, start, end)

    def _read(self, tokens: Iterable[Token]) -> list[_Known]:
        """The words, with a single slip of the finger in the first unknown long ones put right."""
        left = MOST_MISTYPED
        read = []
        for token in tokens:
            word = token.word
            known = self._known(word) if len(word) <= LONGEST_WORD else _UNKNOWN
            if known is _UNKNOWN and left and SHORTEST_MISTYPED <= len(word) <= LONGEST_WORD:
                known, is_slip = self._meant(word)
                left -= is_slip
            read.append(known)
        return read

    def _look_up(self, word: str) -> _Known:
        parts = {part for part in (f"={word}", stem(word)) if part in self._parts}
        beginnings = [word[:length] for length in self._lengths if length <= len(word)]
        parts.update([self._prefixes[beginning] for beginning in beginnings if beginning in self._prefixes])
        if not parts:
            return _UNKNOWN
        names: list[str] = []
        phrases: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for rest, name in (term for part in parts for term in self._phrases.get(part, ())):
            if rest:
                phrases[rest[0]].append((rest[1:], name))
            else:
                names.append(name)
        return _Known(frozenset(parts), tuple(names), dict(phrases))

    def _correct(self, word: str) -> tuple[_Known, bool]:
        """What an unknown word is a slip of, if anything, and whether it may be one."""
        if word in _lookalikes():
            return _UNKNOWN, False
        return self._known(self._nearest(word)), True

    @cached_property
    def _nearest(self) -> _Speller:
        return _Speller(word for word in self._words if len(word) >= SHORTEST_MISTYPED)


class _Speller:
    """Gives the known word one slip away that begins with the same letter, or the word itself.

    A slip is in the first three letters or behind them: either the end or the beginning is right.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._alike: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words):
            for key in self._keys(word):
                self._alike[key].append(word)

    def __call__(self, word: str) -> str:
        found = [
            (slip[1], slip[0])
            for key in self._keys(word)
            if (slip := extractOne(word, self._alike.get(key, ()), scorer=OSA.distance, score_cutoff=1))
        ]
        return min(found)[1] if found else word

    @staticmethod
    def _keys(word: str) -> tuple[str, str]:
        return word[:3], f"{word[0]}*{word[-2:]}"


@cache
def _lookalikes() -> frozenset[str]:
    listed = tomllib.loads((DATA / "lookalikes.toml").read_text(encoding="utf-8"))
    return frozenset(normalise(word.strip()) for words in listed.values() for word in words.split(","))


def _is_meant(word: _Known, part: str) -> bool:
    return part in word.parts


def _place(hit: Hit) -> tuple[int, int, str]:
    return hit.start, hit.end, hit.name


def _parts(term: str) -> list[str]:
    """The words of a term; of Chinese the characters, as `tokenise` gives them."""
    return EACH_UNSPACED.sub(r" \g<0> ", term).split()


def _part(part: str) -> str:
    return normalise(part) if part.startswith("=") or part.endswith("*") else stem(normalise(part))
