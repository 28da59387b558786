"""Wakes up who waits for work: within a process, and through Redis between processes.

A knock says only "look now". Whoever waits looks again anyway when its poll interval is over, so a lost knock
costs that interval and nothing else, and a spare knock costs one look.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.telemetry import logger

BUDGET_SECONDS = 0.2
BREAK_SECONDS = 5.0

_PREFIX = "bellhop:knock:"
_PONG_SECONDS = 1.0
_RECONNECT_SECONDS = 1.0

_log = logger("knocks")


class Knocks(Protocol):
    """Topics are words of ours, such as `inbox`."""

    async def knock(self, topic: str) -> None:
        """Wake everybody who waits for the topic, or the next one who will. Never fails, never blocks."""
        ...

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109 - the port's own deadline
        """Wait for a knock, at most `timeout` seconds; say whether there was one. Never fails."""
        ...


class MemoryKnocks:
    """Knocks within one process and event loop."""

    def __init__(self) -> None:
        self._knocked: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def knock(self, topic: str) -> None:
        self._knocked[topic].set()

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109 - the port's own deadline
        knocked = self._knocked[topic]
        try:
            async with asyncio.timeout(timeout):
                await knocked.wait()
        except TimeoutError:
            return False
        knocked.clear()
        return True


class RedisKnocks:
    """Knocks between processes by publish and subscribe; within the process they don't need Redis.

    `publisher` and `listener` are two clients, since a listening connection can't do anything else. When a
    publish fails, none is tried for `BREAK_SECONDS`; after `silence_seconds` without a word the listener asks
    whether Redis is still there. Use as `async with`; the clients are closed with it.
    """

    def __init__(
        self,
        publisher: Redis,
        listener: Redis,
        monotonic: Callable[[], float] = time.monotonic,
        silence_seconds: float = 5.0,
    ) -> None:
        self._publisher = publisher
        self._listener = listener
        self._monotonic = monotonic
        self._silence_seconds = silence_seconds
        self._here = MemoryKnocks()
        self._name = secrets.token_hex(8).encode()
        self._closed_until = 0.0
        self._is_listening = True

    async def __aenter__(self) -> RedisKnocks:
        self._listening = asyncio.create_task(self._listen_for_ever())
        return self

    async def __aexit__(self, *_: object) -> None:
        # Where it meets the end of a wait within the client, Python 3.11 loses a cancellation.
        while not self._listening.done():
            self._listening.cancel()
            await asyncio.wait({self._listening}, timeout=BUDGET_SECONDS)
        for client in (self._publisher, self._listener):
            with contextlib.suppress(Exception):
                async with asyncio.timeout(BUDGET_SECONDS):
                    await client.aclose()

    async def knock(self, topic: str) -> None:
        await self._here.knock(topic)
        if self._monotonic() < self._closed_until:
            return
        try:
            async with asyncio.timeout(BUDGET_SECONDS):
                await self._publisher.publish(f"{_PREFIX}{topic}", self._name)
        except Exception as error:  # whatever answers at that address, the caller's work goes on
            self._closed_until = self._monotonic() + BREAK_SECONDS
            _log.warning("knock_not_published", error=error)

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109 - the port's own deadline
        return await self._here.wait(topic, timeout)

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:  # as above; and nobody else would notice that listening ended
                if self._is_listening:
                    _log.warning("knocks_not_heard", error=error)
                self._is_listening = False
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with self._listener.pubsub() as heard:
            async with asyncio.timeout(_PONG_SECONDS):
                await heard.psubscribe(f"{_PREFIX}*")
            while True:
                await self._hear(await self._next_message(heard))

    async def _next_message(self, heard: PubSub) -> dict[str, Any]:
        """Return the next message. Raises TimeoutError when a silent connection doesn't even answer a ping."""
        message: dict[str, Any] | None = await heard.get_message(timeout=self._silence_seconds)
        if message is None:
            async with asyncio.timeout(_PONG_SECONDS):
                await heard.ping()
                while message is None:
                    message = await heard.get_message(timeout=None)
        return message

    async def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "psubscribe" and not self._is_listening:
            self._is_listening = True
            _log.warning("knocks_heard_again")
        if message["type"] == "pmessage" and message["data"] != self._name:
            await self._here.knock(message["channel"].decode("utf-8", "replace").removeprefix(_PREFIX))


@contextlib.asynccontextmanager
async def _in_memory() -> AsyncIterator[Knocks]:
    yield MemoryKnocks()


def open_knocks(
    redis_url: str | None, monotonic: Callable[[], float] = time.monotonic
) -> AbstractAsyncContextManager[Knocks]:
    """Return what `async with` turns into knocks: through Redis when there is an address, else in-process.

    An unreachable Redis stops nothing: it is tried again and again.
    """
    if redis_url is None:
        return _in_memory()
    return RedisKnocks(_client(redis_url, BUDGET_SECONDS), _client(redis_url, None), monotonic)


def _client(url: str, read_seconds: float | None) -> Redis:
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=4,
        timeout=BUDGET_SECONDS,
        socket_connect_timeout=BUDGET_SECONDS,
        socket_timeout=read_seconds,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)
