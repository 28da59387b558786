"""Measures the analysis on labelled texts, beside two yardsticks: VADER and the most frequent class."""

from __future__ import annotations

import gzip
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import RejectedInput
from bot.nlu.analysis import Analyser
from bot.nlu.base import Analysis, SentimentType
from bot.nlu.scores import Confusion

ATTENTION = SentimentType.requires_attention.value
ALL = "all"
NEEDED = {"lang", "text", "label"}
# As VADER's authors set them.
VADER_POSITIVE, VADER_NEGATIVE = 0.05, -0.05


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and what is true of it. No `intent`: nobody has said."""

    language: str
    text: str
    label: str
    intent: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text, and what was found."""

    row: Labelled
    analysis: Analysis


def evaluate(file: Path, now: datetime) -> Iterator[str]:
    """Yield the lines of the report on a table with the columns lang, text, label, and maybe intent and tags.

    Of `now` only the speed depends: entities are found, and not measured.
    """
    rows = read_rows(file)
    analyser = Analyser()
    analyser.warm_up()
    started = time.process_time()
    judged = [Judged(row, analyser.analyse(row.text, now=now)) for row in rows]
    seconds = time.process_time() - started
    yield f"{len(rows):,} texts, {len(rows) / max(seconds, 1e-9):,.0f} a second on one core, everything included"
    yield from _by_language(judged)
    yield from _confusion(judged)
    yield from _by_tag(judged)
    yield from _intents([each for each in judged if each.row.intent])


def read_rows(file: Path) -> list[Labelled]:
    """Read the file, plain or gzipped. Raises RejectedInput where it is not such a table."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        names = next(lines, "").rstrip("\r\n").split("\t")
        if missing := NEEDED - set(names):
            raise RejectedInput(f"{file.name} has no column {', '.join(sorted(missing))}; its first line names them")
        rows = [_labelled(names, line, f"{file.name}, line {at}") for at, line in enumerate(lines, 2) if line.strip()]
    if not rows:
        raise RejectedInput(f"{file.name} has no texts")
    return rows


def _labelled(names: list[str], line: str, place: str) -> Labelled:
    row = dict(zip(names, line.rstrip("\r\n").split("\t"), strict=False))
    if not row.keys() >= NEEDED:
        raise RejectedInput(f"{place}: fewer columns than the first line names")
    if row["label"] not in set(SentimentType):
        raise RejectedInput(f"{place}: {row['label']!r} is no label")
    tags = frozenset(filter(None, row.get("tags", "").split(",")))
    return Labelled(row["lang"], row["text"], SentimentType(row["label"]).value, row.get("intent", ""), tags)


def _by_language(judged: Sequence[Judged]) -> Iterator[str]:
    languages = Counter(each.row.language for each in judged)
    most_frequent = Counter(map(_true3, judged)).most_common(1)[0][0]
    vader = _vader()
    yield ""
    yield "Macro-F1        texts  three ways  four classes  VADER  most frequent"
    for language in (ALL, *sorted(languages)):
        own = [each for each in judged if language in (ALL, each.row.language)]
        three = Confusion.of((_true3(each), _three_ways(each.analysis.sentiment_type)) for each in own)
        four = Confusion.of((each.row.label, each.analysis.sentiment_type.value) for each in own)
        by_vader = (
            f"{Confusion.of((_true3(each), vader(each.row.text)) for each in own).macro_f1():5.2f}"
            if vader
            else "    -"
        )
        frequent = Confusion.of((_true3(each), most_frequent) for each in own)
        yield (
            f"{language:<14}{len(own):>7}{three.macro_f1():>12.2f}{four.macro_f1():>14.2f}  {by_vader}"
            f"{frequent.macro_f1():>15.2f}"
        )
    if vader is None:
        yield "VADER is measured where it is installed: pip install vaderSentiment"


def _confusion(judged: Sequence[Judged]) -> Iterator[str]:
    table = Confusion.of((each.row.label, each.analysis.sentiment_type.value) for each in judged)
    names = [kind.value for kind in SentimentType]
    yield ""
    yield "True class, taken for" + "".join(f"{name:>20}" for name in names) + "   precision  recall    F1"
    for true in table.classes:
        taken = "".join(f"{table.counts[true, name]:>20}" for name in names)
        yield f"{true:<21}{taken}{table.precision(true):>12.2f}{table.recall(true):>8.2f}{table.f1(true):>6.2f}"


def _by_tag(judged: Sequence[Judged]) -> Iterator[str]:
    """How many of each kind were judged right; kinds are the file's own, such as safety, polite, sarcasm."""
    tags = Counter(tag for each in judged for tag in each.row.tags)
    if tags:
        yield ""
        yield "Kind            texts   right"
    for tag in sorted(tags):
        right = sum(tag in each.row.tags and each.row.label == each.analysis.sentiment_type for each in judged)
        yield f"{tag:<14}{tags[tag]:>7}{right / tags[tag]:>8.2f}"


def _intents(judged: Sequence[Judged]) -> Iterator[str]:
    if not judged:
        return
    table = Confusion.of((each.row.intent, each.analysis.intent.value) for each in judged)
    yield ""
    yield f"Intents: macro-F1 {table.macro_f1():.2f} of {len(judged):,} texts"
    for name in table.classes:
        yield f"{name:<18}{table.precision(name):>8.2f}{table.recall(name):>8.2f}{table.f1(name):>6.2f}"


def _true3(judged: Judged) -> str:
    return _three_ways(judged.row.label)


def _three_ways(label: str) -> str:
    """The label without the question whether somebody must act."""
    return SentimentType.negative.value if label == ATTENTION else str(label)


def _vader() -> Callable[[str], str] | None:
    """VADER, a lexicon for English; none where it is not installed: the product does without."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyser = SentimentIntensityAnalyzer()

    def judge(text: str) -> str:
        score = analyser.polarity_scores(text)["compound"]
        if score >= VADER_POSITIVE:
            return SentimentType.positive.value
        return SentimentType.negative.value if score <= VADER_NEGATIVE else SentimentType.neutral.value

    return judge
