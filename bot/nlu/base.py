"""What Bellhop may know about a text, and the ports that find it out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

UNKNOWN_LANGUAGE = "und"


class SentimentType(StrEnum):
    """`requires_attention`: the hotel must act on it; `negative`: dislike with nothing to act on now."""

    positive = "positive"
    negative = "negative"
    neutral = "neutral"
    requires_attention = "requires_attention"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`score` in [-1.00, 1.00] with two decimals; `words` as they stand in the text, in its order."""

    score: Decimal
    type: SentimentType
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """An ISO 639-1 code, or None where nothing can be read. Remember it only when it is `confident`."""

    language: str | None
    confident: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is found out about one text. `language` is `und` when unknown."""

    language: str
    language_confident: bool
    sentiment_score: Decimal
    sentiment_type: SentimentType
    words: tuple[str, ...]

    def without_mood(self) -> Analysis:
        """Return the analysis of words that turned out to say nothing of how anybody feels."""
        return replace(self, sentiment_score=Decimal(0), sentiment_type=SentimentType.neutral, words=())


class LanguageDetector(Protocol):
    """Guesses the language of a text."""

    def guess(self, text: str) -> Guess: ...


class SentimentScorer(Protocol):
    """Judges a text; never raises, whatever the text. `language` is a hint."""

    def score(self, text: str, language: str | None) -> Sentiment: ...
