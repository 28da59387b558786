"""A few fixed ticks by APScheduler. It only wakes; what is due stands in the database, so two of them do no harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, timedelta
from types import TracebackType

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import SystemClock
from bot.storage.failures import is_passing
from bot.telemetry.logs import logger

Tick = Callable[[], Awaitable[None]]

log = logger("scheduler")


class Scheduler:
    """Runs ticks, each by itself and never twice at once, from the moment it is entered."""

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]]) -> None:
        # A missed tick is run late rather than not at all, and several missed ones once: the default grace of
        # one second would drop it.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for name, (every, tick) in ticks.items():
            self._scheduler.add_job(
                self._run,
                "interval",
                seconds=every.total_seconds(),
                args=(name, tick),
                id=name,
                next_run_time=SystemClock().now(),
            )

    async def __aenter__(self) -> Scheduler:
        self._scheduler.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scheduler.shutdown(wait=True)

    async def _run(self, name: str, tick: Tick) -> None:
        try:
            await tick()
        except Exception as error:
            # A tick that failed is tried again at its next turn; it must not end the others.
            level = log.warning if is_passing(error) else log.error
            level("tick_failed", task=name, error=error)
