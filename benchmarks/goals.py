"""What we hold ourselves to: ratios of one run, and a few limits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.figures import Figure


class Verdict(StrEnum):
    met = "met"
    missed = "missed"
    unmeasured = "not measured"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure against a bound: `times` (or `plus`) another figure of the same run, or the bound alone.

    `row` names the benchmark that makes the figure, so that a reader can run it again.
    """

    row: str
    label: str
    key: str
    bound: float
    at_least: bool = True
    times: str | None = None
    plus: str | None = None
    unit: str = ""

    @property
    def yardsticks(self) -> tuple[str, ...]:
        """The keys of the other figures that it needs."""
        return tuple(key for key in (self.times, self.plus) if key)

    def value(self, figures: Mapping[str, Figure]) -> float | None:
        """Return what is compared with the bound; None where a part of it was not measured."""
        parts = [figures.get(key) for key in (self.key, *self.yardsticks)]
        if any(part is None for part in parts):
            return None
        value = figures[self.key].value
        if self.times:
            over = figures[self.times].value
            return value / over if over else None
        return value - figures[self.plus].value if self.plus else value

    def verdict(self, figures: Mapping[str, Figure]) -> Verdict:
        """Judge it."""
        value = self.value(figures)
        if value is None:
            return Verdict.unmeasured
        is_met = value >= self.bound if self.at_least else value <= self.bound
        return Verdict.met if is_met else Verdict.missed

    def wanted(self) -> str:
        """Return the bound in words."""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.bound:g}{' ×' if self.times else ''} {self.unit}".rstrip()


PLAIN = "pgbench.plain"

GOALS = (
    Goal(
        "pipeline",
        "whole pipeline, one busy hotel (200 in flight), against pgbench plain",
        "pipeline.busy",
        2.0,
        times=PLAIN,
    ),
    Goal("pipeline", "the same over 200 hotels with one conversation each", "pipeline.many", 0.8, times=PLAIN),
    Goal(
        "pipeline",
        "whole pipeline against bare aiogram dispatch without storage",
        "pipeline.busy",
        0.5,
        times="dispatch.aiogram",
    ),
    Goal(
        "accept",
        "accept alone, 64 connections, against pgbench plain over as many",
        "accept.rate",
        3.0,
        times="pgbench.plain64",
    ),
    Goal("accept", "accept, p99 at half load", "accept.p99", 50, at_least=False, unit="ms"),
    Goal("pipeline", "reply latency at half load, p50", "pipeline.p50", 30, at_least=False, unit="ms"),
    Goal("pipeline", "reply latency at half load, p99", "pipeline.p99", 150, at_least=False, unit="ms"),
    Goal(
        "firing", "whole firing against APScheduler's SQLAlchemy store", "firing.rate", 5.0, times="apscheduler.rate"
    ),
    Goal("firing", "whole firing against the bare SQL sweep", "firing.rate", 0.25, times="sweep.rate"),
    Goal("firing", "10,000 due in one second, lateness p99", "firing.p99", 2.0, at_least=False, unit="s"),
    Goal("firing", "1,000 due in one second, lateness p99", "firing.small_p99", 0.3, at_least=False, unit="s"),
    Goal("planning", "planning one trigger over 100,000 stays", "planning.seconds", 10, at_least=False, unit="s"),
    Goal(
        "planning",
        "memory of planning ten times the stays, against a tenth",
        "planning.memory",
        1.1,
        at_least=False,
        times="planning.small_memory",
    ),
    Goal("idle", "idle, processor", "idle.processor", 2.0, at_least=False, unit="% of a core"),
    Goal(
        "idle",
        "idle, memory against 1.2 × the empty process and 50 KB a hotel",
        "idle.memory",
        1.0,
        at_least=False,
        times="idle.allowed",
    ),
    Goal("growth", "throughput with the history against an empty database", "growth.rate", 0.8, times="growth.empty"),
    Goal(
        "growth",
        "p99 with it, against an empty database",
        "growth.p99",
        1.5,
        at_least=False,
        times="growth.empty_p99",
    ),
    Goal("processes", "two processes against one", "processes.two", 1.3, times="processes.one"),
    Goal(
        "tenants",
        "the others' p95 while one hotel has 100 times their load, against without it",
        "tenants.p95",
        1.5,
        at_least=False,
        times="tenants.quiet_p95",
    ),
    Goal("texts", "messages understood on one core", "texts.whole", 3_000, unit="/s"),
    Goal(
        "start",
        "`run` to ready, beyond importing aiogram",
        "start.run",
        3.0,
        at_least=False,
        plus="start.aiogram",
        unit="s",
    ),
    Goal("start", "`analyse` answers", "start.analyse", 0.7, at_least=False, unit="s"),
    Goal("start", "`--help` answers", "start.help", 0.7, at_least=False, unit="s"),
)
