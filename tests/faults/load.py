"""Guests who write: each message marked, at a steady rate, in an order that the seed decides."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle

from tests.faults.marks import Mark
from tests.faults.town import Guest, Town

COMPLAINT = "The room is filthy and nobody answers"
COMPLAINS_EACH = 40
GREETED_WITHIN = 180.0


@dataclass(slots=True)
class Load:
    """What was written so far; `ends` is told by each fault when it is over."""

    town: Town
    written: Counter[tuple[int, int]] = field(default_factory=Counter)
    faults: list[datetime] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(self.written.values())

    def write(self, guest: Guest, words: str = "") -> Mark:
        """Let a guest write their next message; every fortieth of the town is a complaint."""
        self.written[guest.hotel, guest.chat] += 1
        mark = Mark(guest.hotel, guest.chat, self.written[guest.hotel, guest.chat])
        words = words or (COMPLAINT if self.count % COMPLAINS_EACH == 0 else "hello")
        guest.write(f"{mark} {words}")
        return mark

    async def greet(self) -> None:
        """Let every guest write once, and wait until all of them were answered."""
        for guest in self.town.guests:
            self.write(guest)
        history, wanted = self.town.simulator.history, len(self.town.guests)
        async with asyncio.timeout(GREETED_WITHIN):
            while len(history.of(method="accepted")) < wanted:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.2)

    def note_fault(self) -> None:
        """A fault ends now: what waits recovers from here."""
        self.faults.append(self.town.clock.now())

    @asynccontextmanager
    async def pouring(
        self, messages_a_second: float, guests: list[Guest] | None = None, *, in_turns: bool = False
    ) -> AsyncIterator[None]:
        """Write at this rate while inside: at random, or `in_turns`, so that no answer waits for its chat's pace."""
        chosen = guests or self.town.guests
        writers = cycle(chosen) if in_turns else iter(lambda: self.town.random.choice(chosen), None)
        pouring = asyncio.create_task(self._pour(messages_a_second, writers))
        try:
            yield
        finally:
            pouring.cancel()
            await asyncio.gather(pouring, return_exceptions=True)

    async def _pour(self, rate: float, writers: Iterator[Guest]) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        for writer in writers:
            self.write(writer)
            due += 1 / rate
            await asyncio.sleep(max(due - loop.time(), 0))
