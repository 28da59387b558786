"""A loopback HTTP server that answers, breaks as ordered, and writes everything into the history."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson
from aiohttp import web

from bot.errors import ConfigurationError
from bot.simulator.faults import Fault, Faults, How
from bot.simulator.history import History, Kind

_LOOK_AGAIN_SECONDS = 0.05
_MAX_BODY_BYTES = 60 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply before it is written; `body` is any JSON value or ready bytes. `took_effect` tells the history."""

    status: int
    body: Any
    took_effect: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    def render(self) -> web.Response:
        if isinstance(self.body, bytes):
            return web.Response(status=self.status, body=self.body, headers=dict(self.headers))
        return web.Response(
            status=self.status,
            body=orjson.dumps(self.body),
            content_type="application/json",
            headers=dict(self.headers),
        )


class LoopbackSite:
    """An aiohttp application bound to 127.0.0.1; `async with` starts and stops it.

    `setting` is what the port is chosen with. A taken one raises ConfigurationError that names it.
    """

    def __init__(self, app: web.Application, port: int = 0, *, setting: str = "port") -> None:
        self._app = app
        self._port = port
        self._setting = setting
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigurationError(
                f"{self._setting}: can't listen on 127.0.0.1:{self._port} ({error.strerror}): "
                "set a free port, or 0 for any"
            ) from None
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()


@dataclass(frozen=True, slots=True)
class Call:
    """One request, named: who is asked (`account`), for what (`method`), with what (`summary`, for the history)."""

    server: str
    account: str
    method: str
    summary: Mapping[str, Any]


class Stage:
    """Plays one call: history, fault, handling, reply."""

    def __init__(self, history: History, faults: Faults, error: Callable[[int, int | None], Answer]) -> None:
        self._history = history
        self._faults = faults
        self._error = error

    async def play(
        self, request: web.Request, call: Call, handle: Callable[[], Awaitable[Answer]]
    ) -> web.StreamResponse:
        number = self._history.invoke(call.server, call.account, call.method, call.summary)
        fault = self._faults.take(call.account, call.method)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay.total_seconds())
        answer = await handle() if fault is None or fault.took_effect else None
        self._note(call, number, fault, answer)
        if fault is None or fault.how is How.slow:
            assert answer is not None
            return answer.render()
        return await self._break(request, fault, answer)

    def _note(self, call: Call, number: int, fault: Fault | None, answer: Answer | None) -> None:
        told = fault is None or fault.how is How.slow
        kind = Kind.ok if told else Kind.info
        if answer is None or not answer.took_effect:
            kind = Kind.fail
        payload: dict[str, Any] = {"status": answer.status if answer and told else None}
        if answer is not None:
            payload["answer"] = answer.body
        if fault is not None:
            payload["fault"] = fault.how.value
        self._history.end(call.server, call.account, call.method, number, kind, payload)

    async def _break(self, request: web.Request, fault: Fault, answer: Answer | None) -> web.StreamResponse:
        match fault.how:
            case How.answer:
                return self._ordered_answer(fault)
            case How.silence:
                return await _say_nothing(request)
            case How.half_reply:
                assert answer is not None
                return await _half(request, answer.render())
            case How.empty_body:
                return web.Response(status=200)
            case _:
                _reset(request)
                return web.Response()

    def _ordered_answer(self, fault: Fault) -> web.Response:
        response = self._error(fault.status, fault.retry_after).render()
        if fault.body is not None:
            kind = "text/html" if fault.body.lstrip().startswith("<") else "application/json"
            response = web.Response(status=fault.status, text=fault.body, content_type=kind)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response


def application() -> web.Application:
    return web.Application(client_max_size=_MAX_BODY_BYTES)


async def _say_nothing(request: web.Request) -> web.Response:
    # aiohttp has no event for a caller that hangs up.
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return web.Response()


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    body = whole.body if isinstance(whole.body, bytes) else b""
    response = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.content_type})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    # Give the kernel the half before the connection goes: an abort throws away what still waits.
    await asyncio.sleep(0.02)
    _reset(request)
    return response


def _reset(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
