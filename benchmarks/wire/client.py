"""A lean HTTP/1.1 client for one host: the player must cost the machine less than what it measures."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Connection(asyncio.Protocol):
    """One kept connection; one request at a time. Understands what our own server answers: a length, a small body."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_END)
        if end and len(body) >= _length(head) and self._answer is not None and not self._answer.done():
            self._received = b""
            self._answer.set_result(int(head[9:12]))

    async def post(self, request: bytes) -> int:
        """Send a whole request and return the answer's status."""
        if self._transport is None:
            raise ConnectionResetError("the connection is closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Connections:
    """So many connections to one server, each used by one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._free: deque[Connection] = deque()
        self._turn = asyncio.Semaphore(0)

    async def open(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(number):
            _, connection = await loop.create_connection(Connection, self._host, self._port)
            self._free.append(connection)
            self._turn.release()

    async def post(self, path: str, secret: str, body: bytes) -> int:
        """Post a webhook's body and return the status."""
        request = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        async with self._turn:
            connection = self._free.popleft()
            try:
                return await connection.post(request)
            finally:
                self._free.append(connection)

    def close(self) -> None:
        for connection in self._free:
            connection.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            return int(line[len(_LENGTH) :])
    return 0
