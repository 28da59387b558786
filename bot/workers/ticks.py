"""What the scheduler wakes. Each tick goes from hotel to hotel, and one hotel's failure is not another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from asyncpg import PostgresError

from bot.clock import Clock
from bot.doubts import Doubts
from bot.inbox import TOPIC as INBOX_TOPIC
from bot.knocks import Knocks
from bot.outbox import TOPIC as OUTBOX_TOPIC
from bot.storage.failures import is_in_use
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import bound, logger
from models.base import new_id
from triggers.engine import Engine

MONTHS_AHEAD = timedelta(days=92)
DUE_AT_ONCE = 250
FORGOTTEN_AT_ONCE = 1_000
# Messages that are in use just now are so for moments; a backup of them takes minutes.
IN_USE = timedelta(minutes=1)
MOST_SKEW = timedelta(days=1)
# So many turns are had at once: while one waits for the database, another decides.
HANDS = 2
# A hotel with very many firings has as many of its turns before it is looked who else has some.
MOST_TURNS = 10
# Longer than it takes until the next look; what is due within this time is waited for to the moment.
SOON = timedelta(seconds=1)

log = logger("ticks")


class Ticks:
    """The house's own regular work."""

    def __init__(self, database: Database, engine: Engine, doubts: Doubts, clock: Clock, knocks: Knocks) -> None:
        self._database = database
        self._engine = engine
        self._doubts = doubts
        self._clock = clock
        self._knocks = knocks

    async def fire_due(self) -> timedelta | None:
        """Fire what is due; return in how long more will be, where that is soon."""
        now = self._clock.now()
        due = await self._database.claims.due_firings(now, now + SOON)
        turns = _turns(due.numbers)
        async with asyncio.TaskGroup() as hands:
            for _ in range(HANDS if due.numbers else 0):
                hands.create_task(self._take(turns))
        if any(number > MOST_TURNS * DUE_AT_ONCE for number in due.numbers.values()):
            return timedelta()
        return due.next_at - self._clock.now() if due.next_at else None

    async def _take(self, turns: Iterator[UUID]) -> None:
        for hotel_id in turns:
            async with _apart(hotel_id, "fire_due"):
                await self._fire_due_in(hotel_id)

    async def _fire_due_in(self, hotel_id: UUID) -> None:
        async with self._database.unit(hotel_id) as uow:
            settled = await self._engine.fire_due(uow, DUE_AT_ONCE)
        if settled:
            await self._knocks.knock(OUTBOX_TOPIC)

    async def release_orphans(self) -> None:
        """Let others take over at once what dead processes held."""
        if released := await self._database.claims.release_orphans():
            log.warning("orphans_released", number=released)
            await self._mark_stale()
            await self._knocks.knock(INBOX_TOPIC)
            await self._knocks.knock(OUTBOX_TOPIC)

    async def settle_doubts(self) -> None:
        """Find what a dead worker left in the middle of sending, and settle it.

        A provider may take long to answer what became of a message; meanwhile it goes on for all other accounts.
        """
        looking: dict[UUID, asyncio.Task[None]] = {}
        try:
            while True:
                await self._mark_stale()
                for account_id, hotel_id in (await self._database.claims.accounts_with_open_doubts()).items():
                    if account_id not in looking:
                        looking[account_id] = asyncio.create_task(self._look_into(hotel_id, account_id))
                if looking:
                    await asyncio.wait(looking.values(), timeout=SOON.total_seconds())
                looking = {account_id: task for account_id, task in looking.items() if not task.done()}
                if not looking:
                    return
        finally:
            for task in looking.values():
                task.cancel()
            await asyncio.gather(*looking.values(), return_exceptions=True)

    async def _look_into(self, hotel_id: UUID, account_id: UUID) -> None:
        async with _apart(hotel_id, "look_into"):
            await self._doubts.look_into(hotel_id, account_id)

    async def _mark_stale(self) -> None:
        for hotel_id in await self._database.claims.hotels_with_stale_sends():
            async with _apart(hotel_id, "mark_stale"):
                await self._doubts.mark_stale(hotel_id)

    async def plan_ahead(self) -> None:
        """Let crontab rules see a day further."""
        hotels: Iterable[UUID] = (await self._database.claims.hotels()).values()
        for hotel_id in hotels:
            async with _apart(hotel_id, "plan_ahead"), self._database.unit(hotel_id) as uow:
                await self._engine.plan_hotel(uow, new_id().hex)

    async def forget_questions(self) -> None:
        """Forget what guests asked a season ago and nobody answered."""
        hotels: Iterable[UUID] = (await self._database.claims.hotels()).values()
        for hotel_id in hotels:
            async with _apart(hotel_id, "forget_questions"), self._database.unit(hotel_id) as uow:
                await uow.questions.forget_old(self._clock.now())

    async def make_partitions(self) -> timedelta | None:
        """Make this month's partition of messages and those of the next three; return in how long to try again where
        messages are in use. Until then they are kept in the default partition."""
        today = self._clock.now().date()
        async with _giving_way() as gave_way:
            await self._database.claims.ensure_partitions(today, today + MONTHS_AHEAD)
        return IN_USE if gave_way.is_set() else None

    async def forget_old(self, kept_months: int) -> timedelta | None:
        """Forget what was written before the last so many whole months, little at a time; return in how long to go on
        where there may be more.

        By a clock that is wrong, messages of today are written into months of the past: nothing is forgotten then.
        """
        claims = self._database.claims
        skew = abs(await claims.database_time() - self._clock.now())
        if skew > MOST_SKEW:
            log.error("nothing_forgotten", reason="this machine and the database are days apart", skew=str(skew))
            return None
        forgotten = 0
        for hotel_id in (await claims.hotels()).values():
            async with _apart(hotel_id, "forget_old"):
                forgotten += await claims.forget_old(hotel_id, kept_months, FORGOTTEN_AT_ONCE)
        month = None
        async with _giving_way() as gave_way:
            month = await claims.drop_oldest_month(kept_months)
        if month:
            log.info("month_forgotten", month=f"{month:%Y-%m}")
        if month or forgotten:
            return SOON
        return IN_USE if gave_way.is_set() else None


def _turns(due: Mapping[UUID, int]) -> Iterator[UUID]:
    """Give each hotel a turn for every so many of its firings; none has its next before all others had theirs."""
    for turn in range(MOST_TURNS):
        yield from (hotel_id for hotel_id, number in due.items() if number > turn * DUE_AT_ONCE)


@asynccontextmanager
async def _giving_way() -> AsyncIterator[asyncio.Event]:
    """Let a change of the months fail while others use messages for long; the event says that it did."""
    gave_way = asyncio.Event()
    try:
        yield gave_way
    except PostgresError as error:
        if not is_in_use(error):
            raise
        log.warning("months_in_use", error=error)
        gave_way.set()


@asynccontextmanager
async def _apart(hotel_id: UUID, task: str) -> AsyncIterator[None]:
    """Log what fails in one hotel, so that the others get their turn; the next tick tries it again."""
    with bound(hotel_id=hotel_id):
        try:
            yield
        except Exception as error:
            log.error("tick_failed", task=task, error=error)
