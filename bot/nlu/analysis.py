"""Puts language, sentiment, intent and entities together, for the pipeline and for `python -m bot analyse`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.nlu.base import UNKNOWN_LANGUAGE, Analysis, Entity, Judge, LanguageDetector
from bot.nlu.embedded import EmbeddedJudge
from bot.nlu.entities.finding import as_json, find_entities
from bot.nlu.entities.lexicon import spoken
from bot.nlu.language import LangidDetector

WARM_DAY = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))


@dataclass(frozen=True, slots=True)
class Analyser:
    """Finds out all that Bellhop knows about a text."""

    detector: LanguageDetector = field(default_factory=LangidDetector)
    judge: Judge = field(default_factory=EmbeddedJudge)

    def analyse(self, text: str, remembered: str | None = None, now: datetime | None = None) -> Analysis:
        """Judge `text`. `remembered` is the guest's language so far; it stands unless this text surely differs.

        Entities are found when it is known when "tomorrow" is: `now` is in the hotel's zone.
        """
        guess = self.detector.guess(text)
        language = guess.language if guess.confident or remembered is None else remembered
        judgement = self.judge.judge(text, language)
        entities = _entities(text, language, now) if now else ()
        return Analysis.of(language or UNKNOWN_LANGUAGE, guess.confident, judgement, entities)

    def warm_up(self) -> None:
        """Load what comes with the first text, the first number and the first day in each language."""
        for language in (None, *spoken()):
            self.analyse("7", language, WARM_DAY)
        self.analyse("Warm up tomorrow, or call +49 30 901820", now=WARM_DAY)


def _entities(text: str, language: str | None, now: datetime) -> tuple[Entity, ...]:
    """What a guest feels and wants is worth more than the room that they name, and must not fail for it."""
    try:
        return find_entities(text, language, now)
    except Exception as error:
        from bot.telemetry.logs import logger  # here: `analyse` would wait for it half a second

        logger("nlu").error("entities_failed", error=type(error).__name__)
        return ()


def analyse_lines(lines: Iterable[str | bytes], now: datetime, analyser: Analyser | None = None) -> Iterator[str]:
    """Yield one JSON object (no line end) for each line, as soon as it is read; an empty line gives one too.

    Bytes are read as UTF-8, what is not UTF-8 is replaced; so feed it `sys.stdin.buffer`, and flush after each.
    """
    analyser = analyser or Analyser()
    for line in lines:
        text = line.decode("utf-8", errors="replace") if isinstance(line, bytes) else _printable(line)
        yield orjson.dumps(_as_json(analyser.analyse(text.rstrip("\r\n"), now=now))).decode()


def _printable(line: str) -> str:
    """Replace lone surrogates, as "surrogateescape" makes them of strange bytes: they can't be written as UTF-8."""
    return line.encode("utf-8", errors="replace").decode("utf-8")


def _as_json(analysis: Analysis) -> dict[str, Any]:
    return {
        "language": analysis.language,
        "sentiment_score": float(analysis.sentiment_score),
        "sentiment_type": analysis.sentiment_type,
        "sentiment_confidence": round(analysis.sentiment_confidence, 2),
        "words": list(analysis.words),
        "intent": analysis.intent,
        "intent_confidence": round(analysis.intent_confidence, 2),
        "entities": as_json(analysis.entities),
    }
