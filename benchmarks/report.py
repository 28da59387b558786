"""The report: the goals with their verdicts, every figure, and how they were made, as Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from benchmarks.bench import Scale
from benchmarks.chart import draw
from benchmarks.figures import Figure, readable
from benchmarks.goals import GOALS, Goal, Verdict
from benchmarks.machine import Machine

METHOD = (Path(__file__).parent / "method.md").read_text()
CHART = "benchmarks.svg"
TRIGGERS = ("sweep", "apscheduler", "firing", "planning", "moving", "trying", "idle")
"""The benchmarks whose figures are told one by one in the summary too: what others do beside what we do."""

_WORDS = {Verdict.met: "met", Verdict.missed: "**missed**", Verdict.unmeasured: "not measured"}


@dataclass(frozen=True, slots=True)
class Report:
    """One run, as it is told."""

    command: str
    scale: Scale
    machine: Machine
    server: str
    made_at: datetime
    minutes: float
    figures: Mapping[str, Figure]
    failures: Mapping[str, str]
    """Why a benchmark gave no figures, by its name."""
    rows: Collection[str]
    """The benchmarks that were asked for; only their goals are told."""


def write(report: Report, document: Path | None) -> None:
    """Write the report and its chart beside each other; without a document the report is printed."""
    if document is None:
        click.echo(markdown(report, chart=None))
        return
    document.write_text(markdown(report, CHART))
    told = f"One run at the {report.scale.name} scale, with {report.scale.history:,} messages of history"
    document.with_name(CHART).write_text(draw(GOALS, report.figures, told))
    click.echo(f"The report is in {document}.")


def markdown(report: Report, chart: str | None) -> str:
    """Return the report; the one that is kept, with its chart, tells the method too."""
    parts = ["# Benchmarks", _made_with(report)]
    if chart:
        parts.append(f"![Every goal, and how far the run was from it]({chart})")
    goals = [goal for goal in GOALS if goal.row in report.rows]
    parts += ["## Goals", goals_table(goals, report.figures), "## Figures", figures_table(report.figures.values())]
    if chart:
        parts.append(METHOD.strip())
    return "\n\n".join(parts) + "\n"


def summary_of(report: Report) -> str:
    """Return the goals and their verdicts, what triggers do beside others, and on what it was measured: what a reader
    in haste wants to know."""
    goals = [goal for goal in GOALS if goal.row in report.rows]
    rows = [
        (goal.label, goal.wanted(), _found(goal, report.figures), _WORDS[goal.verdict(report.figures)])
        for goal in goals
    ]
    tables = [_table(("row", "goal", "measured", ""), rows)]
    triggers = [(one.label, str(one), _command(one.row)) for one in report.figures.values() if one.row in TRIGGERS]
    if triggers:
        tables.append(_table(("triggers, of the same run", "measured", "made by"), triggers))
    made = f"`{report.command}`, {report.made_at:%d %B %Y}, {report.scale.name} scale; {report.machine}."
    return "\n\n".join([*tables, made])


def _made_with(report: Report) -> str:
    lines = [
        f"Made by `{report.command}` on {report.made_at:%d %B %Y}, in {report.minutes:.0f} minutes, at the "
        f"{report.scale.name} scale ({_sizes(report.scale)}).",
        "",
        *(f"- {line}" for line in report.machine.lines()),
        f"- PostgreSQL, {report.server}",
    ]
    for name, reason in report.failures.items():
        lines += ["", f"**`{name}` failed and gave no figures** ({reason})."]
    if report.scale.name == "quick":
        lines += ["", "**The quick scale shows that the benchmarks work. Its figures are not to be quoted.**"]
    return "\n".join(lines)


def _sizes(scale: Scale) -> str:
    return (
        f"{scale.rounds} × {scale.seconds:g} s a figure, {scale.guests:,} guests of the busy hotel, {scale.hotels} "
        f"hotels, {scale.due:,} firings due of {10 * scale.due:,}, {scale.stays:,} stays planned, "
        f"{scale.history:,} messages of history"
    )


def goals_table(goals: Iterable[Goal], figures: Mapping[str, Figure]) -> str:
    """Return the goals with what was measured, and the command that makes each figure anew."""
    rows = [
        (goal.label, goal.wanted(), _found(goal, figures), _WORDS[goal.verdict(figures)], _command(goal.row))
        for goal in goals
    ]
    return _table(("row", "goal", "measured", "", "made by"), rows)


def figures_table(figures: Iterable[Figure]) -> str:
    """Return every figure of the run, and the command that makes it anew."""
    rows = [(one.label, str(one), one.note, _command(one.row)) for one in figures]
    return _table(("figure", "value", "note", "made by"), rows)


def _found(goal: Goal, figures: Mapping[str, Figure]) -> str:
    value = goal.value(figures)
    if value is None:
        return ""
    note = figures[goal.key].note
    told = f"{readable(value)}{' ×' if goal.times else ''} {goal.unit}".rstrip()
    return f"{told} ({note})" if note else told


def _command(row: str) -> str:
    return f"`python -m benchmarks {row}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
