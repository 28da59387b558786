"""Measures how the hotel's answers are found: `python -m training.answering [choose]`.

The questions in training/answers are halved by their text. With `choose` the thresholds are tried on the first half;
the figures of docs/models.md come from the second one.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from zlib import crc32

from bot.nlu.knowledge import KnowledgeIndex, KnowledgeItem, Thresholds

HERE = Path(__file__).parent / "answers"
NOTHING = "-"
# What the demo hotel has written down.
FEW = ("wifi", "breakfast", "checkout", "parking")


@dataclass(frozen=True, slots=True)
class Question:
    """What a guest asks, and the item that tells it, or NOTHING."""

    language: str
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How questions fared: answered right or wrong, offered with the right item or without it, and passed on."""

    right: int
    wrong: int
    offered: int
    misoffered: int
    passed: int
    unanswerable: int
    passed_rightly: int

    @property
    def precision(self) -> float:
        """How many of the direct answers were right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def answerable(self) -> int:
        return self.right + self.wrong + self.offered + self.misoffered + self.passed - self.unanswerable


def items(names: Collection[str] = ()) -> tuple[KnowledgeItem, ...]:
    """The hotel's items, or those of these names."""
    facts = tomllib.loads((HERE / "facts.toml").read_text(encoding="utf-8"))
    return tuple(
        KnowledgeItem(name, (name.replace("_", " "), *(one for asked in by_language.values() for one in asked)))
        for name, by_language in facts.items()
        if not names or name in names
    )


def in_small_hotel(questions: Iterable[Question]) -> list[Question]:
    """Return the questions as those of a hotel that wrote down FEW, so that most are near misses or far from it."""
    return [question if question.item in FEW else replace(question, item=NOTHING) for question in questions]


@cache
def halves() -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """The questions, one half to choose by and one to measure by."""
    with (HERE / "questions.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        listed = [Question(row["language"], row["item"], row["text"]) for row in rows]
    return tuple(q for q in listed if not _half(q)), tuple(q for q in listed if _half(q))


def _half(question: Question) -> int:
    return crc32(question.text.encode()) & 1


def measure(index: KnowledgeIndex, questions: Iterable[Question]) -> Figures:
    """Ask the index every question."""
    fates = [_fate(index, question) for question in questions]
    none = [fate for fate in fates if fate[0] == NOTHING]
    kinds = [kind for _, kind in fates]
    return Figures(
        right=kinds.count("right"),
        wrong=kinds.count("wrong"),
        offered=kinds.count("offered"),
        misoffered=kinds.count("misoffered"),
        passed=kinds.count("passed"),
        unanswerable=len(none),
        passed_rightly=sum(kind == "passed" for _, kind in none),
    )


def _fate(index: KnowledgeIndex, question: Question) -> tuple[str, str]:
    found = index.find(question.text)
    if found.answer is not None:
        return question.item, "right" if found.answer.id == question.item else "wrong"
    if found.offers:
        is_there = question.item in {match.id for match in found.offers}
        return question.item, "offered" if is_there else "misoffered"
    return question.item, "passed"


def _line(name: str, figures: Figures) -> str:
    return (
        f"{name:<10}{figures.answerable:>5}{figures.right:>7}{figures.offered:>9}"
        f"{figures.unanswerable:>14}{figures.passed_rightly:>8}{figures.wrong:>7}{figures.precision:>11.3f}"
    )


HEAD = f"{'':10}{'asked':>5}{'right':>7}{'offered':>9}{'unanswerable':>14}{'passed':>8}{'wrong':>7}{'precision':>11}"


def _choose(questions: Sequence[Question]) -> None:
    for sure in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75):
        for worth in (0.2, 0.25, 0.3, 0.35, 0.4):
            limits, name = Thresholds(sure, worth), f"{sure:.2f}/{worth:.2f} "
            _say(_line(name, measure(KnowledgeIndex(items(), limits), questions)))
            _say(_line(name, measure(KnowledgeIndex(items(FEW), limits), in_small_hotel(questions))))


def main(choose: str = "") -> None:
    """Print the figures of the second half, or those of the first by threshold."""
    first, second = halves()
    _say(HEAD)
    if choose:
        _choose(first)
        return
    index = KnowledgeIndex(items())
    for language in sorted({question.language for question in second}):
        _say(_line(language, measure(index, [one for one in second if one.language == language])))
    _say(_line("all", measure(index, second)))
    _say(_line("four", measure(KnowledgeIndex(items(FEW)), in_small_hotel(second))))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
