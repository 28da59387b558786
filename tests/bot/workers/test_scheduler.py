from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.workers.scheduler import Scheduler

OFTEN = timedelta(milliseconds=10)
PATIENCE = 10


class Tick:
    """Counts its runs, and how many were at once; each waits for `let_go`."""

    def __init__(self) -> None:
        self.runs = self.now = self.most = 0
        self.let_go = asyncio.Event()
        self.let_go.set()
        self._more = asyncio.Condition()

    async def __call__(self) -> None:
        self.runs += 1
        self.now += 1
        self.most = max(self.most, self.now)
        async with self._more:
            self._more.notify_all()
        try:
            await self.let_go.wait()
        finally:
            self.now -= 1

    async def ran(self, times: int) -> None:
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(lambda: self.runs >= times)


async def test_runs_at_once_and_again_when_it_is_entered() -> None:
    tick, rare = Tick(), Tick()
    async with Scheduler({"often": (OFTEN, tick), "rare": (timedelta(hours=1), rare)}):
        await rare.ran(1)
        await tick.ran(5)
    assert rare.runs == 1


async def test_runs_never_twice_at_once_and_says_nothing_when_a_tick_takes_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow, other = Tick(), Tick()
    slow.let_go.clear()
    with caplog.at_level(logging.WARNING):
        async with Scheduler({"slow": (OFTEN, slow), "other": (OFTEN, other)}):
            await slow.ran(1)
            await other.ran(20)
            slow.let_go.set()
            await slow.ran(3)
    assert slow.most == 1
    assert caplog.records == []


async def test_runs_before_its_turn_when_it_has_said_that_it_must() -> None:
    tick = Tick()

    async def hurried() -> timedelta | None:
        await tick()
        return OFTEN if tick.runs < 3 else None

    async with Scheduler({"hurried": (timedelta(hours=1), hurried)}):
        await tick.ran(3)
    assert tick.runs == 3


async def test_goes_on_when_a_tick_fails() -> None:
    failing, other = Tick(), Tick()

    async def fail() -> None:
        await failing()
        raise OSError("gone") if failing.runs == 1 else ValueError("ours")

    with capture_logs() as logs:
        async with Scheduler({"failing": (OFTEN, fail), "other": (OFTEN, other)}):
            await failing.ran(3)
            await other.ran(3)
    assert [(line["log_level"], line["task"]) for line in logs[:2]] == [("warning", "failing"), ("error", "failing")]


async def test_leaves_nothing_running_when_it_is_left() -> None:
    tick = Tick()
    tick.let_go.clear()
    async with Scheduler({"stuck": (OFTEN, tick)}):
        await tick.ran(1)
    assert tick.now == 0
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("tick ")]
