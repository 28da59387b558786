"""A crew takes claimed work and does it, many pieces at once, until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.errors import LeaseLost
from bot.knocks import Knocks
from bot.storage.failures import AFTER_OUTAGE, is_overload
from bot.telemetry.logs import logger

Work = TypeVar("Work")

POLL = timedelta(milliseconds=250)

log = logger("crew")


async def work_off(
    claim: Callable[[int], Awaitable[Sequence[Work]]],
    work: Callable[[Work], Awaitable[None]],
    *,
    topic: str,
    knocks: Knocks,
    stop: asyncio.Event,
    hands: int,
) -> None:
    """Claim work and do it with up to `hands` pieces at once; return when `stop` is set and all hands are empty.

    An outage of the database is waited out. A lost lease ends its piece of work only; the new holder does it.
    """
    busy: set[asyncio.Task[None]] = set()
    try:
        while not stop.is_set():
            claimed = await _claim(claim, hands - len(busy)) if len(busy) < hands else ()
            busy |= {asyncio.create_task(_do(work, piece)) for piece in claimed}
            if len(busy) >= hands:
                await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
            else:
                # Nothing else could be had; whatever changes that knocks, also while this was being asked.
                await knocks.wait(topic, POLL.total_seconds())
            busy = {task for task in busy if not task.done()}
        if busy:
            await asyncio.wait(busy)
    finally:
        # Cancelled, since it took too long: no piece may outlive the crew and find its database closed.
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


async def _claim(claim: Callable[[int], Awaitable[Sequence[Work]]], limit: int) -> Sequence[Work]:
    try:
        return await claim(limit)
    except Exception as error:
        if not is_overload(error):
            raise
        log.warning("database_unavailable", error=error)
        await asyncio.sleep(AFTER_OUTAGE.total_seconds())
        return ()


async def _do(work: Callable[[Work], Awaitable[None]], piece: Work) -> None:
    try:
        await work(piece)
    except LeaseLost as error:
        log.warning("lease_lost", error=error)
    except Exception as error:
        # One piece of work must not end the others; its lease runs out and it is claimed again.
        if is_overload(error):
            log.warning("work_interrupted", error=error)
        else:
            log.error("work_failed", error=error, exc_info=True)
