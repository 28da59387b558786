"""Finds the words and phrases of named classes in a text: `dirt`, `noise`, `not`.

A term is written as a word, meant by its stem; `=word` means just this form; `word*` any word that begins so.
Several words, each written in one of these ways, are a phrase.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.nlu.tokens import EACH_UNSPACED, LONGEST_WORD, Token, normalise, stem

DATA = Path(__file__).parent / "data"
SHORTEST_MISTYPED = 6
SHORTEST_PREFIX = 2
# Junk of 20,000 characters must not cost thousands of searches; no guest mistypes more in one message.
MOST_MISTYPED = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A term of the class `name` covers the tokens from `start` to `end` (not included)."""

    name: str
    start: int
    end: int


class Terms:
    """An index over classes of terms; `find` takes time linear in the tokens."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._words: set[str] = set()
        for name, terms in classes.items():
            for term in terms:
                first, *rest = (_part(part) for part in _parts(term))
                self._phrases[first].append((tuple(rest), name))
                self._words.update(part.strip("=*") for part in _parts(term))
        self._parts = {part for phrases in self._phrases.values() for rest, _ in phrases for part in rest}
        self._parts.update(self._phrases)

    def find(self, tokens: list[Token]) -> list[Hit]:
        """Return every hit, in the order of the text, and always in the same one."""
        hits = self._hits([self._keys(word) for word in self._corrected(tokens)])
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.name))

    def _hits(self, keys: list[frozenset[str]]) -> Iterator[Hit]:
        for start, own in enumerate(keys):
            for key in own:
                for rest, name in self._phrases.get(key, ()):
                    end = start + 1 + len(rest)
                    following = keys[start + 1 : end]
                    if len(following) == len(rest) and all(map(_contains, following, rest)):
                        yield Hit(name, start, end)

    def _corrected(self, tokens: list[Token]) -> Iterator[str]:
        """The words, with a single slip of the finger in the first unknown long ones put right."""
        left = MOST_MISTYPED
        for token in tokens:
            if len(token.word) > LONGEST_WORD:
                yield ""
            elif left and _may_be_mistyped(token.word) and not self._keys(token.word):
                left -= 1
                yield self._nearest(token.word)
            else:
                yield token.word

    @cached_property
    def _nearest(self) -> _Speller:
        return _Speller(word for word in self._words if len(word) >= SHORTEST_MISTYPED)

    @lru_cache(maxsize=20_000)  # noqa: B019 - the few indexes live as long as the process
    def _keys(self, word: str) -> frozenset[str]:
        prefixes = (f"{word[:length]}*" for length in range(SHORTEST_PREFIX, len(word) + 1))
        return frozenset(key for key in (f"={word}", stem(word), *prefixes) if key in self._parts)


class _Speller:
    """Gives the known word one slip away that begins with the same letter, or the word itself."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words):
            self._by_letter[word[0]].append(word)

    @lru_cache(maxsize=20_000)  # noqa: B019 - the few indexes live as long as the process
    def __call__(self, word: str) -> str:
        found = extractOne(word, self._by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=1)
        return found[0] if found else word


def _may_be_mistyped(word: str) -> bool:
    return len(word) >= SHORTEST_MISTYPED and word not in _lookalikes()


@cache
def _lookalikes() -> frozenset[str]:
    listed = tomllib.loads((DATA / "lookalikes.toml").read_text(encoding="utf-8"))
    return frozenset(normalise(word.strip()) for words in listed.values() for word in words.split(","))


def _contains(keys: frozenset[str], part: str) -> bool:
    return part in keys


def _parts(term: str) -> list[str]:
    """The words of a term; of Chinese the characters, as `tokenise` gives them."""
    return EACH_UNSPACED.sub(r" \g<0> ", term).split()


def _part(part: str) -> str:
    return normalise(part) if part.startswith("=") or part.endswith("*") else stem(normalise(part))
