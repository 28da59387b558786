"""Bad weather on a connection: latency, cuts, resets, a black hole, slicing, and little bandwidth."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tests.proxies import Link, Proxy


class Cut(StrEnum):
    """When a request is cut: before the server has any of it, or once the server has answered."""

    before = "before the write"
    after = "after the write"


@dataclass(slots=True)
class Weather:
    """What every connection goes through, both ways; changes hold at once, for what is under way, too."""

    latency: timedelta = timedelta()
    bytes_a_second: int = 0
    """0: as many as there are."""
    slice_bytes: int = 0
    """0: in one piece."""
    is_black_hole: bool = False
    """Nothing passes and nobody is told; what was said comes out at the end of it."""

    @property
    def is_calm(self) -> bool:
        return not (self.latency or self.bytes_a_second or self.slice_bytes or self.is_black_hole)


class ChaosProxy(Proxy):
    """Passes everything on through its `weather`, and cuts requests when told to."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.weather = Weather()
        self._cleared = asyncio.Event()
        self._cuts: deque[Cut] = deque()

    def link(self) -> Link:
        return _ChaosLink(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def change(self, weather: Weather) -> None:
        """Let the weather change."""
        self.weather = weather
        cleared, self._cleared = self._cleared, asyncio.Event()
        cleared.set()

    def cut_next(self, cut: Cut, times: int = 1) -> None:
        """Reset the connection of the next request, so many times."""
        self._cuts.extend([cut] * times)

    def next_cut(self) -> Cut | None:
        """Take the next cut that was ordered."""
        return self._cuts.popleft() if self._cuts else None

    async def clearing(self) -> None:
        """Wait until things can pass."""
        while self.weather.is_black_hole:
            await self._cleared.wait()


class _ChaosLink(Link):
    def __init__(self, proxy: ChaosProxy) -> None:
        super().__init__(proxy)
        self._chaos = proxy
        self._out = _Pipe(proxy, self.tell_server)
        self._back = _Pipe(proxy, self.tell_client)
        self._cuts_answer = False

    def asked(self, data: bytes) -> None:
        match None if self._cuts_answer else self._chaos.next_cut():
            case Cut.before:
                self.cut()
                return
            case Cut.after:
                self._cuts_answer = True
        self._out.write(data)

    def answered(self, data: bytes) -> None:
        if self._cuts_answer:
            self.cut()
        else:
            self._back.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._out.close()
        self._back.close()


class _Pipe:
    """One direction of a connection: in order, at once in calm weather."""

    def __init__(self, proxy: ChaosProxy, deliver: Callable[[bytes], None]) -> None:
        self._proxy = proxy
        self._deliver = deliver
        self._waiting: deque[bytes] = deque()
        self._pumping: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        if self._proxy.weather.is_calm and self._pumping is None:
            self._deliver(data)
            return
        self._waiting.append(data)
        if self._pumping is None:
            self._pumping = asyncio.create_task(self._pump())

    def close(self) -> None:
        if self._pumping is not None:
            self._pumping.cancel()

    async def _pump(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._proxy.weather.latency.total_seconds())
            data = self._waiting.popleft()
            size = self._proxy.weather.slice_bytes or len(data)
            for start in range(0, len(data), size):
                await self._pass(data[start : start + size])
        self._pumping = None

    async def _pass(self, piece: bytes) -> None:
        await self._proxy.clearing()
        rate = self._proxy.weather.bytes_a_second
        await asyncio.sleep(len(piece) / rate if rate else 0)
        self._deliver(piece)
