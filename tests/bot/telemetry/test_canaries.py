from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.telemetry.canary_words import CANARIES, SURVIVORS

HOUSE = Path(__file__).parents[3]
TRIED = (
    *("direct_failure", "chained_failure", "nested_fields", "Bound fields", "Guest %s (%s) wrote %r"),
    *("python_warning", "unraisable_error", "uncaught_thread_error"),
)


@pytest.fixture(scope="module")
def written() -> str:
    command = [sys.executable, "-m", "tests.bot.telemetry.canaries"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HOUSE, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


def test_no_canary_is_found_when_everything_was_let_out(written: str) -> None:
    assert {canary: line for line in written.splitlines() for canary in CANARIES if canary in line} == {}


def test_ids_times_and_codes_are_found_when_everything_was_let_out(written: str) -> None:
    assert [survivor for survivor in SURVIVORS if written.count(survivor) < 2] == []


def test_every_way_out_was_tried_in_both_formats_when_nothing_was_found(written: str) -> None:
    assert [event for event in TRIED if written.count(event) < 2] == []
    assert "uncaught_error" in written


def test_every_line_is_one_json_object_when_everything_was_let_out(written: str) -> None:
    machine, people = written[: written.index("\n2")].splitlines(), written[written.index("\n2") + 1 :]
    lines = [json.loads(line) for line in machine]
    assert len(lines) > 100
    assert all({"timestamp", "level", "service", "component", "event"} <= line.keys() for line in lines)
    assert {line["service"] for line in lines} == {"bellhop"}
    assert '{"timestamp"' not in people
