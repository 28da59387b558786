"""The bot processes of a run, each started again when it has gone, as a supervisor would."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from pathlib import Path
from typing import Self

from bot.database import Logins
from tests.faults.town import Town
from tests.faults.worker import live
from tests.flows.bot_process import BotProcess


class Place:
    """A place for one process: it is never empty for long. `endings` counts the exit codes."""

    def __init__(self, town: Town, logins: Logins, environ: dict[str, str], log: Path) -> None:
        self.environ = environ
        self.endings: Counter[int | None] = Counter()
        self._town = town
        self._logins = logins
        self._log = log
        self._process: BotProcess | None = None
        self._gone = asyncio.Event()
        self._is_closing = False
        self._starting_again = asyncio.Event()
        self._starting_again.set()

    async def __aenter__(self) -> Self:
        self._start()
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._is_closing = True
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self._starting_again.set()
        await self._keeping

    def signal(self, number: signal.Signals) -> None:
        """Send the process a signal, unless it is gone already."""
        if self._process is not None:
            self._process.signal(number)

    async def gone(self) -> int | None:
        """Wait until the process of this moment is gone; return its exit code."""
        gone = self._gone
        await gone.wait()
        return self.last_ending

    def hold(self) -> None:
        """Leave the place empty from the next ending on, until `fill`."""
        self._starting_again.clear()

    def fill(self) -> None:
        self._starting_again.set()

    def _start(self) -> None:
        self._process = BotProcess(self.environ, self._logins, self._town.clock, self._log, live)
        self._process.start()

    async def _keep(self) -> None:
        while True:
            assert self._process is not None, "started before"
            code = await self._process.gone()
            self._process = None
            if self._is_closing:
                return
            self.last_ending = code
            self.endings[code] += 1
            gone, self._gone = self._gone, asyncio.Event()
            gone.set()
            await self._starting_again.wait()
            if self._is_closing:
                return
            self._start()
