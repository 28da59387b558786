"""Waiting for something to happen, without asking again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A counter that can be awaited; many may wait, nobody misses a step."""

    def __init__(self) -> None:
        self.version = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        """Something changed: wake whoever waits."""
        self.version += 1
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def after(self, seen: int, within: float | None = None) -> bool:
        """Wait until the version is above `seen`; False when `within` seconds passed first."""
        if self.version > seen:
            return True
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(within):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiters.discard(waiter)
        return True

    async def until(self, look: Callable[[], T], within: float = 30.0) -> T:
        """Return the first truthy value of `look`, asked at every change. Raises TimeoutError after `within` s."""
        async with asyncio.timeout(within):
            while True:
                seen = self.version
                if found := look():
                    return found
                await self.after(seen)
