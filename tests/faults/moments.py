"""A crew that works for a moment: until nothing is left that it could claim, or until it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from bot.knocks import MemoryKnocks
from bot.storage.claims import Claims
from bot.workers.leases import Leases

LONGEST = 30.0
"""Seconds after which a crew that was not to die counts as stuck."""
SHORT = 0.01
"""Seconds after which a crew that has its hands full looks again."""


class Hands(Leases):
    """Counts what a crew has in hand, and what it ever had."""

    def __init__(self, claims: Claims) -> None:
        super().__init__(claims)
        self.count = self.taken = 0

    @contextmanager
    def chat(self, token: UUID) -> Iterator[None]:
        with super().chat(token), self._counted():
            yield

    @contextmanager
    def outbox(self, token: UUID) -> Iterator[None]:
        with super().outbox(token), self._counted():
            yield

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.count += 1
        self.taken += 1
        try:
            yield
        finally:
            self.count -= 1


class Moment(MemoryKnocks):
    """Ends the work of a crew once it found nothing to claim, for which it waits here, and has nothing in hand."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self.is_over = asyncio.Event()
        self._hands = hands
        self._taken = 0

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109 - the port's own
        await asyncio.sleep(0)  # what was claimed just now is taken in hand
        if not self._hands.count and self._hands.taken == self._taken:
            self.is_over.set()
        self._taken = self._hands.taken
        return await super().wait(topic, 0 if self.is_over.is_set() else SHORT)


async def work_for(seconds: float | None, work: Coroutine[Any, Any, None]) -> None:
    """Let a crew's work go on to its end, or only for so many seconds: then it dies with what it has in hand."""
    working = asyncio.create_task(work)
    _, late = await asyncio.wait({working}, timeout=LONGEST if seconds is None else seconds)
    assert seconds is not None or not late, "a crew never comes to an end"
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
