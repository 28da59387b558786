"""What the proxy does to a connection is what it was told to do, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.faults.chaos import ChaosProxy, Cut, Weather

WORDS = b"What is the wifi password?" * 40


@pytest.fixture
async def heard() -> list[bytes]:
    """What reached the server."""
    return []


@pytest.fixture
async def proxy(heard: list[bytes]) -> AsyncIterator[ChaosProxy]:
    """The way to a server that says what it hears."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            heard.append(data)
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, ChaosProxy("127.0.0.1", server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


class Caller:
    """One connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def calling(cls, proxy: ChaosProxy) -> Caller:
        return cls(*await asyncio.open_connection("127.0.0.1", proxy.port))

    async def ask(self) -> bytes:
        self.writer.write(WORDS)
        return await self.reader.readexactly(len(WORDS))

    async def is_cut(self) -> bool:
        try:
            return await self.reader.read(1) == b""
        except ConnectionResetError:
            return True


@pytest.mark.parametrize(
    "weather",
    [
        Weather(),
        Weather(latency=timedelta(milliseconds=1)),
        Weather(slice_bytes=7),
        Weather(bytes_a_second=1_000_000),
    ],
)
async def test_everything_arrives_in_order_when_the_weather_only_holds_it_up(
    proxy: ChaosProxy, weather: Weather, heard: list[bytes]
) -> None:
    proxy.change(weather)
    caller = await Caller.calling(proxy)
    assert await caller.ask() == WORDS
    assert b"".join(heard) == WORDS
    caller.writer.close()


async def test_nothing_passes_until_a_black_hole_is_over(proxy: ChaosProxy, heard: list[bytes]) -> None:
    proxy.change(Weather(is_black_hole=True))
    caller = await Caller.calling(proxy)
    asked = asyncio.create_task(caller.ask())
    await asyncio.wait([asked], timeout=0.05)
    assert not heard
    assert not asked.done()
    proxy.change(Weather())
    assert await asked == WORDS
    caller.writer.close()


@pytest.mark.parametrize(("cut", "arrives"), [(Cut.before, False), (Cut.after, True)])
async def test_connection_is_cut_on_the_right_side_of_the_write(
    proxy: ChaosProxy, heard: list[bytes], cut: Cut, arrives: bool
) -> None:
    proxy.cut_next(cut)
    caller = await Caller.calling(proxy)
    caller.writer.write(WORDS)
    assert await caller.is_cut()
    assert bool(heard) is arrives
    caller.writer.close()
    again = await Caller.calling(proxy)
    assert await again.ask() == WORDS
    again.writer.close()


async def test_caller_finds_nobody_when_nobody_is_behind_the_proxy(proxy: ChaosProxy) -> None:
    proxy.upstream = ("127.0.0.1", 1)
    caller = await Caller.calling(proxy)
    assert await caller.is_cut()
    caller.writer.close()
