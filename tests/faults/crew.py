"""The bot processes of a run, each started again when it has gone, as a supervisor would."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from pathlib import Path
from typing import Self

from bot.clock import Clock
from bot.database import Logins
from tests.faults.worker import live
from tests.flows.bot_process import BotProcess, Live


class Place:
    """A place for one process that lives as `live` says, never empty for long. `endings` counts the exit codes."""

    def __init__(self, clock: Clock, logins: Logins, environ: dict[str, str], log: Path, live: Live = live) -> None:
        self.environ = environ
        self._extra: dict[str, str] = {}
        self.last_ending: int | None = None
        self.endings: Counter[int | None] = Counter()
        self._clock = clock
        self._logins = logins
        self._log = log
        self._live = live
        self._process: BotProcess | None = None
        self._gone = asyncio.Event()
        self._is_closing = False
        self._is_supervised = True
        self._wanted = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._start()
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._is_closing = True
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self._wanted.set()
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

    async def empty(self) -> None:
        """Kill the process, and leave the place empty from now on until `fill`."""
        self._is_supervised = False
        self.signal(signal.SIGKILL)
        await self.gone()

    def fill(self, **environ: str) -> None:
        """Start one process, with this added to its environment."""
        self._extra = environ
        self._wanted.set()

    def supervise(self) -> None:
        """Let there always be a process from now on."""
        self._is_supervised = True
        self.fill()

    def _start(self) -> None:
        environ = self.environ | self._extra
        self._process = BotProcess(environ, self._logins, self._clock, self._log, self._live)
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
            if not self._is_supervised:
                await self._wanted.wait()
            if self._is_closing:
                return
            self._wanted.clear()
            self._start()
