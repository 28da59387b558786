"""The house in a process of its own, which can be killed at any moment and started again at once.

A nursery that has imported everything forks the processes, since importing alone takes seconds.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvloop

from bot.app import House, open_house, run_house
from bot.cli.watchdog import watched
from bot.clock import Clock
from bot.config import load_settings
from bot.database import Logins
from bot.telemetry.logs import configure_logging

NURSERY = multiprocessing.get_context("forkserver")
_PRELOADED = "tests.flows.nursery"
NURSERY.set_forkserver_preload([_PRELOADED])
_PR_SET_PDEATHSIG = 1

Live = Callable[[dict[str, str], Logins, Clock, Path], None]
Opened = Callable[[House], House]


def load_in_nursery(module: str) -> None:
    """Let the nursery load this, too; to be said before the first process."""
    NURSERY.set_forkserver_preload([_PRELOADED, module])


class BotProcess:
    """One life of the bot, from `start` to its kill; what it logs is added to `log`."""

    def __init__(
        self, environ: dict[str, str], logins: Logins, clock: Clock, log: Path, live: Live | None = None
    ) -> None:
        arguments = (environ, logins, clock, log)
        self._process = NURSERY.Process(target=live or _live, args=arguments, daemon=True)

    def start(self) -> None:
        self._process.start()

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._process.kill()

    def freeze(self) -> None:
        """Let it stand still, in the middle of whatever it does."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had been."""
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it is gone."""
        assert self._process.pid is not None, "it was started"
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, number)

    async def gone(self) -> int | None:
        """Wait until it is gone; return its exit code, or minus the signal that ended it."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return code


def _live(environ: dict[str, str], logins: Logins, clock: Clock, log: Path) -> None:
    live_as(environ, logins, clock, log)


def be_born(log: Path) -> None:
    """Begin a life in a process of its own: it ends with the run's, and says into `log` what it has to say."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def live_as(
    environ: dict[str, str], logins: Logins, clock: Clock, log: Path, furnish: Opened = lambda house: house
) -> None:
    """Be the bot until SIGTERM, in a house that `furnish` may change once it is open."""
    be_born(log)
    settings = load_settings(environ)
    configure_logging(settings)

    async def serve() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        async with watched(), open_house(settings, logins, clock) as house:
            await run_house(furnish(house), stop, lambda _: None)

    uvloop.run(serve())
