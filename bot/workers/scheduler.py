"""A few fixed ticks by APScheduler. It only wakes; what is due stands in the database, so two of them do no harm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, timedelta
from types import TracebackType
from typing import NoReturn

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.storage.failures import is_passing
from bot.telemetry.logs import logger

# Some say in how long they have to run again, where they know that they do so before their turn.
Tick = Callable[[], Awaitable[timedelta | None]]

log = logger("scheduler")


class Scheduler:
    """Runs ticks, each by itself and never twice at once, from the moment it is entered.

    Every tick has a task of its own that APScheduler's job wakes: the job is over at once, so APScheduler never finds
    it still running, and wakings that come while a tick runs are one more run of it.
    """

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]]) -> None:
        self._ticks = ticks
        self._running: list[asyncio.Task[NoReturn]] = []
        # No grace: a busy loop wakes late, and late is better than not at all.
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})

    async def __aenter__(self) -> Scheduler:
        for name, (every, tick) in self._ticks.items():
            due = asyncio.Event()
            due.set()
            self._running.append(asyncio.create_task(_run(name, tick, due), name=f"tick {name}"))
            self._scheduler.add_job(_wake, "interval", seconds=every.total_seconds(), args=(due,), id=name)
        self._scheduler.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scheduler.shutdown()
        for task in self._running:
            task.cancel()
        # Returns after the loop's next turn at the earliest, and there APScheduler takes its timer away.
        await asyncio.gather(*self._running, return_exceptions=True)


async def _wake(due: asyncio.Event) -> None:
    due.set()


async def _run(name: str, tick: Tick, due: asyncio.Event) -> NoReturn:
    again: timedelta | None = None
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(again.total_seconds() if again is not None else None):
                await due.wait()
        due.clear()
        again = None
        try:
            again = await tick()
        except Exception as error:
            # A tick that failed is tried again at its next turn; it must not end the others.
            level = log.warning if is_passing(error) else log.error
            level("tick_failed", task=name, error=error)
