"""Reads what the model learns from: the public data, their templates, and the messages of this folder."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import RejectedInput
from bot.nlu.base import Intent, SentimentType
from bot.nlu.evaluation import read_rows

MESSAGES = Path(__file__).parent / "messages"
# Written for measuring only: what is learned must resemble none. Who wrote the unseen ones had seen no other message.
HELD_OUT, UNSEEN, UNSEEN_LATE = (
    Path(__file__).parent / name for name in ("held_out.tsv", "unseen.tsv", "unseen_late.tsv")
)

# How much a row counts. Hotels' own words matter most; film subtitles were labelled through translations.
OWN, TEMPLATES, OTHERS, LEXICON = 5.0, 4.0, 0.7, 0.5
BY_SOURCE = {"nlupp_hotels": 3.0, "booking515k": 1.0, "xed": 0.3}
# Subtitles teach little. They serve languages for which there is nothing else, and not where the label is a guess.
# The templates call "other" what they praise or blame by name, and we don't: "great breakfast". It teaches no intent.
TEMPLATES_SOURCE = "seed_templates"
SUBTITLES, SUBTITLES_SERVE = "xed", {"ar", "fr", "it", "nl", "pl", "pt", "tr"}
STRONGEST = 3.0
WEAKEST = 2.0


@dataclass(frozen=True, slots=True)
class Example:
    """A text, how it should be judged, and how much it counts. No `intent`: it says nothing about intents."""

    text: str
    language: str
    label: SentimentType
    intent: str
    weight: float
    source: str


def read_corpus(folder: Path, corrections: Iterable[Path] = ()) -> list[Example]:
    """Read all there is to learn from, in a fixed order. Development sets are for measuring only: not read here.

    `corrections` are tables of what staff put right (lang, text, label, intent); they count as our own messages do.
    Raises RejectedInput that names what is wrong in one.
    """
    return [
        *own_messages(),
        *(example for file in corrections for example in _corrections(file)),
        *_public(folder / "guest_seed_train.tsv.gz"),
        *_public(folder / "train.tsv.gz"),
        *_lexicon(folder / "lexicon.tsv.gz"),
    ]


def own_messages() -> Iterator[Example]:
    """Read `messages/<language>.txt`: a line `[label intent]`, then a message a line."""
    for file in sorted(MESSAGES.glob("*.txt")):
        label, intent = SentimentType.neutral, ""
        for line in filter(None, map(str.strip, file.read_text(encoding="utf-8").splitlines())):
            if line.startswith("["):
                name, intent = line.strip("[]").split()
                label = SentimentType(name)
            else:
                yield Example(line, file.stem, label, intent, OWN, "own")


def _public(file: Path) -> Iterator[Example]:
    for row in _rows(file):
        source = row["source"]
        if source.startswith(SUBTITLES) and (source != SUBTITLES or row["lang"] not in SUBTITLES_SERVE):
            continue
        is_template = source == TEMPLATES_SOURCE
        weight = TEMPLATES if is_template else BY_SOURCE.get(source, OTHERS)
        intent = "" if is_template and row["intent"] == Intent.other else row["intent"]
        yield Example(row["text"], row["lang"], SentimentType(row["label"]), intent, weight, source)


def _corrections(file: Path) -> Iterator[Example]:
    """Read a table that people may have changed: a word that is no intent would be learned as one more."""
    for row in read_rows(file):
        if row.intent and row.intent not in frozenset(Intent):
            raise RejectedInput(f"{file.name}: {row.intent!r} is no intent")
        yield Example(row.text, row.language, SentimentType(row.label), row.intent, OWN, "own")


def _lexicon(file: Path) -> Iterator[Example]:
    for row in _rows(file):
        score = float(row["score"])
        if abs(score) >= WEAKEST:
            label = SentimentType.positive if score > 0 else SentimentType.negative
            yield Example(row["term"], row["lang"], label, "", LEXICON * abs(score) / STRONGEST, "lexicon")


def _rows(file: Path) -> Iterator[dict[str, str]]:
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        names = next(lines).rstrip("\n").split("\t")
        for line in lines:
            yield dict(zip(names, line.rstrip("\n").split("\t"), strict=True))
