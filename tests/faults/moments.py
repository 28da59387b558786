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
    """Counts what a crew has in hand."""

    def __init__(self, claims: Claims) -> None:
        super().__init__(claims)
        self.count = 0

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
        try:
            yield
        finally:
            self.count -= 1


class Moment(MemoryKnocks):
    """Ends the work of a crew once it finds nothing to claim, for which it waits here, and has nothing in hand."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self.is_over = asyncio.Event()
        self._hands = hands

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109 - the port's own
        if not self._hands.count:
            self.is_over.set()
        return await super().wait(topic, 0 if self.is_over.is_set() else SHORT)


async def work_for(seconds: float | None, work: Coroutine[Any, Any, None]) -> None:
    """Let a crew's work go on to its end, or only for so many seconds: then it dies with what it has in hand."""
    working = asyncio.create_task(work)
    _, late = await asyncio.wait({working}, timeout=LONGEST if seconds is None else seconds)
    assert seconds is not None or not late, "a crew never comes to an end"
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
