"""The judge that ships with the package: the model, with the lexicon's rules beside it. No network."""

from __future__ import annotations

from decimal import Decimal

from bot.nlu.attention import is_unsafe
from bot.nlu.base import Intent, Judgement, Sentiment, SentimentType
from bot.nlu.features import MOST_WORDS, fold
from bot.nlu.model import ATTENTION, SENTIMENT, Weighed, embedded
from bot.nlu.naming import only_names
from bot.nlu.requests import Request
from bot.nlu.sentiment import MOST_POSITIVE_ATTENTION, Reading, bounded, read
from bot.nlu.signs import signs_of
from bot.nlu.tokens import LONGEST_WORD, surfaces

# From how sure the model must be that somebody has to act; a rule that holds makes up for much of its doubt.
SURE_OF_ATTENTION, SURE_WITH_A_RULE = 0.4, 0.3
# Who is this surely not unhappy needs nobody at once, though some of the words are those of complaints.
CALM = 0.25
# How sure of a mood the model must be where the lexicon sees none: most messages have none.
SURE_OF_A_MOOD = 0.55
# What a rule alone answers for: a cry for help needs no second opinion, nor does danger.
CRY = "cry"
GRAVE, ONLY_PRESSING = -0.9, 0.6
MOODLESS = frozenset(Request) - {Request.thanks}
# Words that speak for the verdict at least half as loudly as the loudest are named.
AUDIBLE = 0.5
MOST_NAMED = 5


class EmbeddedJudge:
    """A `Judge`. Rules of safety hold whatever the model says: it may miss what it never saw."""

    def judge(self, text: str, language: str | None = None) -> Judgement:
        reading = read(text)
        words = [fold(token.word[:LONGEST_WORD]) for token in reading.tokens[:MOST_WORDS]]
        if all(len(token.word) > LONGEST_WORD for token in reading.tokens):
            return Judgement(reading.sentiment, Intent.other, 0.0)
        weighed = embedded().weigh(words, signs_of(text, reading))
        unsafe = is_unsafe(reading.findings)
        kind, confidence = _type(text, reading, weighed)
        named = _named(reading, words, kind)
        sentiment = Sentiment(_score(kind, reading, weighed), kind, named, confidence)
        if unsafe:
            return Judgement(sentiment, Intent.emergency, 1.0)
        intent = max(weighed.intent, key=weighed.intent.__getitem__)
        return Judgement(sentiment, Intent(intent), weighed.intent[intent])


def _type(text: str, reading: Reading, weighed: Weighed) -> tuple[SentimentType, float]:
    """The type, and how sure it is."""
    if is_unsafe(reading.findings) or any(finding.about == CRY for finding in reading.findings):
        return SentimentType.requires_attention, 1.0
    if _is_calm(text, reading) and _says_no_more(reading):
        return SentimentType.neutral, 1.0
    enough = SURE_WITH_A_RULE if reading.findings else SURE_OF_ATTENTION
    kind = max(weighed.sentiment, key=weighed.sentiment.__getitem__)
    if weighed.attention >= enough and weighed.sentiment[SentimentType.negative] > CALM:
        return SentimentType.requires_attention, weighed.attention
    if reading.sentiment.type is SentimentType.neutral and weighed.sentiment[kind] < SURE_OF_A_MOOD:
        kind = SentimentType.neutral
    return SentimentType(kind), weighed.sentiment[kind] * (1 - weighed.attention)


def _is_calm(text: str, reading: Reading) -> bool:
    is_loud = "!" in text or "！" in text
    return reading.sentiment.type is SentimentType.neutral and not reading.findings and not is_loud


def _says_no_more(reading: Reading) -> bool:
    """Whether a message only names a thing or is a request by itself, such as START. What the model makes of these is
    what people mostly write with them, and that is often a complaint."""
    return only_names(reading.tokens) or reading.request in MOODLESS


def _score(kind: SentimentType, reading: Reading, weighed: Weighed) -> Decimal:
    """The balance of the moods, within the bounds that its type has."""
    balance = weighed.sentiment[SentimentType.positive] - weighed.sentiment[SentimentType.negative]
    if kind is SentimentType.requires_attention:
        highest = GRAVE if is_unsafe(reading.findings) else MOST_POSITIVE_ATTENTION
        balance = min(balance, highest, -ONLY_PRESSING * weighed.attention)
    return bounded(kind, balance)


def _named(reading: Reading, words: list[str], kind: SentimentType) -> tuple[str, ...]:
    """What decided: the lexicon's words where it agrees, else those that weigh most."""
    if reading.sentiment.type is kind:
        return reading.sentiment.words
    if kind is SentimentType.neutral:
        return ()
    head = (ATTENTION, "yes") if kind is SentimentType.requires_attention else (SENTIMENT, kind.value)
    parts = embedded().parts(words, *head)
    loudest = sorted(parts, reverse=True)[:MOST_NAMED]
    least = max(AUDIBLE * loudest[0], loudest[-1])
    return surfaces(token for token, part in zip(reading.tokens, parts, strict=False) if part >= max(least, 1))
