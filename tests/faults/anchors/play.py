"""One run of somebody else's bot: the town and the load of our rows, the same kills, the same checker."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults import evidence
from tests.faults.anchors.echo import BOT_TOKEN, DATABASE_URL, TELEGRAM_API, open_bot
from tests.faults.anchors.queues import Queue, feed
from tests.faults.checker import Evidence
from tests.faults.crew import Place
from tests.faults.load import Load
from tests.faults.marks import Mark, mark_in
from tests.faults.run import Stage
from tests.faults.town import Size, Town, open_town
from tests.flows.bot_process import Live

STANDSTILL = 70.0
"""Seconds without progress until what waits counts as stuck: PgQueuer gives up on a worker after 30 s, and an idle
one looks for that each 30 s."""
QUIET = 3.0
"""Seconds without an answer after which nothing is under way any more, where nothing waits."""
LOOK_EACH = 0.5


@dataclass(frozen=True, slots=True)
class Anchor:
    """Somebody else's way to run a bot: so many processes that live as `live` says, behind a queue or none."""

    name: str
    workers: int
    live: Live
    open_queue: Callable[[str], AbstractAsyncContextManager[Queue]] | None = None


@dataclass(slots=True)
class AnchorPlay:
    """A town under load, and the anchor that serves it."""

    town: Town
    load: Load
    places: list[Place]
    queue: Queue | None

    async def judge(self) -> Evidence:
        """Wait until nothing is left to do, or for as long as anything still moves; return what is known then."""
        history, before, moved_at = self.town.simulator.history, (-1, -1), time.monotonic()
        while True:
            left, answers = await self._waiting(), len(history.of(method="accepted"))
            if before != (len(left), answers):
                before, moved_at = (len(left), answers), time.monotonic()
            if time.monotonic() - moved_at >= (STANDSTILL if left else QUIET):
                return evidence.gather_outside(self.town, await self._queued())
            await asyncio.sleep(LOOK_EACH)

    async def _waiting(self) -> list[object]:
        pending = (self.town.simulator.telegram.pending(hotel.bot) for hotel in self.town.hotels)
        return [*(update for updates in pending for update in updates), *await self._queued()]

    async def _queued(self) -> list[Mark]:
        texts = await self.queue.left() if self.queue is not None else []
        return [mark for text in texts if (mark := mark_in(text))]


@asynccontextmanager
async def playing(stage: Stage, anchor: Anchor, size: Size) -> AsyncIterator[AnchorPlay]:
    """Open a town of one hotel, and let the anchor serve it."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(stage.server.new_database(stage.template))
        town = await stack.enter_async_context(open_town(database, stage.seed, size))
        log = Path(tempfile.mkstemp(prefix="anchor-", suffix=".log", dir=stage.logs)[1])
        (hotel,) = town.hotels
        environ = {TELEGRAM_API: town.simulator.telegram.url, BOT_TOKEN: hotel.bot.token}
        queue = None
        if anchor.open_queue is not None:
            own = await stack.enter_async_context(stage.server.new_database())
            environ[DATABASE_URL] = own.owner_url
            queue = await stack.enter_async_context(anchor.open_queue(own.owner_url))
            await stack.enter_async_context(_feeding(environ, queue))
        places = [Place(town.clock, town.logins(), environ, log, anchor.live) for _ in range(anchor.workers)]
        for place in places:
            await stack.enter_async_context(place)
        load = Load(town)
        await load.greet()
        yield AnchorPlay(town, load, places, queue)


@asynccontextmanager
async def _feeding(environ: dict[str, str], queue: Queue) -> AsyncIterator[None]:
    async with open_bot(environ) as bot:
        feeding = asyncio.create_task(feed(bot, queue))
        try:
            yield
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
