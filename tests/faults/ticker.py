"""A process that only fires what is due, by a clock that stands still until somebody sets it, forwards or back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import RawValue
from pathlib import Path

from bot.app import open_house
from bot.clock import Clock
from bot.config import Settings, load_settings
from bot.database import Logins
from bot.doubts import Doubts
from bot.telemetry.logs import configure_logging
from bot.workers.scheduler import Scheduler
from bot.workers.ticks import Ticks
from tests.faults.failpoints import FailingDatabase, Failpoints
from tests.flows.bot_process import be_born

EVERY = timedelta(milliseconds=20)
"""More often than the product looks, so that a step of the clock takes no quarter of a second."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SharedClock:
    """Shows all processes the same second; who reads it hears what `set` said last."""

    def __init__(self, at: datetime) -> None:
        self._seconds = RawValue("q", 0)
        self.set(at)

    def now(self) -> datetime:
        return _EPOCH + timedelta(seconds=self._seconds.value)

    def set(self, at: datetime) -> None:
        self._seconds.value = (at - _EPOCH) // timedelta(seconds=1)


def live(environ: dict[str, str], logins: Logins, clock: Clock, log: Path) -> None:
    """Be a scheduler until the end; what the environment says beside the settings is for the failpoints."""
    be_born(log)
    settings = load_settings({name: value for name, value in environ.items() if name.startswith("BELLHOP_")})
    configure_logging(settings)
    asyncio.run(_tick(settings, logins, clock, Failpoints.of(environ)))


async def _tick(settings: Settings, logins: Logins, clock: Clock, points: Failpoints | None) -> None:
    async with open_house(settings, logins, clock) as house:
        database = house.database if points is None else FailingDatabase(house.database, points)
        doubts = Doubts(database, house.connections, clock, house.desk.settled)
        ticks = Ticks(database, house.engine, doubts, clock, house.knocks)
        async with Scheduler({"firings": (EVERY, ticks.fire_due)}):
            await asyncio.Event().wait()
