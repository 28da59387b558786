"""What passes between the bench and the other side of the wire."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from benchmarks.wire.client import Connection
from benchmarks.wire.plan import Lane, Plan, Stream


def test_plan_is_the_same_when_it_has_passed_as_json() -> None:
    stream = Stream("busy", (Lane("/webhooks/telegram/key", "secret", 100, 20),), in_flight=8)
    plan = Plan(1, (stream,), connections=4, warm_seconds=1.0, window_seconds=2.0, windows=3)
    assert Plan.from_json(orjson.loads(orjson.dumps(plan.to_json()))) == plan


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], 200),
        ([b"HTTP/1.1 503 Service", b" Unavailable\r\ncontent-length: 4\r\n\r\nla", b"te"], 503),
    ],
)
async def test_answer_is_understood_when_it_comes_in_pieces(answer: list[bytes], status: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in answer:
            writer.write(piece)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
        assert await connection.post(b"POST / HTTP/1.1\r\n\r\n") == status
        connection.close()
