"""The page to play on: four phones, the clock and the ledger, live in a browser on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import MovableClock
from bot.simulator.scene import Cast, LedgerLine, Scene, Seat
from bot.simulator.wire import LoopbackSite
from bot.simulator.world import Simulator

_STATIC = Path(__file__).parent / "static"
_FILES = {"/": "index.html"} | {f"/{name}": name for name in ("app.js", "words.js", "style.css", "icon.svg")}
_MORNING = time(8)
_LONGEST_TEXT = 4096
_MAX_BODY_BYTES = 64 * 1024
# A burst of records becomes one picture; without any, the ledger is still looked at this often.
_BURST_SECONDS = 0.08
_LOOK_SECONDS = 1.0
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Ledger = Callable[[], Awaitable[Sequence[LedgerLine]]]


class Page:
    """`async with` binds it to 127.0.0.1 (`.url`); a port of 0 takes a free one.

    `ledger` tells what the bot planned, fired and skipped; `on_clock_moved` is awaited at each moment
    the clock stops at; `zone` is the hotel's, in which times are shown and the next morning is found.
    """

    def __init__(
        self,
        simulator: Simulator,
        cast: Cast,
        *,
        clock: MovableClock,
        zone: ZoneInfo,
        ledger: Ledger,
        on_clock_moved: Callable[[], Awaitable[None]],
        port: int = 0,
    ) -> None:
        self._scene = Scene(simulator, cast)
        self._changes = simulator.changes
        self._clock = clock
        self._zone = zone
        self._ledger = ledger
        self._on_clock_moved = on_clock_moved
        self._lines: list[LedgerLine] = []
        self._moved = timedelta()
        self._closing = False
        self._site = LoopbackSite(self._application(), port, setting="BELLHOP_SIMULATOR_PORT")

    @property
    def url(self) -> str:
        return self._site.url

    async def __aenter__(self) -> Self:
        await self._site.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._closing = True
        self._changes.tell()
        await self._site.__aexit__(*exc)

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=_MAX_BODY_BYTES, middlewares=[self._guard])
        for path in _FILES:
            app.router.add_get(path, _serve_file)
        app.router.add_get("/api/state", self._get_state)
        app.router.add_get("/api/events", self._stream)
        acts = {"say": self._say, "press": self._press, "start": self._start, "read": self._read, "clock": self._move}
        for name, act in acts.items():
            app.router.add_post(f"/api/{name}", act)
        app.on_response_prepare.append(_add_headers)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only a page from here may ask: other names for this address and other sites' forms are turned away."""
        names = {f"{name}:{self._site.port}" for name in ("127.0.0.1", "localhost")}
        if request.headers.get("Host") not in names:
            raise web.HTTPMisdirectedRequest(text="Open this page by the address that was printed.")
        if request.method == "POST":
            self._check_origin(request)
        return await handler(request)

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.headers['Host']}":
            raise web.HTTPForbidden(text="Another site may not play here.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise web.HTTPForbidden(text="Another site may not play here.")
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="Send JSON.")

    async def _get_state(self, request: web.Request) -> web.Response:
        picture = await self._picture()
        return _json(picture | {"now": self._clock.now().isoformat()})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Send the whole picture whenever it differs from the last one."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        shown, seen = b"", -1
        while not self._closing:
            seen = self._changes.version
            picture = await self._picture()
            if (look := orjson.dumps(picture)) != shown:
                shown = look
                event = orjson.dumps(picture | {"now": self._clock.now().isoformat()})
                await response.write(b"data: " + event + b"\n\n")
            if await self._changes.after(seen, _LOOK_SECONDS):
                await asyncio.sleep(_BURST_SECONDS)
            elif request.transport is None:
                break
        return response

    async def _picture(self) -> dict[str, Any]:
        is_fresh = await self._look_at_ledger()
        lines = [
            {
                "when": line.when.isoformat(),
                "guest": line.guest,
                "trigger": line.trigger,
                "status": line.status,
                "reason": line.reason,
            }
            for line in self._lines
        ]
        return {
            "zone": self._zone.key,
            # So that a picture differs from the last one when only the clock was moved.
            "moved": self._moved.total_seconds(),
            "phones": self._scene.phones(),
            "ledger": lines,
            "stale": not is_fresh,
        }

    async def _look_at_ledger(self) -> bool:
        try:
            self._lines = list(await self._ledger())
        except Exception:
            # Whatever ails the bot's database: the phones stay usable, and the page says that the list is old.
            return False
        return True

    async def _say(self, request: web.Request) -> web.Response:
        body = await _body(request)
        text = str(body.get("text", "")).strip()
        if not 1 <= len(text) <= _LONGEST_TEXT:
            raise web.HTTPBadRequest(text=f"A message has 1 to {_LONGEST_TEXT} characters.")
        thread, seat = body.get("thread"), _seat(body)
        if body.get("own") is True:
            self._scene.say_on_hotel_phone(text)
        else:
            self._scene.say(seat, text, str(thread) if thread else None)
        return _json({"done": True})

    async def _press(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            self._scene.press(_seat(body), str(body.get("message")), str(body.get("value")))
        except (KeyError, ValueError):
            raise web.HTTPBadRequest(text="There is no such button any more.") from None
        return _json({"done": True})

    async def _start(self, request: web.Request) -> web.Response:
        self._scene.start()
        return _json({"done": True})

    async def _read(self, request: web.Request) -> web.Response:
        self._scene.read()
        return _json({"done": True})

    async def _move(self, request: web.Request) -> web.Response:
        step = (await _body(request)).get("step")
        steps = {"10m": timedelta(minutes=10), "2h": timedelta(hours=2), "morning": self._until_morning()}
        if step not in steps:
            raise web.HTTPBadRequest(text="The clock's steps are 10m, 2h and morning.")
        until = self._clock.now() + steps[step]
        while (moment := await self._next_moment(until)) is not None:
            await self._go_to(moment)
        await self._go_to(until)
        return _json({"now": self._clock.now().isoformat()})

    async def _next_moment(self, until: datetime) -> datetime | None:
        """A night passes as nights do: what is planned before its end finds its own moment, not the morning's."""
        await self._look_at_ledger()
        now = self._clock.now()
        return min((line.when for line in self._lines if line.is_ahead and now < line.when < until), default=None)

    async def _go_to(self, moment: datetime) -> None:
        # The clock goes by itself, too: what passed since the step was taken is not gone back.
        distance = max(moment - self._clock.now(), timedelta())
        self._clock.move(distance)
        self._moved += distance
        self._changes.tell()
        await self._on_clock_moved()

    def _until_morning(self) -> timedelta:
        now = self._clock.now()
        local = now.astimezone(self._zone)
        day = local.date() + timedelta(days=1 if local.time() >= _MORNING else 0)
        return datetime.combine(day, _MORNING, self._zone).astimezone(UTC) - now


async def _serve_file(request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / _FILES[request.path])


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        value = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        raise web.HTTPBadRequest(text="The body is not JSON.") from None
    if not isinstance(value, dict):
        raise web.HTTPBadRequest(text="The body must be a JSON object.")
    return value


def _seat(body: dict[str, Any]) -> Seat:
    try:
        return Seat(body.get("phone", ""))
    except ValueError:
        raise web.HTTPBadRequest(text=f"The phones are {', '.join(Seat)}.") from None


def _json(value: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")
