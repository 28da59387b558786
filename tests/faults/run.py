"""One row's run: a database and a town of its own, bot processes, a load; then everything settles and is judged."""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from bot.database import Logins
from tests.databases import Database, TestServer, connected
from tests.faults import evidence
from tests.faults.checker import Evidence, Findings, check
from tests.faults.crew import Place
from tests.faults.load import Load
from tests.faults.town import Size, Town, open_town

STANDSTILL = 40.0
"""Seconds without any progress after which what still waits counts as stuck."""
WATCH_EVERY = 0.3
PATIENCE = timedelta(minutes=3)
"""Longer than the time for which a provider's journal may lack a message."""

LEFT = """
    SELECT (SELECT count(*) FROM inbox_events WHERE state = 'queued')
         + (SELECT count(*) FROM chats WHERE claim_token IS NOT NULL OR ready_at IS NOT NULL)
         + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending') OR lease_token IS NOT NULL)
         + (SELECT count(*) FROM trigger_firings WHERE status = 'scheduled') AS work,
           (SELECT count(*) FROM outbox WHERE state = 'in_doubt' AND doubt_reported_at IS NULL) AS doubts
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where rows are played, and how large: `scale` 0 takes minutes, 1 is the plan's size."""

    server: TestServer
    template: Database
    seed: int
    scale: float
    rate: float
    logs: Path

    def times(self, few: int, full: int) -> int:
        """Return how often something is done at this scale."""
        return round(few + (full - few) * self.scale)


@dataclass(slots=True)
class Play:
    """A town under load, and its bot."""

    town: Town
    load: Load
    places: list[Place]
    doubted: set[tuple[UUID, int]] = field(default_factory=set)

    async def watch_doubts(self) -> None:
        """Remember what is in doubt: once a doubt is settled, no row tells of it."""
        while True:
            # The database may be away for a moment: that is what some rows are about.
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                rows = await self.rows("SELECT hotel_id, id FROM outbox WHERE state = 'in_doubt'")
                self.doubted |= {(row["hotel_id"], row["id"]) for row in rows}
            await asyncio.sleep(WATCH_EVERY)

    async def settle(self) -> None:
        """Wait until nothing is left to do, nor planned; return as well when it does not get less any more."""
        moved_at, least = time.monotonic(), math.inf
        while time.monotonic() - moved_at < STANDSTILL:
            work, doubts, pending = await self._left()
            left = work + doubts + pending
            if not left:
                return
            if doubts and not work and not pending:
                self.town.clock.move(PATIENCE)
            if left < least:
                moved_at, least = time.monotonic(), left
            await asyncio.sleep(0.5)

    async def _left(self) -> tuple[int, int, int]:
        """Return what is to do, what is in doubt, and what the providers still hold out."""
        async with connected(self.town.database.admin_url) as connection:
            row = await connection.fetchrow(LEFT)
        assert row is not None, "the query always gives a row"
        return row["work"], row["doubts"], self.held_out()

    def held_out(self) -> int:
        """Return how much the providers still hold out: nobody has acknowledged it."""
        simulator = self.town.simulator
        pending = sum(len(simulator.telegram.pending(hotel.bot)) for hotel in self.town.hotels)
        return pending + sum(len(simulator.green.pending(h.instance)) for h in self.town.hotels if h.instance)

    async def judge(self) -> tuple[Evidence, Findings]:
        """Settle, and say what is wrong."""
        await self.settle()
        async with connected(self.town.database.admin_url) as connection:
            found = await evidence.gather(self.town, connection, self.doubted)
        return found, check(found)

    async def rows(self, query: str) -> list[asyncpg.Record]:
        """Ask the database past all policies."""
        async with connected(self.town.database.admin_url) as connection:
            found: list[asyncpg.Record] = await connection.fetch(query)
            return found


@asynccontextmanager
async def playing(
    stage: Stage,
    *,
    workers: int = 2,
    size: Size | None = None,
    within: timedelta | None = timedelta(seconds=30),
    logins: Callable[[int, Logins], Logins] = lambda _, direct: direct,
    database: Database | None = None,
    environ: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> AsyncIterator[Play]:
    """Open a town with so many workers; `environ` is added to theirs, `logins` may lead some through a proxy.

    The welcomes of the guests' stays are due over the time `within`; with None, nobody has a stay. What the workers
    log goes to `log`, or else to a file of its own among the stage's.
    """
    async with AsyncExitStack() as stack:
        if database is None:
            database = await stack.enter_async_context(stage.server.new_database(stage.template))
        town = await stack.enter_async_context(open_town(database, stage.seed, size or Size()))
        log = log or Path(tempfile.mkstemp(prefix="row-", suffix=".log", dir=stage.logs)[1])
        direct, settings = town.logins(), town.environ() | dict(environ or {})
        places = [Place(town.clock, logins(number, direct), dict(settings), log) for number in range(workers)]
        for place in places:
            await stack.enter_async_context(place)
        play = Play(town, Load(town), places)
        await play.load.greet()
        if within is not None:
            await town.check_in(within)
        watching = asyncio.create_task(play.watch_doubts())
        try:
            yield play
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
