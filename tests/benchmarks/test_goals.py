"""Goals: ratios of one run, and their verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks
from benchmarks.catalogue import CATALOGUE, with_yardsticks
from benchmarks.figures import Figure
from benchmarks.goals import GOALS, Goal, Verdict


def _figures(**values: float) -> dict[str, Figure]:
    return {key: Figure(key, key, value, "msg/s") for key, value in values.items()}


@pytest.mark.parametrize(("ours", "wanted"), [(2000.0, Verdict.met), (1999.0, Verdict.missed)])
def test_ratio_is_met_when_it_reaches_its_bound(ours: float, wanted: Verdict) -> None:
    goal = Goal("row", "label", "ours", 2.0, times="theirs")
    assert goal.verdict(_figures(ours=ours, theirs=1000.0)) is wanted


@pytest.mark.parametrize(("ours", "wanted"), [(50.0, Verdict.met), (50.1, Verdict.missed)])
def test_limit_is_met_when_it_is_not_passed(ours: float, wanted: Verdict) -> None:
    assert Goal("row", "label", "ours", 50, at_least=False).verdict(_figures(ours=ours)) is wanted


def test_limit_counts_what_lies_beyond_another_figure_when_it_names_one() -> None:
    goal = Goal("row", "label", "ours", 3, at_least=False, plus="theirs")
    figures = _figures(ours=6.5, theirs=4.0)
    assert goal.value(figures) == 2.5
    assert goal.verdict(figures) is Verdict.met


def test_goal_is_unmeasured_when_its_yardstick_is_missing() -> None:
    goal = Goal("row", "label", "ours", 2.0, times="theirs")
    assert goal.verdict(_figures(ours=1000.0)) is Verdict.unmeasured


def test_every_goal_names_a_row_and_yardsticks_when_the_catalogue_is_asked() -> None:
    yielded = {key for entry in CATALOGUE.values() for key in entry.yields}
    for goal in GOALS:
        assert goal.row in CATALOGUE
        foreign = [key for key in goal.yardsticks if key.partition(".")[0] != goal.key.partition(".")[0]]
        assert set(foreign) <= yielded, goal.label


def test_yardsticks_come_first_when_a_row_is_named() -> None:
    assert with_yardsticks(("accept",)) == ["variants", "accept"]
    assert with_yardsticks(("firing",)) == ["sweep", "apscheduler", "firing"]


def test_everything_is_run_when_nothing_is_named() -> None:
    assert with_yardsticks(()) == list(CATALOGUE)


def test_every_benchmark_is_in_its_file_when_the_catalogue_names_it() -> None:
    for entry in CATALOGUE.values():
        module, _, name = entry.place.partition(":")
        text = (Path(benchmarks.__file__).parent / f"{module.replace('.', '/')}.py").read_text()
        assert f"async def {name}(bench: Bench)" in text
