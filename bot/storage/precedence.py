"""Who took little goes first: a hotel that took much lately gives way between two statements.

All hotels share one event loop and one server, so that whatever one of them does makes the others wait. A busy hotel
loses little by it: what it waits with goes on in larger batches.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

# What a hotel took counts half as much after so long.
HALF_LIFE_SECONDS = 2.0
# So many statements nobody holds against a hotel: a dozen messages.
ALLOWED = 500
# Who took less than this part of what another took goes before it.
LITTLE = 0.25
# So long a transaction waits for others, all its statements together: it holds its chats meanwhile.
PATIENCE_SECONDS = 0.05

# So many transactions may wait in their midst, so that most connections are there for those they wait for.
MOST_WAITING = 3

# After so many half-lives what is counted is made small again.
_HALF_LIVES = 20
# A float holds no more.
_MOST_HALF_LIVES = 1_000


class Precedence:
    """What each hotel took lately, in statements, and who is at work now. `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at_work: Counter[UUID] = Counter()
        # Nothing is counted down: later statements weigh more instead, twice as much each half-life.
        self._took: defaultdict[UUID, float] = defaultdict(float)
        self._weighs_one_at = monotonic()
        self._somebody_left = asyncio.Event()
        self._waiting = 0

    @contextmanager
    def at_work(self, hotel_id: UUID) -> Iterator[None]:
        """Let those who took more give way to this hotel while inside."""
        self._at_work[hotel_id] += 1
        try:
            yield
        finally:
            self._at_work[hotel_id] -= 1
            if not self._at_work[hotel_id]:
                del self._at_work[hotel_id]
                self._somebody_left.set()

    def turn(self, hotel_id: UUID) -> Turn:
        """Return what one transaction of this hotel counts its statements by."""
        return Turn(self, hotel_id)

    def count(self, hotel_id: UUID) -> None:
        """Count a statement."""
        weight = self._weight()
        if weight >= 2.0**_HALF_LIVES:
            kept = {hotel: took / weight for hotel, took in self._took.items() if took > weight}
            self._took = defaultdict(float, kept)
            self._weighs_one_at, weight = self._monotonic(), 1.0
        self._took[hotel_id] += weight

    def is_outdone(self, hotel_id: UUID) -> bool:
        """Whether somebody is at work who took far less than this hotel, and it more than its due."""
        took = self._took.get(hotel_id, 0.0)
        if took < ALLOWED * self._weight():
            return False
        return any(self._took.get(other, 0.0) < LITTLE * took for other in self._at_work)

    @contextmanager
    def waiting(self) -> Iterator[bool]:
        """Say whether one more transaction may wait in its midst, and count it while inside."""
        self._waiting += 1
        try:
            yield self._waiting <= MOST_WAITING
        finally:
            self._waiting -= 1

    async def somebody_left(self) -> None:
        """Wait until a hotel has ended its work."""
        self._somebody_left.clear()
        await self._somebody_left.wait()

    def _weight(self) -> float:
        half_lives = (self._monotonic() - self._weighs_one_at) / HALF_LIFE_SECONDS
        return math.exp2(min(half_lives, _MOST_HALF_LIVES))


class Turn:
    """The statements of one transaction, which gives way between them as long as it has patience."""

    def __init__(self, precedence: Precedence, hotel_id: UUID) -> None:
        self._precedence = precedence
        self._hotel_id = hotel_id
        self._patience = PATIENCE_SECONDS

    async def wait(self) -> None:
        """Return when the transaction may take a connection."""
        if self._precedence.is_outdone(self._hotel_id):
            await self._give_way()

    async def take(self) -> None:
        """Return when the next statement may run, and count it."""
        if self._patience > 0 and self._precedence.is_outdone(self._hotel_id):
            with self._precedence.waiting() as may_wait:
                if may_wait:
                    await self._give_way()
        self._precedence.count(self._hotel_id)

    async def _give_way(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while self._precedence.is_outdone(self._hotel_id):
                    await self._precedence.somebody_left()
        self._patience -= loop.time() - began
