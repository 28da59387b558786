"""HTTP that knows whether a request left, so that a failed send is never taken for an unsent one."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import certifi
from yarl import URL

from bot.errors import InDoubt, TransientError

CONNECTIONS = 50
"""How many requests of one account may be under way."""
_WITHIN = aiohttp.ClientTimeout(total=None)
_LONGEST_WAIT = timedelta(days=1)
_CHUNK = 64 * 1024
LARGEST_ANSWER = 16 * 1024 * 1024
"""Far more than a hundred updates take; an endless answer must not take all the memory."""
IDLE = timedelta(seconds=15)
"""Shorter than any server keeps an idle connection: a request is hardly ever written to a dying one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said, whatever it was; `retry_after` is its header's word, where that is in seconds."""

    status: int
    body: bytes
    retry_after: timedelta | None = None


@dataclass(slots=True)
class _Attempt:
    """A request: whether it left, whether by a connection that was used before, and whether one like that died."""

    left: bool = False
    is_reuse: bool = False
    found_dead: bool = False


class _Pool:
    """The open connections of an event loop. All its channels share them, so that a thousand accounts which are each
    asked something once a minute don't shake hands a thousand times a minute; closed with the last of these."""

    def __init__(self) -> None:
        self._connectors: tuple[aiohttp.TCPConnector, aiohttp.TCPConnector] | None = None
        self._users = 0
        self.hanging_up: set[URL] = set()
        """Servers that let a connection die without a word when it was used again."""

    def join(self) -> tuple[aiohttp.TCPConnector, aiohttp.TCPConnector]:
        """Return what connects for long, and what connects for one request.

        Without a limit, since no account may wait for another's connections.
        """
        if self._connectors is None:
            lasting = aiohttp.TCPConnector(ssl=_trust(), limit=0, keepalive_timeout=IDLE.total_seconds())
            self._connectors = lasting, aiohttp.TCPConnector(ssl=_trust(), limit=0, force_close=True)
        self._users += 1
        return self._connectors

    async def leave(self) -> None:
        self._users -= 1
        if not self._users and self._connectors is not None:
            connectors, self._connectors = self._connectors, None
            for connector in connectors:
                await connector.close()

    def learn(self, server: URL, attempt: _Attempt, *, answered: bool) -> None:
        """Remember how a server treats connections, as the last one shows that was used again."""
        if attempt.found_dead or (attempt.is_reuse and not answered):
            self.hanging_up.add(server)
        elif attempt.is_reuse:
            self.hanging_up.discard(server)


_Call = Callable[[aiohttp.ClientSession], Awaitable[Answer]]
_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = WeakKeyDictionary()


class Wire:
    """The way out to one provider, for one account. `async with` opens and closes it."""

    def __init__(self) -> None:
        self._sessions: tuple[aiohttp.ClientSession, ...] = ()
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._asking: set[asyncio.Timeout] = set()

    async def __aenter__(self) -> Wire:
        assert not self._sessions, "a channel is opened once"
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_note_departure)
        trace.on_connection_reuseconn.append(_noting_connection(is_reuse=True))
        trace.on_connection_create_start.append(_noting_connection(is_reuse=False))
        self._pool = _pools.setdefault(asyncio.get_running_loop(), _Pool())
        self._sessions = tuple(
            aiohttp.ClientSession(
                connector=connector,
                connector_owner=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
                timeout=_WITHIN,
            )
            for connector in self._pool.join()
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        sessions, self._sessions = self._sessions, ()
        if sessions:
            for patience in self._asking:
                # One that has just run out, in this very turn of the loop, can't be set anew, and need not be.
                if not patience.expired():
                    patience.reschedule(asyncio.get_running_loop().time())
            try:
                for session in sessions:
                    await session.close()
            finally:
                await self._pool.leave()

    async def ask(
        self,
        method: str,
        url: str,
        *,
        within: timedelta,
        repeatable: bool,
        data: Any = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        most: int = LARGEST_ANSWER,
    ) -> Answer:
        """Make one request and return the answer with any status; `within` is for all of it. Of a body that is longer
        than `most` bytes little more than those is read. It is made once; only a `repeatable` one is made again,
        at once, where its connection had been used before and was dead.

        Raises TransientError when the request did not leave, or is `repeatable` (asking again does no harm), and
        InDoubt when it left and no whole answer came back. Error texts name the host only.
        """
        if not self._sessions:
            raise TransientError("the channel is closed")
        attempt = _Attempt()
        try:
            call = partial(_call, method, URL(url), attempt, most, data=data, json=json, headers=headers)
            async with self._patience(within), self._turns:
                return await self._make(call, URL(url).origin(), attempt, repeatable)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            kind = type(error).__name__  # raised outside, so that no traceback carries the URL with its token
        if not attempt.left:
            raise TransientError(f"{_host(url)} can't be reached ({kind})")
        raise unanswered(f"{_host(url)} broke off before it answered ({kind})", repeatable)

    async def _make(self, call: _Call, server: URL, attempt: _Attempt, repeatable: bool) -> Answer:
        """Make a call by an open connection, if there is one; what must not be made twice only where these can be
        trusted, since one that dies leaves it in doubt."""
        lasting, passing = self._sessions
        if not repeatable and server in self._pool.hanging_up:
            return await call(passing)
        try:
            answer = await call(lasting)
        except aiohttp.ClientConnectionError:
            self._pool.learn(server, attempt, answered=False)
            if repeatable and attempt.is_reuse:
                return await call(passing)
            raise
        self._pool.learn(server, attempt, answered=True)
        return answer

    @asynccontextmanager
    async def _patience(self, within: timedelta) -> AsyncIterator[None]:
        """Raise TimeoutError when the time is over, or the channel closed: then nobody waits for its answers."""
        async with asyncio.timeout(within.total_seconds()) as patience:
            self._asking.add(patience)
            try:
                yield
            finally:
                self._asking.discard(patience)


async def _call(
    method: str, url: URL, attempt: _Attempt, most: int, session: aiohttp.ClientSession, **request: Any
) -> Answer:
    async with session.request(method, url, allow_redirects=False, trace_request_ctx=attempt, **request) as response:
        wait = seconds_to_wait(response.headers.get("Retry-After", ""))
        return Answer(response.status, await _body(response, most), wait)


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            break
    return bytes(body)


def unanswered(sentence: str, repeatable: bool, *, quoted: str = "") -> TransientError | InDoubt:
    """Return the error for a request that left and of which nobody can say whether it was done."""
    return TransientError(sentence, quoted=quoted) if repeatable else InDoubt(sentence, quoted=quoted)


def seconds_to_wait(given: object) -> timedelta | None:
    """Return a wait that a server asks for, of a day at most; None where it makes no sense."""
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given[:9])
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= 0:
        return None
    return timedelta(seconds=min(given, _LONGEST_WAIT.total_seconds()))


def scrubbed(text: object, *secrets: str) -> str:
    """Return a server's words fit for an error text: short, without secrets and without long numbers."""
    words = str(text)
    for secret in secrets:
        words = words.replace(secret, "…")
    return re.sub(r"\d{7,}", "…", words)[:200]


def is_same_address(one: str, other: str) -> bool:
    """Whether two URLs lead to the same place, each in its own spelling of host, port, escapes and last slash."""
    try:
        places = [
            (url.scheme.lower(), url.raw_host, url.port, url.raw_path.rstrip("/"), url.raw_query_string)
            for url in (URL(one), URL(other))
        ]
    except ValueError:
        return False
    return places[0] == places[1]


def _host(url: str) -> str:
    try:
        return URL(url).host or "the server"
    except ValueError:
        return "the server"


async def _note_departure(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    # Signalled just before the first byte is written: what was not signalled surely did not leave.
    context.trace_request_ctx.left = True


def _noting_connection(*, is_reuse: bool) -> Callable[..., Awaitable[None]]:
    """Return what notes that a request got a connection. aiohttp gives a GET a second where the first was dead."""

    async def note(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
        attempt: _Attempt = context.trace_request_ctx
        attempt.found_dead |= attempt.is_reuse
        attempt.is_reuse = is_reuse

    return note


@cache
def _trust() -> ssl.SSLContext:
    """Return the machine's own certificates and Mozilla's, loaded once: a context costs 0.7 MB and 17 ms."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
