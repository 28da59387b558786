"""A server that speaks the chat completions protocol on loopback, on good days and on bad ones."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "sk-canary-Zq81Lm0pXw72Tn"
CALM = {"sentiment": "neutral", "score": 0.0, "words": [], "intent": "other", "confidence": 0.9}
Act = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class ModelServer:
    """Says `answer` to everything, unless an act is programmed for the next question. Wants `KEY`.

    `answer` may be made from what the model is given. `asked` are the bodies of all questions.
    """

    url: str = ""
    answer: Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]] = field(default_factory=lambda: CALM)
    asked: list[dict[str, Any]] = field(default_factory=list)
    acts: deque[Act] = field(default_factory=deque)
    always: Act | None = None

    def program(self, *acts: Act) -> None:
        """Let the next questions be met so."""
        self.acts.extend(acts)

    @property
    def given(self) -> list[dict[str, Any]]:
        """What the model was given to work on."""
        return [json.loads(body["messages"][-1]["content"]) for body in self.asked]

    def environ(self) -> dict[str, str]:
        """Return the settings of a process that asks this model."""
        return {"BELLHOP_MODEL_URL": self.url, "BELLHOP_MODEL_NAME": "played", "BELLHOP_MODEL_KEY": KEY}

    async def complete(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        act = self.acts.popleft() if self.acts else self.always
        if act is not None:
            return await act(request)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return await refuse_key(request)
        answer = self.answer(self.given[-1]) if callable(self.answer) else self.answer
        return web.json_response(completion(json.dumps(answer)))


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    server = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


def completion(content: str | None, finish_reason: str = "stop") -> dict[str, Any]:
    """Return what the protocol wraps an answer in."""
    message = {"role": "assistant", "content": content}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "played",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100},
    }


def say(content: str | None, finish_reason: str = "stop") -> Act:
    """Answer in the protocol, with any content."""
    return _giving(lambda: web.json_response(completion(content, finish_reason)))


def answer_plainly(body: bytes, status: int = 200, **headers: str) -> Act:
    """Answer with any body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return _giving(lambda: web.Response(body=body, status=status, headers=named))


def choose_nothing() -> Act:
    return _giving(lambda: web.json_response({**completion(""), "choices": []}))


def be_silent(until: asyncio.Event) -> Act:
    """Answer rightly, but not before `until`."""

    async def act(request: web.Request) -> web.StreamResponse:
        await until.wait()
        return web.json_response(completion(json.dumps(CALM)))

    return act


async def trickle(request: web.Request) -> web.StreamResponse:
    """Send a byte now and then, so that no time between two bytes is long."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.01)


async def flood(request: web.Request) -> web.StreamResponse:
    """Send without an end."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 65_536)


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Cut the connection in the midst of an answer."""
    response = web.StreamResponse(headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    assert request.transport is not None, "it is open"
    request.transport.abort()
    return response


async def reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection instead of an answer."""
    assert request.transport is not None, "it is open"
    request.transport.abort()
    return web.Response()


async def refuse_key(request: web.Request) -> web.StreamResponse:
    """Refuse the key, and repeat it, as some servers do."""
    sentence = f"Incorrect API key provided: {request.headers.get('Authorization')}"
    return web.json_response({"error": {"message": sentence, "code": "invalid_api_key"}}, status=401)


def _giving(make: Callable[[], web.Response]) -> Act:
    async def act(request: web.Request) -> web.StreamResponse:
        return make()

    return act
