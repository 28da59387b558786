"""Work that comes one by one and is cheaper together: what comes while a batch is under way goes into the next.

A single piece never waits for others, so it is as fast alone as before; the busier, the larger the batches.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from bot.storage.failures import is_passing

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Result = TypeVar("Result")
Piece = tuple[Item, asyncio.Future[Result]]


class Batches(Generic[Key, Item, Result]):
    """Does `work` for a key's pieces, up to `most` together, one batch of a key at a time.

    `work` returns a result for each piece, in order; an exception among them is raised where that piece was given.
    Where a batch of several fails as a whole, and not for a passing reason, each piece is done alone, so that no
    piece fails for another's sake. A piece whose giver is cancelled before its batch begins is not done at all.
    """

    def __init__(
        self, work: Callable[[Key, Sequence[Item]], Awaitable[Sequence[Result | Exception]]], most: int
    ) -> None:
        self._work = work
        self._most = most
        self._waiting: defaultdict[Key, deque[Piece[Item, Result]]] = defaultdict(deque)
        self._running: dict[Key, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """Give up what is under way."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def do(self, key: Key, item: Item) -> Result:
        """Do one piece, together with what else there is for this key."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[key].append((item, future))
        if key not in self._running:
            # A context of its own: what is logged of a batch is not about the piece that happened to begin it.
            self._running[key] = asyncio.create_task(self._run(key), context=Context())
        return await future

    async def _run(self, key: Key) -> None:
        waiting = self._waiting[key]
        try:
            while batch := self._next(waiting):
                try:
                    results = await self._results(key, [item for item, _ in batch])
                except BaseException:
                    for _, future in batch:
                        future.cancel()
                    raise
                for (_, future), result in zip(batch, results, strict=True):
                    _settle(future, result)
        finally:
            del self._running[key]
            for _, future in self._waiting.pop(key):
                future.cancel()

    def _next(self, waiting: deque[Piece[Item, Result]]) -> list[Piece[Item, Result]]:
        batch: list[Piece[Item, Result]] = []
        while waiting and len(batch) < self._most:
            piece = waiting.popleft()
            if not piece[1].cancelled():
                batch.append(piece)
        return batch

    async def _results(self, key: Key, items: Sequence[Item]) -> Sequence[Result | Exception]:
        try:
            return await self._work(key, items)
        except Exception as error:
            if len(items) == 1 or is_passing(error):
                return [error] * len(items)
        return [result for item in items for result in await self._results(key, [item])]


def _settle(future: asyncio.Future[Result], result: Result | Exception) -> None:
    if future.done():  # its piece was given up meanwhile
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
