"""Ends a process whose event loop is hogged. Its work passes to others, and what hogged it is set aside in time."""

from __future__ import annotations

import asyncio
import faulthandler
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

HOGGED = timedelta(seconds=5)
_BEAT = timedelta(seconds=1)


@asynccontextmanager
async def watched(hogged: timedelta = HOGGED) -> AsyncIterator[None]:
    """While inside, end the process when the loop got no turn for `hogged` of its own processor time.

    Processor time, so that one who was suspended or waits for a slow machine is not taken for a hog. The timer and
    the traceback on standard error are C code: they work also where a regular expression holds the interpreter.
    """
    faulthandler.register(signal.SIGVTALRM, chain=True)
    beating = asyncio.create_task(_beat(hogged))
    try:
        yield
    finally:
        beating.cancel()
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        faulthandler.unregister(signal.SIGVTALRM)


async def _beat(hogged: timedelta) -> None:
    while True:
        signal.setitimer(signal.ITIMER_VIRTUAL, hogged.total_seconds())
        await asyncio.sleep(_BEAT.total_seconds())
