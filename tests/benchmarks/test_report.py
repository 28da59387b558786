"""The report and its chart."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from benchmarks.bench import NORMAL
from benchmarks.catalogue import CATALOGUE
from benchmarks.chart import MOST, draw, nearness
from benchmarks.figures import Figure
from benchmarks.goals import Goal
from benchmarks.machine import this_machine
from benchmarks.report import TRIGGERS, Report, figures_table, goals_table, summary_of

RATIO = Goal("pipeline", "whole <pipeline>", "ours", 2.0, times="theirs")
LIMIT = Goal("accept", "accept, p99", "p99", 50, at_least=False, unit="ms")
FIGURES = {
    "ours": Figure("ours", "our rate", 900.0, "msg/s"),
    "theirs": Figure("theirs", "their rate", 1000.0, "msg/s", "8 clients", "plain"),
    "p99": Figure("p99", "accept", 31.44, "ms"),
}


def test_goals_table_tells_bound_value_verdict_and_command_when_all_was_measured() -> None:
    ratio, limit = goals_table([RATIO, LIMIT], FIGURES).splitlines()[2:]
    assert ratio == "| whole <pipeline> | ≥ 2 × | 0.900 × | **missed** | `python -m benchmarks pipeline` |"
    assert limit == "| accept, p99 | ≤ 50 ms | 31.4 ms | met | `python -m benchmarks accept` |"


def test_goals_table_says_so_when_a_goal_was_not_measured() -> None:
    (line,) = goals_table([RATIO], {}).splitlines()[2:]
    assert "| not measured |" in line


def test_goals_table_tells_the_size_when_a_figure_notes_it() -> None:
    figures = {**FIGURES, "p99": Figure("p99", "accept", 31.44, "ms", "1,000 messages")}
    (line,) = goals_table([LIMIT], figures).splitlines()[2:]
    assert "| 31.4 ms (1,000 messages) | met |" in line


def test_figures_table_gives_unit_note_and_command_when_a_figure_has_them() -> None:
    line = "| their rate | 1,000 msg/s | 8 clients | `python -m benchmarks plain` |"
    assert line in figures_table(FIGURES.values())


@pytest.mark.parametrize(
    ("goal", "value", "wanted"), [(RATIO, 4.0, 2.0), (RATIO, 1.0, 0.5), (LIMIT, 25.0, 2.0), (LIMIT, 100.0, 0.5)]
)
def test_nearness_is_how_many_times_better_when_either_direction_is_the_good_one(
    goal: Goal, value: float, wanted: float
) -> None:
    assert nearness(goal, value) == wanted


def test_nearness_ends_with_the_scale_when_a_value_is_nothing() -> None:
    assert nearness(LIMIT, 0.0) == MOST
    assert nearness(RATIO, 0.0) == 1 / MOST


def test_chart_is_a_picture_of_what_was_measured_when_some_goals_were_not() -> None:
    unmeasured = Goal("idle", "idle, memory", "memory", 1.0)
    picture = ET.fromstring(draw([RATIO, LIMIT, unmeasured], FIGURES, "One run"))
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "whole <pipeline>" in texts
    assert "0.900 × (≥ 2)" in texts
    assert "One run" in texts
    assert "idle, memory" not in texts


def test_summary_tells_what_triggers_do_beside_others_when_they_were_measured() -> None:
    figures = {
        "sweep.rate": Figure("sweep.rate", "bare SQL sweep", 30_000, "firings/s", row="sweep"),
        "firing.rate": Figure("firing.rate", "whole firing", 9_000, "firings/s", row="firing"),
        "pgbench.plain": Figure("pgbench.plain", "pgbench", 2_000, "msg/s", row="plain"),
    }
    told = summary_of(_report(figures))
    assert "| whole firing against the bare SQL sweep | ≥ 0.25 × | 0.300 × | met |" in told
    _, triggers, made = told.split("\n\n")
    assert triggers.splitlines()[2:] == [
        "| bare SQL sweep | 30,000 firings/s | `python -m benchmarks sweep` |",
        "| whole firing | 9,000 firings/s | `python -m benchmarks firing` |",
    ]
    assert made.startswith("`python -m benchmarks`, 28 November 2026, normal scale; ")


def test_summary_has_one_table_when_no_trigger_was_measured() -> None:
    assert len(summary_of(_report({})).split("\n\n")) == 2


def test_summary_names_benchmarks_that_there_are_when_it_tells_of_triggers() -> None:
    assert set(TRIGGERS) <= CATALOGUE.keys()


def _report(figures: dict[str, Figure]) -> Report:
    return Report(
        command="python -m benchmarks",
        scale=NORMAL,
        machine=this_machine(),
        server="a server",
        made_at=datetime(2026, 11, 28, tzinfo=UTC),
        minutes=25,
        figures=figures,
        failures={},
        rows=tuple(CATALOGUE),
    )
