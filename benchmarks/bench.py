"""What every benchmark is given: the server, how much to do, and where to say what it does."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from benchmarks.figures import Figure
from benchmarks.server import Server


class Unsound(Exception):
    """What was measured is not what was meant to be: no figure comes of it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done. A figure of a smaller scale says that the benchmark works, not how fast anything is."""

    name: str
    seconds: float
    """Length of one measurement."""
    rounds: int
    """Measurements of one figure; their median counts."""
    guests: int
    """Guests of the busy hotel; each writes at most once in a little over a second, as the providers' pace wants."""
    in_flight: int
    """Guests of the busy hotel who have written and wait for the answer, at any moment."""
    hotels: int
    """Hotels of the row with one conversation each."""
    jobs: int
    """Jobs of a queue."""
    due: int
    """Firings due in one second; ten times as many are planned."""
    stays: int
    """Stays that one trigger is planned over."""
    idle_hotels: int
    idle_firings: int
    idle_seconds: float
    """Over a minute, so that the accounts' own minute is in it."""
    history: int
    """Messages of the past in the row of growth."""

    @property
    def is_full(self) -> bool:
        return self.name == "full"


QUICK = Scale("quick", 10, 1, 200, 8, 10, 500, 200, 2_000, 20, 10_000, 5, 20_000)
NORMAL = Scale("normal", 8, 3, 6_000, 200, 200, 20_000, 10_000, 100_000, 1_000, 1_000_000, 70, 1_000_000)
FULL = Scale("full", 20, 3, 6_000, 200, 200, 50_000, 10_000, 100_000, 1_000, 1_000_000, 70, 10_000_000)


@dataclass(slots=True)
class Bench:
    """One run of benchmarks on one server."""

    server: Server
    scale: Scale
    figures: dict[str, Figure] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    """Why a benchmark gave no figures, by its name."""
    row: str = ""
    """The benchmark that is being run."""

    def say(self, line: str) -> None:
        """Tell whoever waits what goes on."""
        print(line, file=sys.stderr, flush=True)  # noqa: T201  a run of minutes must not be silent

    def record(self, figure: Figure) -> None:
        """Keep a figure for the report."""
        self.figures[figure.key] = replace(figure, row=self.row)
        self.say(f"    {figure.label}: {figure}")


Row = Callable[[Bench], Awaitable[None]]
