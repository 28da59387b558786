"""A verdict that needs no model: AFINN, our own hotel lexicon, and the rules of `attention`."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from bot.nlu.attention import Finding, find_attention, load_classes
from bot.nlu.base import Sentiment, SentimentType
from bot.nlu.requests import Request, recognise_tokens
from bot.nlu.terms import DATA, Hit, Terms
from bot.nlu.tokens import Token, normalise, stem, surfaces, tokenise

POSITIVE_FROM = 0.3
NEGATIVE_FROM = -0.25
MOST_POSITIVE_ATTENTION = -0.3
LEAST_STEP = 0.01
HUNDREDTH = Decimal("0.01")
# As in VADER: a sum of 4 is about 0.7, a sum of 10 about 0.9.
DAMPING = 15.0

NEGATION_REACH = 3
NEGATED_PRAISE = -0.6
NEGATED_BLAME = -0.5
DEGREE_REACH = 2
DEGREES = {"very": 1.4, "rather": 0.7}
# A wish is often wrapped in kind words: "could you …, that would be lovely, thanks".
PRAISE_IN_A_REQUEST, HIGH_PRAISE_IN_A_REQUEST = 0.3, 0.5
HIGH_PRAISE = 4.0
THANKS = 2.0
SILENCED = "0"


@dataclass(frozen=True, slots=True)
class _Opinion:
    """Words that praise (above zero) or blame (below), the tokens they are made of, and the one that turned them."""

    worth: float
    start: int
    end: int
    negation: int | None = None

    def places(self) -> set[int]:
        own = set(range(self.start, self.end))
        return own if self.negation is None else own | {self.negation}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the lexicon and the rules find in a text, and what the whole of it asks for."""

    tokens: list[Token]
    findings: list[Finding]
    sentiment: Sentiment
    request: Request | None


def bounded(kind: SentimentType, balance: float) -> Decimal:
    """Return the score of a mood: the balance of praise and blame, within the bounds that its type has."""
    if kind is SentimentType.requires_attention:
        balance = min(balance, MOST_POSITIVE_ATTENTION)
    elif kind is SentimentType.positive:
        balance = max(balance, POSITIVE_FROM)
    elif kind is SentimentType.negative:
        balance = min(balance, NEGATIVE_FROM)
    else:
        balance = min(max(balance, NEGATIVE_FROM + LEAST_STEP), POSITIVE_FROM - LEAST_STEP)
    # Adding zero turns -0.00 into 0.00.
    return Decimal(balance).quantize(HUNDREDTH) + 0


def read(text: str) -> Reading:
    """Judge `text`; always the same for the same text, in time linear in its length.

    The lexicon is richest in Russian and English; in others it knows emoji, loan words, the commonest praise and
    blame, and what is dangerous or broken.
    """
    tokens = tokenise(text)
    findings = find_attention(tokens)
    sentiment = _judge(tokens, findings, asks="?" in text or "？" in text)
    return Reading(tokens, findings, sentiment, recognise_tokens(text, tokens))


def _judge(tokens: list[Token], findings: list[Finding], asks: bool) -> Sentiment:
    opinions = _opinions(tokens, asks)
    total = sum(opinion.worth for opinion in opinions)
    score = total / math.sqrt(total * total + DAMPING)
    if findings:
        return _attention(score, findings, tokens)
    kind = _type(score)
    decisive = [opinion for opinion in opinions if _type(opinion.worth) == kind]
    places = {place for opinion in decisive for place in opinion.places()}
    return Sentiment(_rounded(score), kind, _surfaces(tokens, places))


def _attention(score: float, findings: list[Finding], tokens: list[Token]) -> Sentiment:
    gravest = max(finding.severity for finding in findings)
    score = min(score, 0.0) * (1 - gravest) - gravest
    places = {place for finding in findings for place in finding.tokens}
    return Sentiment(
        _rounded(min(score, MOST_POSITIVE_ATTENTION)), SentimentType.requires_attention, _surfaces(tokens, places)
    )


def _type(score: float) -> SentimentType:
    if score >= POSITIVE_FROM:
        return SentimentType.positive
    return SentimentType.negative if score <= NEGATIVE_FROM else SentimentType.neutral


def _rounded(score: float) -> Decimal:
    # Adding zero turns -0.00 into 0.00.
    return Decimal(max(-1.0, min(1.0, score))).quantize(HUNDREDTH) + 0


def _surfaces(tokens: list[Token], places: Iterable[int]) -> tuple[str, ...]:
    """The words that decided, each once and in the order of the text; neutral ones only where no others tell."""
    named = [tokens[place] for place in sorted(places)]
    if not named:
        return ()
    telling = [token for token in named if token.stem not in _neutral_stems()]
    negations = sum(hit.name == "not" for hit in _hotel_terms().find(telling))
    # A negation alone tells nothing: "no service" is named whole.
    decisive = telling if len(telling) > negations else named
    return surfaces(decisive)


def _opinions(tokens: list[Token], asks: bool) -> list[_Opinion]:
    hits = _hotel_terms().find(tokens)
    marks = {(hit.name, place) for hit in hits for place in range(hit.start, hit.end)}
    worths = [_turned(each, tokens, marks) for each in _worths(tokens, hits)]
    asks = asks or any(hit.name == "ask" for hit in hits)
    if asks or any(each.worth < 0 for each in worths):
        return [replace(each, worth=each.worth * _discount(each.worth, asks)) for each in worths]
    return worths


def _discount(worth: float, asks: bool) -> float:
    """What is left of praise in a request, and of thanks where something is blamed."""
    if worth >= HIGH_PRAISE:
        return HIGH_PRAISE_IN_A_REQUEST if asks else 1.0
    return PRAISE_IN_A_REQUEST if 0 < worth <= (HIGH_PRAISE if asks else THANKS) else 1.0


def _worths(tokens: list[Token], hits: list[Hit]) -> Iterable[_Opinion]:
    """What the words are worth by themselves: our longest phrase first, AFINN where we list none."""
    scores = _afinn_scores()
    by_length = sorted(hits, key=lambda hit: (hit.end - hit.start, hit.name != SILENCED))
    known = {place for hit in hits for place in range(hit.start, hit.end)}
    ours = {hit.start: hit for hit in by_length if hit.name == "thanks" or hit.name.lstrip("-").isdigit()}
    place = 0
    while place < len(tokens):
        hit = ours.get(place)
        if hit is None:
            token, end = tokens[place], place + 1
            worth = 0.0 if place in known else scores.get(token.word) or scores.get(token.stem) or 0.0
        else:
            worth, end = THANKS if hit.name == "thanks" else float(hit.name), hit.end
        if worth:
            yield _Opinion(worth, place, end)
        place = end


def _turned(opinion: _Opinion, tokens: list[Token], marks: set[tuple[str, int]]) -> _Opinion:
    """The opinion as the words around it make it: negation and degree, as far back as a "but"."""
    factor = 1.0
    sentence = tokens[opinion.start].sentence
    for distance in range(1, NEGATION_REACH + 1):
        place = opinion.start - distance
        if place < 0 or tokens[place].sentence != sentence or ("but", place) in marks:
            break
        if ("not", place) in marks:
            factor *= NEGATED_PRAISE if opinion.worth > 0 else NEGATED_BLAME
            return replace(opinion, worth=opinion.worth * factor, negation=place)
        if distance <= DEGREE_REACH:
            factor *= next((degree for name, degree in DEGREES.items() if (name, place) in marks), 1.0)
    return replace(opinion, worth=opinion.worth * factor)


@cache
def _neutral_stems() -> frozenset[str]:
    listed = tomllib.loads((DATA / "neutral.toml").read_text(encoding="utf-8"))["words"]
    return frozenset(stem(normalise(word.strip())) for word in listed.split(","))


@cache
def _hotel_terms() -> Terms:
    return Terms(load_classes("valence"))


@cache
def _afinn_scores() -> dict[str, float]:
    """AFINN by exact word and by stem; where words share a stem the exact word decides."""
    scores: dict[str, float] = {}
    for line in (DATA / "afinn.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            score, term = line.split("\t")
            word = normalise(term)
            scores[word] = float(score)
            scores.setdefault(stem(word), float(score))
    return scores
