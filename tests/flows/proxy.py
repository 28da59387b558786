"""A door to PostgreSQL that knows each commit which changed something, and can end its caller there."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy import make_url

_WRITES = re.compile(
    r"\bINSERT INTO (?P<into>\w+)|\bDELETE FROM (?P<out_of>\w+)"
    r"|(?<!FOR )(?<!DO )\bUPDATE (?P<table>\w+) SET (?P<rest>.*?) (?:FROM|WHERE|RETURNING)\b",
    re.DOTALL,
)
_COLUMNS = re.compile(r"(?:^|, )(\w+)\s?=")
_CHANGED = re.compile(rb"(?:INSERT 0|UPDATE|DELETE) [1-9]")


class Moment(StrEnum):
    """On which side of a boundary the caller dies: before it counts, or after it counted and before it is told."""

    before = "before"
    after = "after"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The `nth` time that something happens: a commit with these changes, or a call of this method."""

    what: str
    nth: int

    def __str__(self) -> str:
        return f"{self.what} #{self.nth}"


class PostgresProxy:
    """Listens on 127.0.0.1 (`port`) and passes everything on to the server; without TLS, which it can't read.

    `on_commit` is told each commit that changed rows, by what they were, and says where its caller dies: the
    proxy then calls `kill` at that very point, and the commit or its answer is not passed on.
    """

    def __init__(
        self, host: str, port: int, on_commit: Callable[[Boundary], Moment | None], kill: Callable[[], None]
    ) -> None:
        self.upstream = (host, port)
        self.kill = kill
        self.port = 0
        self.links: set[_Link] = set()
        self._is_open = True
        self._on_commit = on_commit
        self._counts: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Link(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for link in list(self.links):
            link.cut()
        await asyncio.gather(*(link.connecting for link in self.links), return_exceptions=True)
        await asyncio.sleep(0)  # what was cut is closed in the loop's next round
        await self._server.wait_closed()

    @property
    def is_open(self) -> bool:
        """Whether the server can be reached; closing cuts every connection."""
        return self._is_open

    @is_open.setter
    def is_open(self, is_open: bool) -> None:
        self._is_open = is_open
        if not is_open:
            for link in list(self.links):
                link.cut()

    def url_for(self, url: str) -> str:
        """Return a login's URL by way of the proxy."""
        proxied = make_url(url).set(host="127.0.0.1", port=self.port).update_query_dict({"sslmode": "disable"})
        return proxied.render_as_string(hide_password=False)

    def meet(self, what: str) -> Moment | None:
        """Count a commit, and say where its caller dies."""
        self._counts[what] += 1
        return self._on_commit(Boundary(what, self._counts[what]))


class _Link(asyncio.Protocol):
    """One connection of the bot, from its side; what its open transaction wrote stands in `_changed`."""

    def __init__(self, proxy: PostgresProxy) -> None:
        self._proxy = proxy
        self._client: asyncio.Transport | None = None
        self._server: asyncio.Transport | None = None
        self._asked, self._answered = _Frames(greets=True), _Frames(greets=False)
        self._prepared: dict[bytes, str] = {}
        self._bound = ""
        self._running: deque[str] = deque()
        self._changed: list[str] = []
        self._keeps_answer = False
        self._said_early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._client = transport
        self._proxy.links.add(self)
        self.connecting = asyncio.ensure_future(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._server, _ = await loop.create_connection(lambda: _Back(self), *self._proxy.upstream)
        assert self._client is not None, "we are asked to connect by it"
        if self._client.is_closing() or not self._proxy.is_open:
            self.cut()
        else:
            said, self._said_early = self._said_early, b""
            self.data_received(said)

    def connection_lost(self, exc: Exception | None) -> None:
        self.cut()
        self._proxy.links.discard(self)

    def cut(self) -> None:
        """Hang up on both sides."""
        for side in (self._client, self._server):
            if side is not None:
                side.abort()

    def data_received(self, data: bytes) -> None:
        """Pass on what the bot says, until a commit at which it dies."""
        if self._server is None:
            self._said_early += data
            return
        for frame in self._asked.cut(data):
            if self._dies_at(frame):
                self._proxy.kill()
                self.cut()
                return
            self._server.write(frame)

    def answered(self, data: bytes) -> None:
        """Pass on what the server says; the answer to the last commit is kept from a bot that dies with it."""
        assert self._client is not None, "nobody asked otherwise"
        for frame in self._answered.cut(data):
            self._note_result(frame)
            if not self._keeps_answer:
                self._client.write(frame)
            elif frame[:1] == b"Z":
                self._proxy.kill()
                self.cut()
                return

    def _dies_at(self, frame: bytes) -> bool:
        """Follow what the bot does; say whether it dies before this message is passed on."""
        match frame[:1]:
            case b"P":
                name, statement, *_ = frame[5:].split(b"\0")
                self._prepared[name] = statement.decode()
            case b"B":
                self._bound = self._prepared.get(frame[5:].split(b"\0")[1], "")
            case b"E":
                self._running.append(self._bound)
            case b"Q":
                return self._dies_at_query(frame[5:].rstrip(b"\0").decode())
        return False

    def _dies_at_query(self, query: str) -> bool:
        self._running.append(query)
        changed, word = self._changed, query.strip(" ;").upper().split(" ")[0]
        if word not in {"BEGIN", "COMMIT", "ROLLBACK"}:
            return False
        self._changed = []
        if word != "COMMIT" or not changed:
            return False
        moment = self._proxy.meet(", ".join(dict.fromkeys(changed)))
        self._keeps_answer = moment is Moment.after
        return moment is Moment.before

    def _note_result(self, frame: bytes) -> None:
        match frame[:1]:
            case b"C" if self._running:
                statement = self._running.popleft()
                if _CHANGED.match(frame, 5):
                    self._changed += _changes(statement)
            case b"Z":
                self._running.clear()


class _Back(asyncio.Protocol):
    """The same connection from the server's side."""

    def __init__(self, link: _Link) -> None:
        self._link = link

    def data_received(self, data: bytes) -> None:
        self._link.answered(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._link.cut()


class _Frames:
    """Cuts a stream into the protocol's messages; the bot's first one has no type."""

    def __init__(self, *, greets: bool) -> None:
        self._greets = greets
        self._rest = b""

    def cut(self, data: bytes) -> Iterator[bytes]:
        data, start = self._rest + data, 0
        while True:
            head = start if self._greets else start + 1
            end = head + int.from_bytes(data[head : head + 4], "big")
            if len(data) < head + 4 or len(data) < end:
                break
            self._greets = False
            yield data[start:end]
            start = end
        self._rest = data[start:]


def _changes(statement: str) -> list[str]:
    """Name what a statement writes: the table, and of an update the columns."""
    found = []
    for write in _WRITES.finditer(" ".join(statement.split())):
        if write["table"]:
            found.append(f"{write['table']}({' '.join(_COLUMNS.findall(write['rest']))})")
        else:
            found.append(f"+{write['into']}" if write["into"] else f"-{write['out_of']}")
    return found
