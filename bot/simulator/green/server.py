"""Green API over HTTP, as its documentation describes it, on loopback."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from bot.clock import Clock
from bot.simulator.changes import Changes
from bot.simulator.faults import Faults
from bot.simulator.green.acts import Phones
from bot.simulator.green.instance import Instance, Wire
from bot.simulator.green.media import Upload
from bot.simulator.green.memory import Memory
from bot.simulator.green.methods import Methods
from bot.simulator.green.outgoing import Dispatch
from bot.simulator.green.pusher import Pusher
from bot.simulator.green.refusal import Refused, invalid, ordered
from bot.simulator.history import History
from bot.simulator.pace import Pace, Rate
from bot.simulator.wire import Answer, Call, LoopbackSite, Stage, application

_FASTER_METHODS = {"sendMessage": 50, "sendInteractiveButtonsReply": 50, "receiveNotification": 100}
_FASTER_METHODS |= {"deleteNotification": 100, "checkWhatsapp": 10, "readChat": 10, "sendTyping": 10}
_CUSTOM_WEBHOOK = "custom webhook url is set for this instance; clear webhookUrl to receive notifications by HTTP API"


class GreenServer(Phones):
    """Instances, phones and their chats; `async with` binds it to 127.0.0.1.

    `wire_second` is how long a second of the provider's own waiting lasts here: of receiveTimeout, of the
    delay between sends and of the gap before a webhook is sent again. Everything that is a date goes by
    the clock. `pace.enabled` switches the real limits on; `faults` takes what shall go wrong; `memory` what
    was said before.
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
        self.faults = Faults()
        self.pace = Pace(clock)
        super().__init__(clock, history, changes, Dispatch(self.pace, wire_second), first_id)
        self.memory = Memory()
        self._second = wire_second
        self._stage = Stage(history, self.faults, ordered)
        self._methods = Methods(self._dispatch)
        app = application()
        app.router.add_route("*", r"/waInstance{id}/{method}/{token}", self._serve)
        app.router.add_route("*", r"/waInstance{id}/{method}/{token}/{receipt}", self._serve)
        app.router.add_get("/media/{number}/{name}", self._serve_media)
        self._site = LoopbackSite(app, port, setting="--green-port")
        self._stack = AsyncExitStack()
        self._pushers: dict[int, asyncio.Task[None]] = {}
        self._closing = False

    @property
    def url(self) -> str:
        return self._site.url

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._site)
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        self._dispatch.media.url = f"{self.url}/media"
        for instance in self.instances.values():
            self._start_pusher(instance)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._closing = True
        self._dispatch.close()
        for instance in self.instances.values():
            instance.news.tell()
        for pusher in self._pushers.values():
            pusher.cancel()
        await asyncio.gather(*self._pushers.values(), return_exceptions=True)
        await self._stack.aclose()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            instance = self._instance(request)
            body = await _body(request)
        except Refused as refused:
            return self._refuse(request, refused).render()
        summary = {name: str(value) if isinstance(value, Upload) else value for name, value in body.items()}
        call = Call("green", instance.account, method, {**request.query, **summary})
        return await self._stage.play(request, call, lambda: self._handle(request, instance, method, body))

    async def _serve_media(self, request: web.Request) -> web.Response:
        content = self._dispatch.media.at(request.match_info["number"])
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content, content_type="application/octet-stream")

    def _instance(self, request: web.Request) -> Instance:
        number = request.match_info["id"]
        if not number.isdecimal():
            raise invalid("idInstance must be a number")
        instance = self.instances.get(int(number))
        if instance is None:
            raise Refused(403, "Forbidden")
        if instance.token != request.match_info["token"]:
            raise Refused(401, "Unauthorized")
        return instance

    def _refuse(self, request: web.Request, refused: Refused) -> Answer:
        return refused.answer(request.path, self._clock.now().isoformat())

    async def _handle(self, request: web.Request, instance: Instance, method: str, body: Wire) -> Answer:
        try:
            self._check_pace(instance, method)
            return Answer(200, await self._result(request, instance, method, body))
        except Refused as refused:
            return self._refuse(request, refused)

    async def _result(self, request: web.Request, instance: Instance, method: str, body: Wire) -> Any:
        receipt = request.match_info.get("receipt")
        if (request.method, method) == ("GET", "receiveNotification") and receipt is None:
            return await self._receive(request, instance)
        if (request.method, method) == ("DELETE", "deleteNotification") and receipt is not None:
            return _delete(instance, receipt)
        handler = self._methods.table.get((request.method, method)) if receipt is None else None
        if handler is None:
            raise Refused(404, f"Cannot {request.method} {request.path}")
        result = handler(instance, dict(request.query), body)
        self._start_pusher(instance)
        return result

    def _check_pace(self, instance: Instance, method: str) -> None:
        rate = Rate(_FASTER_METHODS.get(method, 1), timedelta(seconds=1))
        if self.pace.retry_after({(instance.id, method): rate}) is not None:
            raise Refused(429, "Too Many Requests")

    async def _receive(self, request: web.Request, instance: Instance) -> Wire | None:
        if instance.settings["webhookUrl"]:
            raise Refused(400, _CUSTOM_WEBHOOK)
        timeout = request.query.get("receiveTimeout", "5")
        if not timeout.isdecimal() or not 5 <= int(timeout) <= 60:
            raise invalid("'receiveTimeout' must be between 5 and 60")
        ends = asyncio.get_running_loop().time() + int(timeout) * self._second
        while not self._closing:
            head = instance.first()
            if head is not None and request.transport is not None and not request.transport.is_closing():
                instance.fact("delivered", {"receiptId": head.receipt})
                return {"receiptId": head.receipt, "body": head.body}
            left = ends - asyncio.get_running_loop().time()
            if left <= 0 or request.transport is None:
                return None
            await instance.news.after(instance.news.version, left)
        return None

    def _start_pusher(self, instance: Instance) -> None:
        if instance.settings["webhookUrl"] and instance.id not in self._pushers:
            pusher = Pusher(instance, self._http, self._second)
            self._pushers[instance.id] = asyncio.create_task(pusher.run())


def _delete(instance: Instance, receipt: str) -> Wire:
    if not receipt.isdecimal():
        raise invalid("receiptId must be a number")
    if instance.delete(int(receipt)):
        return {"result": True, "reason": ""}
    return {"result": False, "reason": "Notification not found: it was deleted before, or the receipt is wrong"}


async def _body(request: web.Request) -> Wire:
    if request.content_type == "multipart/form-data":
        return {name: _part(value) for name, value in (await request.post()).items()}
    raw = await request.read()
    if not raw or raw == b"null":
        return {}
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused(400, "Unexpected token in JSON") from None
    if not isinstance(value, dict):
        raise invalid("the body must be a JSON object")
    return value


def _part(value: str | bytes | bytearray | web.FileField) -> Any:
    if isinstance(value, web.FileField):
        return Upload(value.filename, value.content_type, value.file.read())
    return value
