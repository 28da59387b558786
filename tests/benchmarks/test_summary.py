"""A run's short table in the README."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from benchmarks.summary import Section

README = Path(__file__).parents[2] / "README.md"
DOCUMENT = (
    "# House\n\n<!-- benchmarks -->\n<!-- /benchmarks -->\n\n<!-- faults -->\nold\n<!-- /faults -->\nThe end.\n"
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(DOCUMENT)
    return path


def test_table_takes_the_place_of_the_last_one_when_it_is_put_in_again(document: Path) -> None:
    for table in ("| one |", "| two |\n\nmade today"):
        Section(document, "faults").fill(table)
    assert document.read_text() == DOCUMENT.replace("old", "| two |\n\nmade today")


def test_table_is_put_in_when_there_was_none(document: Path) -> None:
    Section(document, "benchmarks").fill("| one |")
    assert document.read_text() == DOCUMENT.replace("<!-- benchmarks -->\n", "<!-- benchmarks -->\n| one |\n")


def test_document_is_refused_when_it_has_no_place_for_the_table(document: Path) -> None:
    with pytest.raises(click.BadParameter, match="lacks the lines <!-- speed --> and <!-- /speed -->"):
        Section(document, "speed")


@pytest.mark.parametrize("mark", ["benchmarks", "faults"])
def test_readme_has_a_place_when_a_run_brings_its_table(mark: str) -> None:
    Section(README, mark)
