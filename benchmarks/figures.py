"""What is measured: a value with its unit, and the arithmetic of many measurements. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `key` is what goals refer to; `note` says what one must know to read it; `row` is the
    benchmark that made it."""

    key: str
    label: str
    value: float
    unit: str
    note: str = ""
    row: str = ""

    def __str__(self) -> str:
        return f"{readable(self.value)} {self.unit}"


def median(values: Iterable[float]) -> float:
    """Return the middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of the values don't exceed (nearest rank)."""
    if not values:
        raise ValueError("nothing was measured")
    if not 0 <= share <= 1:
        raise ValueError("a share is from 0 to 1")
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def readable(value: float) -> str:
    """Return a number with as many digits as a measurement of this kind is worth: three, grouped."""
    if value and abs(value) < 100:
        decimals = 2 - math.floor(math.log10(abs(value)))
        return f"{value:.{min(max(decimals, 0), 3)}f}"
    return f"{value:,.0f}"


def reordered(done: Iterable[tuple[int, int]]) -> float:
    """Return the share of jobs (key, number) that were done after a later one of the same key."""
    latest: dict[int, int] = defaultdict(lambda: -1)
    late = total = 0
    for key, number in done:
        total += 1
        late += number < latest[key]
        latest[key] = max(latest[key], number)
    return late / total if total else 0.0
