"""Row 16: clocks that jump forwards and back, over gaps and folds, and hotels that change their zone meanwhile.

Two schedulers fire by one clock that stands still between its jumps, so that it is known for each firing at which of
them it must come: at the first that shows its minute or a later one. They die at commits, and by SIGKILL, all along.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import asyncpg

from bot.database import Logins
from bot.notifications import Desk
from bot.storage.unit_of_work import Database
from bot.texts import Texts
from tests.databases import connected, open_storage
from tests.faults.crew import Place
from tests.faults.failpoints import VARIABLE, Death
from tests.faults.lodges import CLOSES, OPENS, Lodge, Wrongs, lodge_in
from tests.faults.report import SHOWN, Result
from tests.faults.run import Stage
from tests.faults.ticker import EVERY, SharedClock, live
from tests.flows.house import KEYS
from tests.flows.proxy import Moment
from tests.triggers.almanac import FIRST, LAST, MINUTE, ZONES, changes
from triggers.engine import Engine

JUMPS = tuple(side * timedelta(seconds=length) for length in (5, 3_600, 86_400) for side in (1, -1))
LONGEST_WALK = 20 * 60
"""Minutes that pass at most between two looks at the clock; much fewer around its change."""
NEAR = timedelta(minutes=90)
SHORT_WALK = 40
CHANCE_OF_JUMP, CHANCE_OF_KILL = 0.3, 0.1
CHANCE_OF_MOVE, CHANCE_OF_PLAN = 0.03, 0.1
"""For each hotel at each look; a move plans, too."""
MOST_COMMITS = 30
"""A scheduler dies at one of so many commits, if it is not killed before."""
HEALED_WITHIN = 60.0
"""Seconds after a jump within which everything that it made due must be done."""
_DUE = "SELECT count(*) FROM trigger_firings WHERE status IN ('scheduled', 'postponed') AND due_at <= $1"


@dataclass(slots=True)
class Play:
    """The clock, the schedulers that read it, and what was seen."""

    random: Random
    clock: SharedClock
    storage: Database
    admin: asyncpg.Connection
    places: Sequence[Place] = ()
    wrongs: Wrongs = field(default_factory=Wrongs)
    stays: int = 0
    firings: int = 0
    jumps: int = 0
    jumps_back: int = 0
    plans: int = 0
    moves: int = 0
    slowest: float = 0.0

    async def season(self, change: datetime, zones: Sequence[ZoneInfo], stays: int) -> None:
        """Play the days around one clock change in the zones that have it."""
        self.clock.set(change + OPENS)
        engine = Engine(self.clock, Desk(Texts(), self.clock))
        lodges = [lodge_in(zone, change, engine) for zone in zones]
        for lodge in lodges:
            await lodge.open(self.storage, self.random, stays // len(changes(lodge.zone)))
            self.stays += len(lodge.stays)
        instants = [lodge.almanac.first(odd) for lodge in lodges for odd in lodge.almanac.strange[:1]]
        while self.clock.now() < change + CLOSES:
            await self._look(lodges)
            if await self._meddle(lodges):
                await self._look(lodges)
            self._jump(instants)
        await self._look(lodges)
        for lodge in lodges:
            self.firings += await lodge.judge(self.admin, self.wrongs)

    def _jump(self, instants: Sequence[datetime]) -> None:
        now = self.clock.now()
        if self.random.random() < CHANCE_OF_JUMP:
            then = now + self.random.choice(JUMPS)
        else:
            is_near = any(abs(now - one) < NEAR for one in instants)
            then = now + self.random.randint(1, SHORT_WALK if is_near else LONGEST_WALK) * MINUTE
            ahead = [one for one in instants if now < one - NEAR / 2 < then]
            if ahead and self.random.random() < 0.5:
                then = min(ahead) - NEAR / 2  # and into the change by small steps, not only over it
        self.jumps += 1
        self.jumps_back += then < now
        self.clock.set(then)

    async def _look(self, lodges: Sequence[Lodge]) -> None:
        """Let some schedulers die, and the others do all that is due by now."""
        now, began = self.clock.now(), time.monotonic()
        for place in self.places:
            death = Death(
                "bot.workers.ticks:Ticks._fire_due_in",
                self.random.choice(list(Moment)),
                self.random.randint(1, MOST_COMMITS),
            )
            place.environ[VARIABLE] = str(death)
        if self.random.random() < CHANCE_OF_KILL:
            self.random.choice(self.places).signal(signal.SIGKILL)
        while time.monotonic() < began + 2 * HEALED_WITHIN:
            await asyncio.sleep(EVERY.total_seconds() * 1.5)
            if not await self.admin.fetchval(_DUE, now):
                break
        self.slowest = max(self.slowest, time.monotonic() - began)
        for lodge in lodges:
            lodge.expected.tick(now)

    async def _meddle(self, lodges: Sequence[Lodge]) -> bool:
        """Plan anew now and then, and let a hotel change its zone; say whether anything was planned."""
        now, before = self.clock.now(), self.plans
        for lodge in lodges:
            chance = self.random.random()
            if chance < CHANCE_OF_MOVE:
                await lodge.move(self.storage, ZoneInfo(self.random.choice(ZONES)), now)
                self.moves += 1
            elif chance < CHANCE_OF_PLAN:
                await lodge.plan(self.storage, now)
            self.plans += chance < CHANCE_OF_PLAN
        return self.plans > before


async def jump_clocks(stage: Stage) -> Result:
    """Go through the year from one clock change to the next, with stays in twelve zones."""
    stays, clock = stage.times(40, 10_000), SharedClock(FIRST)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(stage.server.new_database(stage.template))
        storage = open_storage(database)
        stack.push_async_callback(storage.close)
        await storage.claims.ensure_partitions(FIRST.date(), LAST.date())
        admin = await stack.enter_async_context(connected(database.admin_url))
        play = Play(Random(stage.seed), clock, storage, admin)
        log = Path(tempfile.mkstemp(prefix="row-", suffix=".log", dir=stage.logs)[1])
        environ = {"BELLHOP_ENCRYPTION_KEYS": KEYS, "BELLHOP_LOG_LEVEL": "error"}
        logins = Logins(None, database.app_url, database.runtime_url)
        play.places = [Place(clock, logins, dict(environ), log, live) for _ in range(2)]
        for place in play.places:
            await stack.enter_async_context(place)
        for change, zones in sorted(_seasons().items()):
            await play.season(change, zones, stays)
    return _result(play)


def _seasons() -> dict[datetime, list[ZoneInfo]]:
    """Return the days of the year's clock changes, each with the zones that have it."""
    seasons: defaultdict[datetime, list[ZoneInfo]] = defaultdict(list)
    for zone in map(ZoneInfo, ZONES):
        for change in changes(zone):
            seasons[change].append(zone)
    return seasons


def _result(play: Play) -> Result:
    deaths = sum(place.endings.total() for place in play.places)
    result = Result(
        f"{play.stays} stays in {len(ZONES)} zones, {play.firings} firings; {play.jumps} jumps, {play.jumps_back} of "
        f"them back, {play.moves} changes of zone, {deaths} deaths"
    )
    wrongs = {name: getattr(play.wrongs, name) for name in Wrongs.__slots__}
    result.figures.append(", ".join(f"{name} {len(found)}" for name, found in wrongs.items()))
    result.figures.append(f"done after a jump within {play.slowest:.1f} s")
    for name, found in wrongs.items():
        result.demand(not found, f"{name} {len(found)}: {'; '.join(found[:SHOWN])}")
    result.demand(play.firings > 5 * play.stays, "hardly anything was due")
    result.demand_in_time(play.slowest <= HEALED_WITHIN, f"{play.slowest:.0f} s after a jump something was still due")
    return result
