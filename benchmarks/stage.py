"""The whole product under load: real processes over a real database, the world outside in another process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from benchmarks.bench import Bench, Unsound
from benchmarks.figures import median
from benchmarks.processes import Running, World, product, world
from benchmarks.seeding import PLANNED_AT_START, Hotel, environment_of
from benchmarks.server import Database
from benchmarks.wire.plan import Lane, Plan, Stream, Tally

CONNECTIONS = 64
WARM_SECONDS = 3.0
MOST_RESTED = 0.1
"""The share of messages that may have waited for a guest; more, and the guests' pace is what was measured."""
LOOK_SECONDS = 0.25
SETTLE_SECONDS = 300.0
"""How long a new process may take until each account has told its provider where to push, and all is planned."""

_SPENT = """
    SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits,
           (SELECT count(*) FROM outbox WHERE state = 'sent' AND purpose = 'reply') AS answers
"""
_UNSETTLED = """
    SELECT EXISTS (SELECT FROM channel_accounts WHERE status NOT IN ('active', 'disabled')) OR EXISTS (
        SELECT FROM stays JOIN triggers ON triggers.hotel_id = stays.hotel_id AND triggers.name = $1
        WHERE stays.booking_status = 'checked_in' AND NOT EXISTS (
            SELECT FROM trigger_firings AS firing WHERE firing.hotel_id = stays.hotel_id
              AND firing.stay_id = stays.id AND firing.trigger_id = triggers.id
        )
    )
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What answers have cost until now: seconds of a core of the product's process, and commits of the database."""

    answers: int
    processor: float
    commits: int

    def for_each(self, before: Spent) -> tuple[float, float]:
        """Return the milliseconds of a core, and the commits, of each answer since then."""
        answers = self.answers - before.answers
        return 1000 * (self.processor - before.processor) / answers, (self.commits - before.commits) / answers


@dataclass(frozen=True, slots=True)
class Stage:
    """The product that serves, and the world that writes to it."""

    bench: Bench
    database: Database
    world: World
    served_by: Running

    def plan(self, streams: Sequence[Stream]) -> Plan:
        """Return a plan of the scale's length for these streams."""
        scale = self.bench.scale
        return Plan(
            port=self.served_by.port,
            streams=tuple(streams),
            connections=CONNECTIONS,
            warm_seconds=min(WARM_SECONDS, scale.seconds),
            window_seconds=scale.seconds,
            windows=scale.rounds,
        )

    async def throughput(self, streams: Sequence[Stream]) -> float:
        """Return the messages per second that went the whole way, as database and provider agree, in the median."""
        tallies = await self.world.play(self.plan(streams))
        check(tallies)
        for tally in tallies:
            if tally.rested > MOST_RESTED * tally.accepted:
                raise Unsound(f"{tally.name}: too few guests for this rate, it was them who rested")
        rate = median([await self._finished(tally) for tally in tallies])
        if not rate:
            raise Unsound("nothing went the whole way")
        return rate

    async def spent(self) -> Spent:
        """Return what was spent until now, by one process."""
        times = psutil.Process(self.served_by.pid).cpu_times()
        async with self.database.connection() as connection:
            row = await connection.fetchrow(_SPENT)
        assert row is not None, "the query always gives a row"
        return Spent(row["answers"], times.user + times.system, row["commits"])

    async def latencies(self, streams: Sequence[Stream]) -> dict[str, list[float]]:
        """Return the seconds from webhook to provider call, by the streams' names."""
        tallies = await self.world.play(self.plan(streams))
        check(tallies)
        took: dict[str, list[float]] = {}
        for tally in tallies:
            took.setdefault(tally.name, []).extend(tally.reply)
        return took

    async def _finished(self, tally: Tally) -> float:
        """Return the rate of one window: the least of handled, recorded as sent, and heard by the provider."""
        moments = [datetime.fromtimestamp(at, UTC) for at in (tally.began, tally.ended)]
        async with self.database.connection() as connection:
            handled = await connection.fetchval(
                "SELECT count(*) FROM inbox_events WHERE state = 'done' AND handled_at >= $1 AND handled_at < $2",
                *moments,
            )
            sent = await connection.fetchval(
                "SELECT count(*) FROM outbox WHERE state = 'sent' AND purpose = 'reply'"
                " AND sent_at >= $1 AND sent_at < $2",
                *moments,
            )
        return float(min(handled, sent, tally.replied)) / (tally.ended - tally.began)


def check(tallies: Sequence[Tally]) -> None:
    """Raise Unsound where messages were refused or stayed without an answer, or there were none."""
    for tally in tallies:
        if tally.refused or tally.unanswered or not tally.accepted:
            what = f"{tally.accepted} accepted, {tally.refused} refused, {tally.unanswered} without an answer"
            raise Unsound(f"{tally.name}: {what}")


@asynccontextmanager
async def stage(bench: Bench, database: Database, *, processes: int = 1) -> AsyncIterator[Stage]:
    """Start so many processes of the product on a database whose hotels are there, and wait until all is quiet."""
    async with AsyncExitStack() as stack:
        outside = await stack.enter_async_context(world())
        environ = environment_of(database) | {"BELLHOP_TELEGRAM_API": outside.provider_url}
        running = await stack.enter_async_context(product(environ, processes=processes))
        await _until_settled(database)
        yield Stage(bench, database, outside, running)


async def _until_settled(database: Database) -> None:
    """Wait until every account is known to work and every stay is planned: what a start costs is no part of what
    follows."""
    async with asyncio.timeout(SETTLE_SECONDS), database.connection() as connection:
        while await connection.fetchval(_UNSETTLED, PLANNED_AT_START):  # noqa: ASYNC110  the database says so
            await asyncio.sleep(LOOK_SECONDS)


def lanes(hotel: Hotel) -> tuple[Lane, ...]:
    """Return a hotel's webhooks with the chats that write there."""
    return tuple(Lane(one.path, one.secret, one.chats.start, len(one.chats)) for one in hotel.accounts)


def busy(hotel: Hotel, in_flight: int) -> list[Stream]:
    """Return the guests of one hotel, so many of whom wait for an answer at any moment."""
    return [Stream("busy", lanes(hotel), in_flight=in_flight)]


def one_each(hotels: Sequence[Hotel], name: str = "many") -> list[Stream]:
    """Return the guests of many hotels, one of whom writes at a time in each."""
    return [Stream(name, lanes(hotel), in_flight=1) for hotel in hotels]


def steadily(streams: Sequence[Stream], per_second: float) -> Stream:
    """Return the same guests, bot by bot in turn, who now write so many messages a second come what may."""
    return Stream(streams[0].name, tuple(lane for one in streams for lane in one.lanes), per_second=per_second)
