"""The Bot API over HTTP, as Telegram documents it, on loopback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.simulator.changes import Changes
from bot.simulator.faults import Faults
from bot.simulator.history import History
from bot.simulator.pace import Pace, Rate
from bot.simulator.telegram.acts import People
from bot.simulator.telegram.bot_methods import BotMethods
from bot.simulator.telegram.memory import Memory
from bot.simulator.telegram.methods import ChatMethods
from bot.simulator.telegram.params import Params, read_params
from bot.simulator.telegram.people import Bot, Wire
from bot.simulator.telegram.pusher import Pusher
from bot.simulator.telegram.refusal import Refused, ordered
from bot.simulator.telegram.state import State
from bot.simulator.wire import Answer, Call, LoopbackSite, Stage, application

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_PER_BOT = Rate(30, timedelta(seconds=1))
_PER_CHAT = Rate(1, timedelta(seconds=1))
_PER_GROUP = Rate(20, timedelta(minutes=1))


class TelegramServer(People):
    """Bots, people and their chats; `async with` binds it to 127.0.0.1.

    `wire_second` is how long a second of the provider's own waiting lasts here: of a long poll and of the
    gaps between webhook attempts. Everything that is a date goes by the clock. `pace.enabled` switches
    the real limits on; `faults` takes what shall go wrong; `memory` what was said before.
    """

    def __init__(
        self,
        clock: Clock,
        history: History,
        changes: Changes,
        *,
        port: int = 0,
        wire_second: float = 1.0,
        first_id: int = 1,
    ) -> None:
        super().__init__(State(clock, history, changes, first_id))
        self.memory = Memory(self._state)
        self.faults = Faults()
        self.pace = Pace(clock)
        self._history = history
        self._second = wire_second
        self._stage = Stage(history, self.faults, ordered)
        self._bot_methods = BotMethods(self._state)
        self._chat_methods = ChatMethods(self._state)
        app = application()
        app.router.add_route("*", r"/bot{token}/{method}", self._serve)
        app.router.add_get(r"/file/bot{token}/files/{file_id}", self._serve_file)
        self._site = LoopbackSite(app, port, setting="--telegram-port")
        self._stack = AsyncExitStack()
        self._pushers: dict[int, asyncio.Task[None]] = {}
        self._closing = False

    @property
    def url(self) -> str:
        return self._site.url

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._site)
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._closing = True
        for updates in self._state.updates.values():
            updates.news.tell()
        for pusher in self._pushers.values():
            pusher.cancel()
        await asyncio.gather(*self._pushers.values(), return_exceptions=True)
        await self._stack.aclose()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"]
        bot = self._bot_of(token)
        if bot is None:
            # The public server tells a token of the wrong shape from one it doesn't know.
            return Refused(401 if _TOKEN.fullmatch(token) else 404).answer().render()
        try:
            params = await read_params(request)
        except Refused as refused:
            return refused.answer().render()
        call = Call("telegram", bot.account, method, params.summary())
        return await self._stage.play(request, call, lambda: self._handle(request, bot, method.lower(), params))

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        bot = self._bot_of(request.match_info["token"])
        content = self._state.files.get(request.match_info["file_id"])
        if bot is None or content is None:
            return Refused(404).answer().render()
        return web.Response(body=content, content_type="application/octet-stream")

    def _bot_of(self, token: str) -> Bot | None:
        return next((bot for bot in self._state.bots.values() if bot.token == token), None)

    async def _handle(self, request: web.Request, bot: Bot, method: str, params: Params) -> Answer:
        try:
            if method == "getupdates":
                return Answer(200, {"ok": True, "result": await self._get_updates(request, bot, params)})
            handler = self._find(method)
            self._check_pace(bot, method, params)
            result = handler(bot, params)
        except Refused as refused:
            return refused.answer()
        if method == "setwebhook":
            self._start_pusher(bot)
        return Answer(200, {"ok": True, "result": result})

    def _find(self, method: str) -> Callable[[Bot, Params], Any]:
        if not method.startswith("_"):
            for methods in (self._bot_methods, self._chat_methods):
                if method.isalpha() and hasattr(methods, method):
                    handler: Callable[[Bot, Params], Any] = getattr(methods, method)
                    return handler
        raise Refused(404, "method not found")

    def _check_pace(self, bot: Bot, method: str, params: Params) -> None:
        if not method.startswith(("send", "edit")):
            return
        chat_id = params.text("chat_id")
        chat = _PER_GROUP if chat_id.startswith("-") else _PER_CHAT
        seconds = self.pace.retry_after({bot.id: _PER_BOT, (bot.id, chat_id): chat})
        if seconds is not None:
            raise Refused(429, f"retry after {seconds}", retry_after=seconds)

    async def _get_updates(self, request: web.Request, bot: Bot, params: Params) -> list[Wire]:
        updates = self._state.updates[bot.id]
        poller = updates.start_poll()
        self._bot_methods.allow_updates(bot, params)
        updates.move_offset(params.integer("offset"))
        limit = min(max(params.integer("limit", 100), 1), 100)
        timeout = min(max(params.integer("timeout"), 0), 50) * self._second
        ends = asyncio.get_running_loop().time() + timeout
        while True:
            updates.check_poller(poller)
            if self._bot_of(bot.token) is None:
                raise Refused(401)
            left = ends - asyncio.get_running_loop().time()
            if updates.pending or left <= 0 or self._closing:
                break
            await updates.news.after(updates.news.version, left)
        return self._hand_over(request, bot, limit)

    def _hand_over(self, request: web.Request, bot: Bot, limit: int) -> list[Wire]:
        if request.transport is None or request.transport.is_closing():
            return []
        updates = self._state.updates[bot.id]
        batch = updates.pending[:limit]
        for update in batch:
            updates.delivered(update.id)
        return [update.body for update in batch]

    def _start_pusher(self, bot: Bot) -> None:
        if bot.id not in self._pushers:
            pusher = Pusher(bot.id, self._state, self._http, self._second)
            self._pushers[bot.id] = asyncio.create_task(pusher.run())
