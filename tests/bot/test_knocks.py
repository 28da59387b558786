"""What a dead, silent, mistaken or mended Redis costs: never the caller's time, never its work."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from redis.asyncio import Redis

from bot.knocks import BREAK_SECONDS, BUDGET_SECONDS, Knocks, RedisKnocks, open_knocks
from tests.redis_server import REDIS_PROGRAM, started_redis


class Line:
    """A wire to a Redis that can be cut or go silent."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.is_silent = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._losses = asyncio.Event()

    async def __aenter__(self) -> Line:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def mend(self) -> None:
        self.is_silent = False
        if not self._server.is_serving():
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def cut(self) -> None:
        self._server.close()
        for writer in tuple(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target_reader, target_writer = await asyncio.open_unix_connection(str(self.target))
        self._writers |= {writer, target_writer}
        await asyncio.gather(self._carry(reader, target_writer), self._carry(target_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                if not self.is_silent:
                    writer.write(data)
        except OSError:
            return
        finally:
            writer.close()
            self._losses.set()

    async def lost_one(self) -> None:
        """Wait until somebody gives a connection up."""
        self._losses.clear()
        async with asyncio.timeout(30):
            await self._losses.wait()


class Answering:
    """A server that isn't a Redis: it answers every connection with the same bytes, or with nothing."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.connections = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Answering:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        if self.answer:
            writer.write(self.answer)


async def knock_quickly(knocks: Knocks) -> None:
    began = time.monotonic()
    await knocks.knock("inbox")
    assert time.monotonic() - began < BUDGET_SECONDS + 0.5
    assert await knocks.wait("inbox", 0), "the own process hears its knocks without Redis"


async def test_the_caller_goes_on_when_nobody_listens_at_the_address(unused_port: int) -> None:
    async with open_knocks(f"redis://127.0.0.1:{unused_port}/0") as knocks:
        for _ in range(3):
            await knock_quickly(knocks)


@pytest.fixture
async def unused_port() -> int:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    return port


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\x00\r\n", b"$99999999\r\n", b"%1\r\n"]
)
async def test_the_caller_goes_on_when_something_else_answers(answer: bytes) -> None:
    async with Answering(answer) as server, open_knocks(f"redis://127.0.0.1:{server.port}/0") as knocks:
        for _ in range(3):
            await knock_quickly(knocks)


async def test_redis_is_left_alone_for_a_while_when_it_did_not_answer() -> None:
    now = 0.0
    async with Answering(b"") as server:
        knocks = open_knocks(f"redis://127.0.0.1:{server.port}/0", lambda: now)
        assert isinstance(knocks, RedisKnocks)  # not entered: only the publisher's connections are counted
        await knocks.knock("inbox")
        assert server.connections == 1
        await knocks.knock("inbox")
        assert server.connections == 1
        now = BREAK_SECONDS
        await knocks.knock("inbox")
        assert server.connections == 2


@pytest.mark.skipif(REDIS_PROGRAM is None, reason="there is no redis-server")
@pytest.mark.parametrize("is_silent", [False, True], ids=["cut", "silent"])
async def test_the_ends_hear_each_other_again_when_the_line_was_mended(tmp_path: Path, is_silent: bool) -> None:
    async with started_redis(tmp_path) as socket, Line(socket) as line:
        address, hurried = f"redis://127.0.0.1:{line.port}/0", itertools.count(step=BREAK_SECONDS)
        async with open_knocks(address, hurried.__next__) as one, open_knocks(address, hurried.__next__) as other:
            await woken_by(one, other)
            if is_silent:
                line.is_silent = True
            else:
                await line.cut()
            await knock_quickly(one)
            await knock_quickly(other)
            await line.mend()
            await woken_by(one, other)
            await woken_by(other, one)


async def woken_by(knocking: Knocks, waiting: Knocks) -> None:
    async with asyncio.timeout(30):
        while not await waiting.wait("inbox", 0.05):
            await knocking.knock("inbox")


@pytest.mark.skipif(REDIS_PROGRAM is None, reason="there is no redis-server")
async def test_a_line_is_given_up_and_taken_anew_when_it_is_silent_even_to_a_ping(tmp_path: Path) -> None:
    async with started_redis(tmp_path) as socket, Line(socket) as line:
        client = Redis(port=line.port), Redis(port=line.port)
        async with open_knocks(f"unix://{socket}") as one, RedisKnocks(*client, silence_seconds=0.05) as other:
            await woken_by(one, other)
            line.is_silent = True
            await line.lost_one()
            line.is_silent = False
            await woken_by(one, other)


async def test_listening_goes_on_when_nobody_knocks_for_long() -> None:
    server = FakeServer()
    quiet = RedisKnocks(FakeAsyncRedis(server=server), FakeAsyncRedis(server=server), silence_seconds=0.001)
    async with quiet, RedisKnocks(FakeAsyncRedis(server=server), FakeAsyncRedis(server=server)) as other:
        await woken_by(other, quiet)
        assert not await quiet.wait("inbox", 0.1)
        await woken_by(other, quiet)
