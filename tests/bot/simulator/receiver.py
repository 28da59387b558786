"""A web server that takes webhooks and answers as told."""

from __future__ import annotations

import json
from typing import Any, Self

from aiohttp import web

from bot.simulator.changes import Changes
from bot.simulator.wire import LoopbackSite


class Receiver:
    """Keeps what was posted; `answers` gives the status of the next replies, 200 once it is used up."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.changes = Changes()
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._site = LoopbackSite(app)

    @property
    def url(self) -> str:
        return f"{self._site.url}/hook"

    async def __aenter__(self) -> Self:
        await self._site.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._site.__aexit__(*exc)

    async def got(self, number: int) -> list[dict[str, Any]]:
        """Wait until this many posts came."""
        await self.changes.until(lambda: len(self.bodies) >= number)
        return self.bodies

    async def _take(self, request: web.Request) -> web.Response:
        self.bodies.append(json.loads(await request.read()))
        self.headers.append(dict(request.headers))
        self.changes.tell()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)
