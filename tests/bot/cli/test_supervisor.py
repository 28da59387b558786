"""A supervisor with processes that do next to nothing: who starts, who starts again, and how all of them end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.supervisor import LONG_LIFE, LONGEST_PAUSE, Pauses

PATIENCE = 60
PROJECT = Path(__file__).parents[3]
STAYS = "signal.pause()"
STAYS_WHATEVER_COMES = (
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); begun(); [signal.pause() for _ in iter(int, 1)]"
)
_PROGRAM = """
import os, signal, sys
from datetime import timedelta
from bot.cli.supervisor import Supervisor, queue_signals
from bot.config import load_settings
from bot.errors import ConfigurationError
from bot.telemetry.logs import configure_logging
from bot.telemetry.uncaught import log_uncaught_errors

def live(number):
    def tell(what):
        os.write(1, f"{{number}} {{what}}\\n".encode())
    def begun():
        tell(os.getpid())
    try:
        {life}
    finally:
        tell("ended")

configure_logging(load_settings({{}}))
log_uncaught_errors()
queue_signals()
sys.exit(0 if Supervisor(live, 2, timedelta(seconds={patience})).run() else 1)
"""


@contextmanager
def supervised(life: str, patience: float = PATIENCE) -> Iterator[subprocess.Popen[str]]:
    program = _PROGRAM.format(life=life, patience=patience)
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=PROJECT, text=True, stdout=pipe, stderr=pipe
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def pids(process: subprocess.Popen[str], number: int = 2) -> dict[str, int]:
    """Read the ids of so many processes as they are said."""
    assert process.stdout is not None
    said = [process.stdout.readline().split() for _ in range(number)]
    return {place: int(pid) for place, pid in said}


def ended(process: subprocess.Popen[str]) -> list[str]:
    """Wait until the supervisor and all of its processes are gone; give what was said on the way."""
    said, _ = process.communicate(timeout=PATIENCE)
    return sorted(said.splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_by_themselves_when_it_is_told_to_stop(number: int) -> None:
    with supervised(f"begun(); {STAYS}") as process:
        assert pids(process).keys() == {"1", "2"}
        process.send_signal(number)
        assert ended(process) == ["1 ended", "2 ended"]
    assert process.returncode == 0


def test_only_the_dead_one_is_started_again_when_one_was_killed() -> None:
    with supervised(f"begun(); {STAYS}") as process:
        first = pids(process)
        os.kill(first["2"], signal.SIGKILL)
        ((place, pid),) = pids(process, 1).items()
        process.send_signal(signal.SIGTERM)
        said, logged = process.communicate(timeout=PATIENCE)
    assert (place, process.returncode) == ("2", 0)
    assert pid != first["2"]
    assert sorted(said.splitlines()) == ["1 ended", "2 ended"]
    (line,) = [line for line in logged.splitlines() if "process_ended" in line]
    assert str(first["2"]) in line
    assert "-9" in line


def test_the_late_are_cut_off_when_their_time_is_over() -> None:
    with supervised(STAYS_WHATEVER_COMES, patience=0.2) as process:
        pids(process)
        process.send_signal(signal.SIGTERM)
        assert ended(process) == []
    assert process.returncode == 1


def test_all_end_at_once_when_a_second_signal_comes() -> None:
    with supervised(STAYS_WHATEVER_COMES, patience=10 * PATIENCE) as process:
        pids(process)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        assert ended(process) == []
    assert process.returncode == 1


def test_nobody_is_left_behind_when_it_is_killed() -> None:
    with supervised(STAYS_WHATEVER_COMES) as process:
        pids(process)
        process.kill()
        assert ended(process) == []


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("raise ConfigurationError('set it')", "bellhop: set it\n"),
        ("raise ValueError('the guest said: geheim')", "uncaught_error"),
    ],
)
def test_says_what_ended_a_process_and_goes_on_when_it_fails(trouble: str, said: str) -> None:
    with supervised(f"begun(); number == 1 and signal.pause(); {trouble}") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        _, logged = process.communicate(timeout=PATIENCE)
    assert sum(line.startswith("2 ") and "ended" not in line for line in lines) == 2
    assert said in logged
    assert "geheim" not in logged
    assert process.returncode == 0


def test_waits_longer_each_time_when_lives_are_short_and_begins_anew_after_a_long_one() -> None:
    pauses, short = Pauses(), timedelta(seconds=2)
    seconds = [pauses.after(short).total_seconds() for _ in range(7)]
    assert seconds == [1, 2, 4, 8, 16, 30, 30]
    assert [pauses.after(short) for _ in range(10_000)][-1] == LONGEST_PAUSE
    assert pauses.after(LONG_LIFE) == timedelta()
    assert pauses.after(short) == timedelta(seconds=1)
