"""Finds the hotel's own answer to a guest's question. It never makes one up: no good match, no answer."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.nlu.terms import DATA
from bot.nlu.tokens import Token, normalise, stem, tokenise

# Below this a person answers. Tuned on the questions in tests/bot/nlu/test_knowledge.py.
SURE_ENOUGH = 0.5
# Two items this near each other: the question names neither of them clearly.
CLEAR_LEAD = 0.05
# A question asks about one thing; a long message tells a story in which that thing merely occurs.
MOST_WORDS = 40
SHORTEST_MISTYPED = 5
LIKENESS_OF_A_SLIP = 0.8
# Words of the guest that the variant doesn't know count this much against a match: more than one word in common, so
# that neither "my taxi is late" nor "the pool is freezing" gets what the hotel says of taxis and pools.
UNKNOWN_WORD = 1.1
# Words of the variant that the guest left out count this much: few guests write whole questions.
UNSAID_WORD = 0.5
LONGEST_PHRASE = 3

Key = str


@dataclass(frozen=True, slots=True)
class KnowledgeItem:
    """One thing that the hotel can tell: question variants and the answer, each by language."""

    id: str
    intent: str
    questions: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """The item that answers; `confidence` in [0, 1]."""

    item: KnowledgeItem
    confidence: float


def find_answer(text: str, items: Sequence[KnowledgeItem]) -> Match | None:
    """Return the item that answers `text`, or None when none surely does.

    Question variants of every language serve, whatever the guest's; the caller picks the answer's language.
    """
    if not items:
        return None
    variants = [[_variant(question) for question in _questions(item)] for item in items]
    weights = _weights(variants)
    asked = frozenset(key if key in weights else _respelt(key) for key in _keys(text))
    scores = [max((_likeness(asked, variant, weights) for variant in own), default=0.0) for own in variants]
    place = max(range(len(items)), key=scores.__getitem__)
    best, second = scores[place], max((*scores[:place], *scores[place + 1 :]), default=0.0)
    if best < SURE_ENOUGH or best - second < CLEAR_LEAD:
        return None
    return Match(items[place], round(best, 2))


@lru_cache(maxsize=10_000)
def _variant(question: str) -> frozenset[Key]:
    return _keys(question)


def _questions(item: KnowledgeItem) -> Iterable[str]:
    yield item.intent.replace("_", " ")
    for variants in item.questions.values():
        yield from variants


def _weights(variants: list[list[frozenset[Key]]]) -> dict[Key, float]:
    """How much each word tells: one that occurs in many items tells little."""
    occurs = Counter(key for own in variants for key in frozenset().union(*own))
    return {key: math.log(1 + len(variants) / count) for key, count in occurs.items()}


def _likeness(asked: frozenset[Key], variant: frozenset[Key], weights: Mapping[Key, float]) -> float:
    """The weight of the words in common, over that of all words of both; mistyped words count as what they mean.

    Nothing is alike where only "when" or "how much" is shared, or where the guest tells of a trouble that the
    variant doesn't: "the wifi does not work" does not ask for the password.
    """
    shared = frozenset(_meant(key, variant) for key in asked) & variant
    if shared <= _lists().aspect or not asked & _lists().trouble <= variant:
        return 0.0
    common = sum(weights[key] for key in shared)
    strange = sum(weights.get(key, max(weights.values())) for key in asked if _meant(key, variant) not in variant)
    unsaid = sum(weights[key] for key in variant - shared)
    return common / (common + UNKNOWN_WORD * strange + UNSAID_WORD * unsaid)


@lru_cache(maxsize=10_000)
def _respelt(key: Key) -> Key:
    """What stands for the listed word that `key` is a slip of, in whatever language: "пороль" is a password."""
    if len(key) < SHORTEST_MISTYPED:
        return key
    spellings = {phrase[0]: meant for phrase, meant in _lists().same.items() if len(phrase) == 1}
    found = extractOne(key, spellings.keys(), scorer=OSA.distance, score_cutoff=1)
    return spellings[found[0]] if found else key


def _meant(key: Key, known: frozenset[Key]) -> Key:
    if key in known or len(key) < SHORTEST_MISTYPED:
        return key
    likeness, nearest = max((OSA.normalized_similarity(key, other), other) for other in known)
    return nearest if likeness >= LIKENESS_OF_A_SLIP else key


@dataclass(frozen=True, slots=True)
class _Lists:
    """The data file as stems: phrases with the word that stands for them, and three sets of words."""

    same: Mapping[tuple[str, ...], Key]
    empty: frozenset[str]
    trouble: frozenset[str]
    aspect: frozenset[str]


@cache
def _lists() -> _Lists:
    listed = tomllib.loads((DATA / "knowledge.toml").read_text(encoding="utf-8"))
    same = {}
    for line in listed["same"].strip().splitlines():
        phrases = [tuple(stem(normalise(word)) for word in phrase.split()) for phrase in line.split(",")]
        same.update(dict.fromkeys(phrases, phrases[0][0]))
    return _Lists(same, _stems(listed["empty"]), _stems(listed["trouble"]), _stems(listed["aspect"]))


def _stems(listed: str) -> frozenset[str]:
    return frozenset(stem(normalise(word)) for word in listed.replace(",", " ").split())


def _parts(token: Token) -> list[str]:
    """The stem, or those of a compound that nobody listed: wlan-passwort."""
    if "-" not in token.word or (token.stem,) in _lists().same:
        return [token.stem]
    return [stem(part) for part in token.word.split("-")]


def _keys(text: str) -> frozenset[Key]:
    """What a text is about, as words that stand for all their spellings; nothing when it is a story.

    Numbers are hours, rooms and people: no question is about them.
    """
    lists = _lists()
    stems = [part for token in tokenise(text) if token.word[0].isalnum() for part in _parts(token)]
    found: set[Key] = set()
    place = 0 if len(stems) <= MOST_WORDS else len(stems)
    while place < len(stems):
        for length in range(LONGEST_PHRASE, 0, -1):
            phrase = tuple(stems[place : place + length])
            if phrase in lists.same:
                found.add(lists.same[phrase])
                place += length
                break
        else:
            if stems[place] not in lists.empty and not stems[place].isdigit():
                found.add(stems[place])
            place += 1
    return frozenset(found)
