"""What every implementation of Knocks does: in memory, on fakeredis, and on a real Redis where there is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from bot.knocks import Knocks, RedisKnocks, open_knocks
from tests.redis_server import REAL_REDIS, real_redis

Pair = tuple[Knocks, Knocks]


def on(server: FakeServer) -> RedisKnocks:
    return RedisKnocks(FakeAsyncRedis(server=server), FakeAsyncRedis(server=server))


@pytest.fixture(
    params=[
        "memory",
        "fakeredis",
        pytest.param("redis", marks=pytest.mark.skipif(not REAL_REDIS, reason="no TEST_REDIS_URL, no redis-server")),
    ]
)
async def pair(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    """Two ends of the same knocks: one object in memory, two processes' worth through Redis."""
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            knocks = await stack.enter_async_context(open_knocks(None))
            yield knocks, knocks
        elif request.param == "fakeredis":
            server = FakeServer()
            yield await stack.enter_async_context(on(server)), await stack.enter_async_context(on(server))
        else:
            url = await stack.enter_async_context(real_redis(tmp_path))
            ends = open_knocks(url), open_knocks(url)
            yield await stack.enter_async_context(ends[0]), await stack.enter_async_context(ends[1])


async def test_the_one_who_waits_is_woken_when_somebody_knocks(pair: Pair) -> None:
    knocks, _ = pair
    waiting = asyncio.create_task(knocks.wait("inbox", 10))
    await asyncio.sleep(0)
    await knocks.knock("inbox")
    assert await waiting


async def test_waiting_ends_without_a_knock_when_the_time_is_over(pair: Pair) -> None:
    knocks, _ = pair
    began = time.monotonic()
    assert not await knocks.wait("inbox", 0.05)
    assert 0.04 < time.monotonic() - began < 5


async def test_a_knock_is_not_lost_when_it_comes_before_the_waiting(pair: Pair) -> None:
    knocks, _ = pair
    await knocks.knock("inbox")
    assert await knocks.wait("inbox", 0)


async def test_one_knock_wakes_once_when_it_was_heard(pair: Pair) -> None:
    knocks, _ = pair
    await knocks.knock("inbox")
    await knocks.knock("inbox")
    assert await knocks.wait("inbox", 10)
    assert not await knocks.wait("inbox", 0.05)


async def test_nobody_is_woken_when_the_knock_is_for_another_topic(pair: Pair) -> None:
    knocks, _ = pair
    await knocks.knock("outbox")
    assert not await knocks.wait("inbox", 0.05)


async def test_all_are_woken_when_several_wait(pair: Pair) -> None:
    knocks, _ = pair
    waiting = [asyncio.create_task(knocks.wait("inbox", 10)) for _ in range(5)]
    await asyncio.sleep(0)
    await knocks.knock("inbox")
    assert all(await asyncio.gather(*waiting))


async def woken_by(knocking: Knocks, waiting: Knocks) -> None:
    # Listening begins in the background, so the first knocks may come too early.
    async with asyncio.timeout(10):
        while not await waiting.wait("inbox", 0.05):
            await knocking.knock("inbox")


async def test_the_other_end_is_woken_when_one_end_knocks(pair: Pair) -> None:
    one, other = pair
    await woken_by(one, other)
    await woken_by(other, one)
