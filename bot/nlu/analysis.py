"""Puts language and sentiment together, for the pipeline and for `python -m bot analyse`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.nlu.base import UNKNOWN_LANGUAGE, Analysis, LanguageDetector, SentimentScorer
from bot.nlu.language import LangidDetector
from bot.nlu.sentiment import LexiconScorer


@dataclass(frozen=True, slots=True)
class Analyser:
    """Finds out all that Bellhop knows about a text."""

    detector: LanguageDetector = field(default_factory=LangidDetector)
    scorer: SentimentScorer = field(default_factory=LexiconScorer)

    def analyse(self, text: str, remembered: str | None = None) -> Analysis:
        """Judge `text`. `remembered` is the guest's language so far; it stands unless this text surely differs."""
        guess = self.detector.guess(text)
        language = guess.language if guess.confident or remembered is None else remembered
        sentiment = self.scorer.score(text, language)
        return Analysis(
            language or UNKNOWN_LANGUAGE, guess.confident, sentiment.score, sentiment.type, sentiment.words
        )


def analyse_lines(lines: Iterable[str | bytes], analyser: Analyser | None = None) -> Iterator[str]:
    """Yield one JSON object (no line end) for each line, as soon as it is read; an empty line gives one too.

    Bytes are read as UTF-8, what is not UTF-8 is replaced; so feed it `sys.stdin.buffer`, and flush after each.
    """
    analyser = analyser or Analyser()
    for line in lines:
        text = line.decode("utf-8", errors="replace") if isinstance(line, bytes) else _printable(line)
        yield orjson.dumps(_as_json(analyser.analyse(text.rstrip("\r\n")))).decode()


def _printable(line: str) -> str:
    """Replace lone surrogates, as "surrogateescape" makes them of strange bytes: they can't be written as UTF-8."""
    return line.encode("utf-8", errors="replace").decode("utf-8")


def _as_json(analysis: Analysis) -> dict[str, Any]:
    return {
        "language": analysis.language,
        "sentiment_score": float(analysis.sentiment_score),
        "sentiment_type": analysis.sentiment_type,
        "words": list(analysis.words),
    }
