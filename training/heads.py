"""Fits the heads of the model and writes them as whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.nlu.base import SentimentType
from bot.nlu.model import ATTENTION, INTENT, SENTIMENT
from training.corpus import Example

# How freely weights may grow; judged by messages that were not learned.
FREEDOM = 4.0
# Fits that stop before they have settled judge unseen messages worse, and another way each time that a line is added.
MOST_ROUNDS = 600
SETTLED = 1e-4
HIGHEST = 127
# Fainter weights decide nothing and judge unseen messages no better; from 3 on the file would be half as large again.
FAINTEST = 6
# Reviews' complaints read like requests that somebody act, and are not.
HOTELS_OWN = {"own", "seed_templates"}


@dataclass(frozen=True, slots=True)
class Head:
    """What is learned from which examples; `evens_out`: rare answers count more than they are frequent."""

    name: str
    counts: Callable[[Example], bool]
    answer: Callable[[Example], str]
    evens_out: bool = False


def _three_ways(example: Example) -> str:
    attention = example.label is SentimentType.requires_attention
    return (SentimentType.negative if attention else example.label).value


HEADS = (
    Head(SENTIMENT, lambda example: True, _three_ways),
    Head(
        ATTENTION,
        lambda example: example.label is not SentimentType.negative or example.source in HOTELS_OWN,
        lambda example: "yes" if example.label is SentimentType.requires_attention else "no",
    ),
    Head(INTENT, lambda example: bool(example.intent), lambda example: example.intent, evens_out=True),
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A column a class: its name, its weights and what it starts from."""

    column: str
    weights: npt.NDArray[np.float64]
    bias: float


def fit(examples: list[Example], rows: csr_matrix, processes: Executor) -> list[Fitted]:
    """Fit every head, each in a process of its own; always the same from the same rows."""
    begun = []
    for head in HEADS:
        places = [place for place, example in enumerate(examples) if head.counts(example)]
        answers = [head.answer(examples[place]) for place in places]
        weights = [examples[place].weight for place in places]
        if head.evens_out:
            weights = _evened_out(answers, weights)
        begun.append(processes.submit(_fit, head.name, rows[places], answers, weights))
    return [column for fitted in begun for column in fitted.result()]


def _evened_out(answers: list[str], weights: list[float]) -> list[float]:
    """Let the classes' sums of weights differ only by the root of what they do."""
    sums: defaultdict[str, float] = defaultdict(float)
    for answer, weight in zip(answers, weights, strict=True):
        sums[answer] += weight
    mean = sum(sums.values()) / len(sums)
    return [weight * (mean / sums[answer]) ** 0.5 for answer, weight in zip(answers, weights, strict=True)]


def _fit(head: str, rows: csr_matrix, answers: list[str], weights: list[float]) -> list[Fitted]:
    model = LogisticRegression(C=FREEDOM, max_iter=MOST_ROUNDS, tol=SETTLED)
    model.fit(rows, answers, sample_weight=weights)
    # Of two classes only the second is given: the first is what is left.
    names = model.classes_ if len(model.classes_) > 2 else model.classes_[1:]
    return [
        Fitted(f"{head} {name}", column, float(bias))
        for name, column, bias in zip(names, model.coef_, model.intercept_, strict=True)
    ]


def write(fitted: list[Fitted], file: Path) -> None:
    """Write whole numbers from -127 to 127, a scale a column; the faintest as 0. The format holds no dates, so that
    bytes repeat."""
    scales = np.array([np.abs(column.weights).max() / HIGHEST for column in fitted], np.float64)
    weights = np.stack([column.weights for column in fitted], axis=1)
    whole = np.rint(weights / scales).astype(np.int8)
    whole[np.abs(whole) < FAINTEST] = 0
    np.savez_compressed(
        file,
        weights=whole,
        scales=scales,
        biases=np.array([column.bias for column in fitted], np.float64),
        columns=np.array([column.column for column in fitted]),
    )
