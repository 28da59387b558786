"""Finds the hotel's own answer to a guest's question. It never makes one up: no good match, no answer.

A question is compared with every way of asking that the hotel wrote down: by the words that both are about, each of
which counts as much as it tells, and by the parts of such words where no list knows them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bot.nlu.likeness import pieces
from bot.nlu.topics import Key, lists, topics

MOST_OFFERED = 3
# Words of the guest that the variant doesn't know count this much against a match: more than one word in common, so
# that neither "my taxi is late" nor "the pool is freezing" gets what the hotel says of taxis and pools.
UNKNOWN_WORD = 1.1
# Words of the variant that the guest left out count this much: few guests write whole questions.
UNSAID_WORD = 0.5
# So much of a word must be shared besides what is only asked of a thing: "when" has no topic.
LEAST_TOPIC = 0.25
# An index of twenty items holds some 70 KB and takes milliseconds to make, most of them for reading the wordings.
# Where more hotels than are kept take turns, each is made anew at almost every message; hotels share wordings.
HOTELS_KEPT, QUESTIONS_KEPT, WORDINGS_KEPT = 2_000, 50, 20_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence an item answers, if it leads clearly, and from which one it is offered.

    Chosen on one half of the questions in training/answers and measured on the other: docs/models.md.
    """

    sure: float = 0.65
    worth_offering: float = 0.3
    # Two items nearer each other than this: the question names neither of them clearly.
    lead: float = 0.05


@dataclass(frozen=True, slots=True)
class KnowledgeItem:
    """One thing that the hotel can tell, and the ways to ask for it in whatever language."""

    id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """An item, and how surely it is what was asked for: `confidence` in [0, 1]."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """The item that answers, or else those that may be meant, best first."""

    answer: Match | None = None
    offers: tuple[Match, ...] = ()


@lru_cache(maxsize=HOTELS_KEPT)
def index_of(items: tuple[KnowledgeItem, ...]) -> KnowledgeIndex:
    """Return the index of a hotel's items. It is known by what is in it, so it can't be out of date."""
    return KnowledgeIndex(items)


class KnowledgeIndex:
    """The hotel's ways of asking, by the pieces that they are made of."""

    def __init__(self, items: Sequence[KnowledgeItem], thresholds: Thresholds | None = None) -> None:
        self._thresholds = thresholds or Thresholds()
        about = {item.id: [keys for question in item.questions if (keys := _topics(question))] for item in items}
        self._variants = [(name, keys) for name, variants in about.items() for keys in variants]
        self._weights = _weights(about.values())
        self._unknown = math.log(1 + len(items))
        bags = [self._bag(keys) for _, keys in self._variants]
        self._totals = np.array([sum(bag.values()) for bag in bags])
        postings: dict[str, list[tuple[int, float]]] = {}
        for row, bag in enumerate(bags):
            for piece, weight in bag.items():
                postings.setdefault(piece, []).append((row, weight))
        self._postings = {
            piece: (np.array([row for row, _ in found]), np.array([weight for _, weight in found]))
            for piece, found in postings.items()
        }
        # Guests ask about the same few things, and a turn asks more than once; their words are not kept.
        self._found = lru_cache(maxsize=QUESTIONS_KEPT)(self._decide)

    def find(self, text: str) -> Found:
        """Return what answers a text or may be meant by it. Variants of all languages serve, whatever the guest's."""
        return self._found(topics(text))

    def _decide(self, asked: frozenset[Key]) -> Found:
        matches = self._matches(asked)
        if not matches:
            return Found()
        limits, best = self._thresholds, matches[0]
        second = matches[1].confidence if len(matches) > 1 else 0.0
        if best.confidence >= limits.sure and best.confidence - second >= limits.lead:
            return Found(best)
        return Found(offers=tuple(one for one in matches if one.confidence >= limits.worth_offering)[:MOST_OFFERED])

    def _matches(self, asked: frozenset[Key]) -> list[Match]:
        """Return the items that have anything in common with what is asked, best first."""
        if not asked or not self._variants:
            return []
        bag = self._bag(asked)
        common = self._common(bag)
        strange, unsaid = sum(bag.values()) - common, self._totals - common
        scores = common / (common + UNKNOWN_WORD * strange + UNSAID_WORD * unsaid)
        found: dict[str, float] = {}
        for row in np.argsort(-scores, kind="stable"):
            if not common[row]:
                break
            item, variant = self._variants[row]
            if item not in found and self._is_about(asked, variant, common[row]):
                found[item] = round(float(scores[row]), 2)
        return [Match(item, score) for item, score in found.items()]

    def _common(self, bag: Mapping[str, float]) -> Floats:
        """How much of the pieces each variant shares."""
        common = np.zeros(len(self._variants))
        for piece, weight in bag.items():
            if piece in self._postings:
                rows, weights = self._postings[piece]
                common[rows] += np.minimum(weights, weight)
        return common

    def _is_about(self, asked: frozenset[Key], variant: frozenset[Key], common: float) -> bool:
        """Whether more than "when" or "how much" is shared, and the guest tells of no trouble that the variant
        doesn't: "the wifi does not work" does not ask for the password."""
        if not asked & lists().trouble <= variant:
            return False
        only_aspect = sum(self._weight(key) for key in asked & variant & lists().aspect)
        return common - only_aspect >= LEAST_TOPIC * self._unknown

    def _weight(self, key: Key) -> float:
        return self._weights.get(key, self._unknown)

    def _bag(self, keys: frozenset[Key]) -> dict[str, float]:
        return pieces({key: self._weight(key) for key in keys})


_topics = lru_cache(maxsize=WORDINGS_KEPT)(topics)


def _weights(items: Collection[Sequence[frozenset[Key]]]) -> dict[Key, float]:
    """How much each word tells: one that occurs in many items tells little."""
    occurs = Counter(key for variants in items for key in frozenset[Key]().union(*variants))
    return {key: math.log(1 + len(items) / count) for key, count in occurs.items()}
