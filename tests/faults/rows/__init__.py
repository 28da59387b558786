"""The rows of the plan of faults, each with its goal; their numbers are the plan's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.report import Result
from tests.faults.rows import deaths, points
from tests.faults.run import Stage

ZEROS = "lost 0, doubled 0, reordered 0, stuck 0"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the plan: what goes wrong, how much of it in full, and what must be true."""

    number: int
    fault: str
    full: str
    goal: str
    play: Callable[[Stage], Awaitable[Result]]


ROWS = (
    Row(
        1,
        "kill -9 of a worker at random times",
        "300 kills, 60,000 messages",
        f"{ZEROS}; p95 of recovery <= 5 s with a second worker",
        deaths.kill_at_random,
    ),
    Row(
        2,
        "kill -9 at named points",
        "every point x 50",
        f"{ZEROS}; every point is reached",
        points.die_at_every_point,
    ),
    Row(3, "SIGSTOP 60 s, SIGCONT", "50", f"{ZEROS}: no stale effect", deaths.freeze),
    Row(4, "SIGTERM under load", "100", f"exit <= 10 s, {ZEROS}, in doubt 0", deaths.stop_under_load),
)
