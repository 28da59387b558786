"""Which language a text is likely in, by the runs of bytes that occur in it: naive Bayes, as py3langid's.

`python -m training.languages` made the model of theirs: the languages of our guests, in a form that loads at once.
"""

from __future__ import annotations

import math
import unicodedata
from array import array
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).parent / "data" / "languages.npz"
ROOT = 0


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of bytes that tell something, as an automaton of Aho and Corasick in a double array.

    A node lies where its parent's `base` and its byte point to, if `parent` there is that parent; `base` is -1 where
    no run goes on. `shorter` is the longest end of a node with which one does, and `rest` where to go on: the node
    itself or, where no run goes on, that one. `piece` is the longest run that ends here, or -1.
    """

    base: array[int]
    parent: array[int]
    rest: array[int]
    shorter: array[int]
    piece: array[int]

    def find(self, text: bytes) -> list[int]:
        """Return the longest run that ends at each byte, where there is one."""
        base, parent, rest, shorter, piece = self.base, self.parent, self.rest, self.shorter, self.piece
        found = []
        node = ROOT
        for byte in text:
            following = base[node] + byte
            while parent[following] != node and node != ROOT:
                node = shorter[node]
                following = base[node] + byte
            if parent[following] != node:
                continue
            node = rest[following]
            if (longest := piece[following]) >= 0:
                found.append(longest)
        return found


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """What each run weighs in each language; runs that no language of ours knows come last and share one row."""

    languages: tuple[str, ...]
    runs: Runs
    weights: npt.NDArray[np.float16]
    priors: npt.NDArray[np.float32]

    @classmethod
    def load(cls, file: Path = FILE) -> LanguageModel:
        """Read a model that `training` wrote; nothing in it can be run."""
        with np.load(file, allow_pickle=False) as stored:
            laid = {name: stored[name] for name in ("base", "parent", "shorter", "piece")}
            languages, priors = tuple(map(str, stored["languages"])), stored["priors"]
            # Language by language they pack better; a text is judged run by run.
            weights = np.ascontiguousarray(stored["weights"].T)
        here = np.arange(len(laid["base"]), dtype=np.intc)
        laid["shorter"] = here - laid["shorter"]  # stored as how far back, for the same reason
        laid["rest"] = np.where(laid["base"] < 0, laid["shorter"], here)
        return cls(languages, Runs(**{name: _array(numbers) for name, numbers in laid.items()}), weights, priors)

    def probabilities(self, text: str) -> dict[str, float]:
        """Return how likely each language is; all alike where nothing tells."""
        plain = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
        written = plain.encode(errors="surrogatepass")
        counts = Counter(self.runs.find(written))
        if not counts:
            return dict.fromkeys(self.languages, 1 / len(self.languages))
        rows = self.weights.take(list(counts), axis=0, mode="clip")
        scores = (np.log1p(np.fromiter(counts.values(), np.float32, len(counts))) @ rows + self.priors).tolist()
        # Neighbouring runs overlap: as many independent ones would make any long text sure.
        calm, highest = len(written) ** -0.5, max(scores)
        powers = [math.exp(calm * (score - highest)) for score in scores]
        total = sum(powers)
        return {language: power / total for language, power in zip(self.languages, powers, strict=True)}


def _array(numbers: npt.NDArray[Any]) -> array[int]:
    """Plain Python reads single numbers of these twice as fast."""
    return array("i", numbers.astype(np.intc).tobytes())


@cache
def languages_model() -> LanguageModel:
    """The model that ships with the package, read once a process."""
    return LanguageModel.load()
