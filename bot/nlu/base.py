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


class Intent(StrEnum):
    """What a message is about; one a message."""

    wifi = "wifi"
    breakfast = "breakfast"
    checkin_checkout = "checkin_checkout"
    late_checkout = "late_checkout"
    housekeeping = "housekeeping"
    maintenance = "maintenance"
    taxi_transfer = "taxi_transfer"
    restaurant = "restaurant"
    spa = "spa"
    complaint = "complaint"
    emergency = "emergency"
    human_agent = "human_agent"
    thanks = "thanks"
    greeting = "greeting"
    cancel = "cancel"
    opt_out = "opt_out"
    other = "other"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`score` in [-1.00, 1.00] with two decimals; `words` as they stand in the text, in its order.

    `confidence` in [0, 1] says how sure the type is.
    """

    score: Decimal
    type: SentimentType
    words: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a guest feels, and what about; `intent_confidence` in [0, 1]."""

    sentiment: Sentiment
    intent: Intent
    intent_confidence: float


@dataclass(frozen=True, slots=True)
class Guess:
    """An ISO 639-1 code, or None where nothing can be read. Remember it only when it is `confident`."""

    language: str | None
    confident: bool = False


class EntityKind(StrEnum):
    """What of a message a hotel acts on."""

    room_number = "room_number"
    date = "date"
    time = "time"
    counted = "count"  # a string has a method of the other name
    amount = "amount"
    phone = "phone"
    email = "email"
    booking_number = "booking_number"


@dataclass(frozen=True, slots=True)
class Entity:
    """Something a text names, with `text` as it stands there from `start`.

    `value` is what it means: dates (2026-12-03) and times of day (19:30) in the hotel's zone, phones as
    +49301234567, counts and amounts as plain numbers; `unit` is what is counted (`towels`) or the currency (`EUR`).
    """

    kind: EntityKind
    value: str
    text: str
    start: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is found out about one text. `language` is `und` when unknown; `entities` are in the text's order."""

    language: str
    language_confident: bool
    sentiment_score: Decimal
    sentiment_type: SentimentType
    sentiment_confidence: float
    words: tuple[str, ...]
    intent: Intent
    intent_confidence: float
    entities: tuple[Entity, ...] = ()

    def named(self, kind: EntityKind) -> tuple[str, ...]:
        """Return the values of the entities of one kind, each once."""
        return tuple(dict.fromkeys(entity.value for entity in self.entities if entity.kind is kind))

    @classmethod
    def of(
        cls, language: str, language_confident: bool, judgement: Judgement, entities: tuple[Entity, ...] = ()
    ) -> Analysis:
        """Return what a judgement and the rest that is found out make together."""
        sentiment = judgement.sentiment
        return cls(
            language=language,
            language_confident=language_confident,
            sentiment_score=sentiment.score,
            sentiment_type=sentiment.type,
            sentiment_confidence=sentiment.confidence,
            words=sentiment.words,
            intent=judgement.intent,
            intent_confidence=judgement.intent_confidence,
            entities=entities,
        )

    def judged_anew(self, judgement: Judgement) -> Analysis:
        """Return the analysis with another's word on mood and intent."""
        return Analysis.of(self.language, self.language_confident, judgement, self.entities)

    def without_mood(self) -> Analysis:
        """Return the analysis of words that turned out to say nothing of how anybody feels."""
        return replace(self, sentiment_score=Decimal(0), sentiment_type=SentimentType.neutral, words=())


class LanguageDetector(Protocol):
    """Guesses the language of a text."""

    def guess(self, text: str) -> Guess: ...


class Judge(Protocol):
    """Judges a text; never raises, whatever the text. `language` is a hint."""

    def judge(self, text: str, language: str | None) -> Judgement: ...
