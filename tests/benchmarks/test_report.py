"""The report and its chart."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from benchmarks.chart import MOST, draw, nearness
from benchmarks.figures import Figure
from benchmarks.goals import Goal
from benchmarks.report import figures_table, goals_table

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
