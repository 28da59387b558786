"""How well classes were told apart: the usual figures of a confusion table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each true class was taken for which: `counts[true, judged]`."""

    counts: Counter[tuple[str, str]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Confusion:
        return cls(Counter(pairs))

    @property
    def classes(self) -> list[str]:
        """The classes that occur in the truth."""
        return sorted({true for true, _ in self.counts})

    @property
    def judged(self) -> list[str]:
        return sorted({judged for _, judged in self.counts})

    def precision(self, name: str) -> float:
        """Of what was taken for the class, the share that is."""
        return _share(self.counts[name, name], sum(n for (_, judged), n in self.counts.items() if judged == name))

    def recall(self, name: str) -> float:
        """Of what is of the class, the share that was found."""
        return _share(self.counts[name, name], sum(n for (true, _), n in self.counts.items() if true == name))

    def f1(self, name: str) -> float:
        both = self.precision(name) + self.recall(name)
        return 2 * self.precision(name) * self.recall(name) / both if both else 0.0

    def macro_f1(self) -> float:
        """The mean over the classes of the truth, be they frequent or rare."""
        return fmean(map(self.f1, self.classes))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
