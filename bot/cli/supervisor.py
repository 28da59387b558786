"""Keeps equal processes running: starts them, starts again those that die, and stops them together.

It waits for signals and does nothing else, so that there is little in it that can fail.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from multiprocessing.context import ForkProcess

import click

from bot.cli.signals import SIGNALS, hold_signals, leave_on_signals
from bot.errors import BellhopError
from bot.lifeline import lifeline
from bot.telemetry.logs import logger

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
# Longer than a start takes: who dies sooner would die again at once.
LONG_LIFE = timedelta(seconds=30)

_FORK = multiprocessing.get_context("fork")
_AWAITED = (*SIGNALS, signal.SIGCHLD, signal.SIGALRM)

log = logger("supervisor")


class Pauses:
    """How long to wait before the next start: not at all after a long life, and longer after each short one."""

    def __init__(self) -> None:
        self._short_lives = 0

    def after(self, lived: timedelta) -> timedelta:
        """Return the pause after a life that lasted so long."""
        if lived >= LONG_LIFE:
            self._short_lives = 0
            return timedelta()
        self._short_lives += 1
        return min(FIRST_PAUSE * (1 << min(self._short_lives - 1, 10)), LONGEST_PAUSE)


class Place:
    """One of the processes, through all its lives."""

    def __init__(self, number: int, live: Callable[[int], None]) -> None:
        self.process: ForkProcess | None = None
        self.starts_at = 0.0
        self._number = number
        self._live = live
        self._born_at = 0.0
        self._pauses = Pauses()

    def start(self) -> None:
        """Begin a life."""
        self._born_at = time.monotonic()
        self.process = _FORK.Process(
            target=_be_child, args=(lifeline(signal.SIGKILL), self._live, self._number), daemon=True
        )
        try:
            self.process.start()
        except OSError as error:
            self._rest("process_not_started", error=error)

    def bury_the_dead(self) -> None:
        """Notice that the process has died, and decide when the next one starts."""
        if self.process is not None and (code := self.process.exitcode) is not None:
            self._rest("process_ended", pid=self.process.pid, code=code)

    def _rest(self, event: str, **fields: object) -> None:
        now = time.monotonic()
        pause = self._pauses.after(timedelta(seconds=now - self._born_at))
        log.error(event, worker=self._number, pause_seconds=pause, **fields)
        self.process, self.starts_at = None, now + pause.total_seconds()


class Supervisor:
    """Keeps `number` processes, which call `live` with their numbers, from 1, and have `patience` to stop in."""

    def __init__(self, live: Callable[[int], None], number: int, patience: timedelta) -> None:
        self._places = [Place(each, live) for each in range(1, number + 1)]
        self._patience = patience

    def run(self) -> bool:
        """Keep them until a signal says stop; return whether all had ended in time."""
        try:
            while True:
                self._tend()
                vacant = [place.starts_at for place in self._places if place.process is None]
                if _next_signal(min(vacant, default=None)) in SIGNALS:
                    return self._stop()
        finally:
            for process in self._alive():
                process.kill()
                process.join()

    def _tend(self) -> None:
        for place in self._places:
            place.bury_the_dead()
            if place.process is None and place.starts_at <= time.monotonic():
                place.start()

    def _stop(self) -> bool:
        """Tell all to stop and wait for it, until another signal says that it is enough."""
        for process in self._alive():
            process.terminate()
        until = time.monotonic() + self._patience.total_seconds()
        while self._alive() and time.monotonic() < until and _next_signal(until) not in SIGNALS:
            pass
        late = self._alive()
        for process in late:
            log.error("process_cut_off", pid=process.pid)
        return not late

    def _alive(self) -> list[ForkProcess]:
        processes: Iterable[ForkProcess | None] = (place.process for place in self._places)
        return [process for process in processes if process is not None and process.is_alive()]


def queue_signals() -> None:
    """From now on let signals wait until the supervisor asks for the next one."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)


def _next_signal(until: float | None) -> int:
    """Wait for a signal that has come or comes; SIGALRM says that it is `until`."""
    left = 0.0 if until is None else max(until - time.monotonic(), 0.001)
    signal.setitimer(signal.ITIMER_REAL, left)
    return signal.sigwait(_AWAITED)


def _be_child(tie: Callable[[], None] | None, live: Callable[[int], None], number: int) -> None:
    """Live as the process of this number; what ends that life is told as by any command."""
    if tie is not None:
        tie()
    leave_on_signals()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)
    try:
        live(number)
    except BellhopError as error:
        click.echo(f"bellhop: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(1)
    finally:
        hold_signals()
