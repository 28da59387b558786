from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from bot.cli.signals import done_before, hold_signals, leave_on_signals, stop_on_signals


async def test_does_the_work_to_its_end_when_nobody_stops_it() -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    assert await done_before(asyncio.Event(), work())
    assert done.is_set()


async def test_cancels_the_work_and_waits_for_it_when_it_is_stopped() -> None:
    stop, cleaned = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        try:
            stop.set()
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    assert not await done_before(stop, hang())
    assert cleaned.is_set()


async def test_says_why_when_the_work_fails() -> None:
    async def fail() -> None:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        await done_before(asyncio.Event(), fail())


@pytest.fixture
def signals_kept() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals_kept")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_leaves_with_0_at_the_first_signal_and_lets_the_next_pass_when_it_starts(number: int) -> None:
    leave_on_signals()
    with pytest.raises(SystemExit) as left:
        os.kill(os.getpid(), number)
    assert left.value.code == 0
    os.kill(os.getpid(), number)


@pytest.mark.usefixtures("signals_kept")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sets_the_event_when_a_signal_comes_while_it_runs(number: int) -> None:
    async def run() -> None:
        stop = stop_on_signals()
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await stop.wait()

    hold_signals()
    asyncio.run(run())
