"""What a row found, and the table of all rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tests.faults.checker import Evidence, Findings, recoveries
from tests.faults.load import Load

SHOWN = 8


class Verdict(StrEnum):
    """How a row ended: late where nothing was wrong, and only a goal of time was missed. One that the machine could
    not play is none that met its goal."""

    met = "met"
    late = "LATE"
    missed = "MISSED"
    not_played = "not played"


@dataclass(slots=True)
class Result:
    """One row of the plan: what was done of it, what was seen, and what of its goal was missed or came too late."""

    done: str
    figures: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    is_played: bool = True

    @classmethod
    def not_possible(cls, why: str) -> Result:
        """Return the result of a row for which this machine lacks something."""
        return cls(f"not possible here: {why}", is_played=False)

    @property
    def verdict(self) -> Verdict:
        if self.missed:
            return Verdict.missed
        if self.late:
            return Verdict.late
        return Verdict.met if self.is_played else Verdict.not_played

    def demand(self, is_so: bool, what: str) -> None:
        """Note a part of the goal that was missed."""
        if not is_so:
            self.missed.append(what)

    def demand_in_time(self, is_so: bool, what: str) -> None:
        """Note a goal of time that was missed: a slow machine may be the reason."""
        if not is_so:
            self.late.append(what)

    @property
    def failings(self) -> list[str]:
        """All that was missed."""
        return self.missed + self.late

    def add(self, findings: Findings) -> None:
        """Demand the zeros that every row has."""
        counts = {name: len(getattr(findings, name)) for name in Findings.WRONGS}
        zeros = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())
        doubts = f"in doubt: resolved {len(findings.resolved)}, unresolved {len(findings.unresolved)}"
        self.figures += [zeros, f"{doubts}, set aside {len(findings.set_aside)}"]
        for name, found in findings.wrong().items():
            self.missed.append(f"{name.replace('_', ' ')} {len(found)}: {'; '.join(found[:SHOWN])}")

    def demand_nothing_set_aside(self, findings: Findings) -> None:
        """Where no message is poison, none may be taken for it."""
        self.demand(not findings.set_aside, f"set aside: {', '.join(findings.set_aside[:SHOWN])}")

    def add_recovery(self, evidence: Evidence, load: Load, goal_p95: float | None = None) -> None:
        """Tell how long what waited at a fault's end had to wait from there."""
        waited = recoveries(evidence, load.faults)
        if not waited:
            self.figures.append("recovery: nothing waited")
            return
        p50, p95 = quantile(waited, 0.5), quantile(waited, 0.95)
        self.figures.append(f"recovery p50 {p50:.1f} s, p95 {p95:.1f} s, max {waited[-1]:.1f} s of {len(waited)}")
        if goal_p95 is not None:
            self.demand_in_time(p95 <= goal_p95, f"recovery p95 {p95:.1f} s instead of {goal_p95:g} s")


@dataclass(frozen=True, slots=True)
class Line:
    """A row's line in the table."""

    number: int
    fault: str
    full: str
    goal: str
    result: Result
    seconds: float

    def told(self) -> str:
        """Return the line as the run prints it."""
        lines = [
            f"{self.number}. {self.fault}: {self.result.verdict} ({self.seconds:.0f} s)",
            f"   done: {self.result.done}; plan: {self.full}",
            f"   goal: {self.goal}",
            *(f"   {figure}" for figure in self.result.figures),
            *(f"   {self.result.verdict} {failing}" for failing in self.result.failings),
        ]
        return "\n".join(lines)


def table(lines: Sequence[Line], seed: int, others: Mapping[int, str]) -> str:
    """Return the summary in Markdown; `others` says of the plan's other rows where they are."""
    rows = [
        f"Seed {seed}.",
        "",
        "| # | fault | done | plan | goal | seen | verdict |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for line in lines:
        seen = "<br>".join([*line.result.figures, *(f"**{failing}**" for failing in line.result.failings)])
        cells = (str(line.number), line.fault, line.result.done, line.full, line.goal, seen, _verdict(line))
        rows.append(_row(cells))
    rows += ["", *(f"- {number}: {where}" for number, where in sorted(others.items()))]
    return "\n".join(rows)


def short_table(lines: Sequence[Line]) -> str:
    """Return only what was done of each row, its goal and the verdict, in Markdown."""
    rows = ["| # | fault | done | goal | |", "| --- | --- | --- | --- | --- |"]
    rows += [_row((str(one.number), one.fault, one.result.done, one.goal, _verdict(one))) for one in lines]
    return "\n".join(rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _verdict(line: Line) -> str:
    verdict = line.result.verdict
    return str(verdict) if verdict is Verdict.met else f"**{verdict.lower()}**"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below or at which this share of the sorted values is."""
    return values[min(len(values) - 1, round(share * (len(values) - 1)))]
