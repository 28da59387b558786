"""The embedded model: what each piece of a text weighs for what is asked about it. Made by `make models`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.features import PAIR, SIGN, pair_pieces, pair_places, sign_piece, word_pieces

FILE = Path(__file__).parent / "data" / "model.npz"
ATTENTION = "attention"
SENTIMENT = "sentiment"
INTENT = "intent"
HEADS = (SENTIMENT, ATTENTION, INTENT)

Sums = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a text probably is: whether somebody must act, and the shares of each mood and intent."""

    attention: float
    sentiment: dict[str, float]
    intent: dict[str, float]


class Model:
    """Linear heads over hashed pieces: a row of weights a bucket, a column a class.

    Columns are named `head class`. Whole numbers are added up, so that every machine finds the same.
    """

    def __init__(self, weights: npt.NDArray[np.int8], scales: Any, biases: Any, columns: Sequence[str]) -> None:
        self._weights, self._scales, self._biases = weights, scales, biases
        self._places = {column: place for place, column in enumerate(columns)}
        self._heads = {head: [p for p, column in enumerate(columns) if column.startswith(head)] for head in HEADS}
        self._classes = {head: [columns[p].split()[1] for p in places] for head, places in self._heads.items()}
        self._word = lru_cache(maxsize=20_000)(self._weigh_word)
        self._signs = lru_cache(maxsize=5_000)(self._weigh_signs)

    @classmethod
    def load(cls, file: Path = FILE) -> Model:
        """Read a model that `training` wrote; nothing in it can be run."""
        with np.load(file, allow_pickle=False) as stored:
            return cls(
                stored["weights"], stored["scales"], stored["biases"], [str(each) for each in stored["columns"]]
            )

    def weigh(self, words: Sequence[str], signs: Iterable[str]) -> Weighed:
        """Weigh a text, given its folded words and what is known of the whole of it."""
        weight, count = self._signs(tuple(signs))
        total = weight.copy()
        for word in words:
            weight, pieces = self._word(word)
            total += weight
            count += pieces
        if pairs := pair_pieces(words):
            total += PAIR * self._sum(pairs)
            count += PAIR * len(pairs)
        logits: list[float] = (total * self._scales / max(count, 1) ** 0.5 + self._biases).tolist()
        (attention,) = self._heads[ATTENTION]
        return Weighed(
            1 / (1 + math.exp(-logits[attention])), self._shares(SENTIMENT, logits), self._shares(INTENT, logits)
        )

    def parts(self, words: Sequence[str], head: str, name: str) -> list[float]:
        """How much each word, alone and with its neighbours, speaks for the class; above zero: for it."""
        place = self._places[f"{head} {name}"]
        parts = [float(self._word(word)[0][place]) for word in words]
        for piece, (first, second) in zip(pair_pieces(words), pair_places(words), strict=True):
            half = PAIR * float(self._weights[piece, place]) / 2
            parts[first] += half
            parts[second] += half
        return parts

    def _shares(self, head: str, logits: list[float]) -> dict[str, float]:
        own = [logits[place] for place in self._heads[head]]
        highest = max(own)
        powers = [math.exp(logit - highest) for logit in own]
        total = sum(powers)
        return {name: power / total for name, power in zip(self._classes[head], powers, strict=True)}

    def _weigh_word(self, word: str) -> tuple[Sums, int]:
        pieces = word_pieces(word)
        return self._sum(pieces), len(pieces)

    def _weigh_signs(self, signs: tuple[str, ...]) -> tuple[Sums, int]:
        return SIGN * self._sum([sign_piece(sign) for sign in signs]), SIGN * len(signs)

    def _sum(self, pieces: list[int]) -> Sums:
        summed: Sums = np.add.reduce(self._weights.take(pieces, axis=0), axis=0, dtype=np.int32)
        return summed


@cache
def embedded() -> Model:
    """The model that ships with the package, read once a process."""
    return Model.load()
