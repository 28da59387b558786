"""What Ctrl+C and SIGTERM mean to a command that serves: an end with exit code 0, whenever they come."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from types import FrameType
from typing import Any, NoReturn

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def leave_on_signals() -> None:
    """While starting: end at the next signal by SystemExit(0), so that everything that is open is closed."""
    for number in SIGNALS:
        signal.signal(number, _leave)


def hold_signals() -> None:
    """Let signals pass from now on: what ends is not to be cut short. Children don't inherit this."""
    for number in SIGNALS:
        signal.signal(number, _hold)


def stop_on_signals() -> asyncio.Event:
    """Return an event that the signals set from now on, while the loop runs."""
    stop = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def done_before(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do the work and return True; cancel it and return False when `stop` is set before it is done."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        await working
        return True
    working.cancel()
    await asyncio.wait({working})
    return False


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    hold_signals()
    sys.exit(0)


def _hold(number: int, frame: FrameType | None) -> None:
    """Do nothing: unlike SIG_IGN a function isn't inherited."""
