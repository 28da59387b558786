"""A door to PostgreSQL that knows each commit which changed something, and can end its caller there."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.proxies import Link, Proxy

_WRITES = re.compile(
    r'\bINSERT INTO "?(?P<into>\w+)|\bDELETE FROM (?P<out_of>\w+)'
    r"|(?<!FOR )(?<!DO )\bUPDATE (?P<table>\w+) SET (?P<rest>.*?) (?:FROM|WHERE|RETURNING)\b",
    re.DOTALL,
)
# What begins or is given back along with other work depends on what has come by then, and names no commit.
_ALONG = frozenset({"inbox_events(attempts)", "chats(claim_token leased_until ready_at)"})
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


class PostgresProxy(Proxy):
    """Knows each commit that changed rows, by what they were; without TLS, which it can't read.

    `on_commit` is told of it and says where its caller dies: the proxy then calls `kill` at that very point, and
    the commit or its answer is not passed on.
    """

    def __init__(
        self, host: str, port: int, on_commit: Callable[[Boundary], Moment | None], kill: Callable[[], None]
    ) -> None:
        super().__init__(host, port)
        self.kill = kill
        self.on_commit = on_commit
        self._counts: Counter[str] = Counter()

    def link(self) -> _Link:
        return _Link(self)

    def meet(self, what: str) -> Moment | None:
        """Count a commit, and say where its caller dies."""
        self._counts[what] += 1
        return self.on_commit(Boundary(what, self._counts[what]))


class _Link(Link):
    """One connection of the bot; what its open transaction wrote stands in `_changed`."""

    proxy: PostgresProxy

    def __init__(self, proxy: PostgresProxy) -> None:
        super().__init__(proxy)
        self._asked, self._answered = _Frames(greets=True), _Frames(greets=False)
        self._prepared: dict[bytes, str] = {}
        self._bound = ""
        self._running: deque[str] = deque()
        self._changed: list[str] = []
        self._keeps_answer = False

    def asked(self, data: bytes) -> None:
        """Pass on what the bot says, until a commit at which it dies."""
        for frame in self._asked.cut(data):
            if self._dies_at(frame):
                self.proxy.kill()
                self.cut()
                return
            self.tell_server(frame)

    def answered(self, data: bytes) -> None:
        """Pass on what the server says; the answer to the last commit is kept from a bot that dies with it."""
        for frame in self._answered.cut(data):
            self._note_result(frame)
            if not self._keeps_answer:
                self.tell_client(frame)
            elif frame[:1] == b"Z":
                self.proxy.kill()
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
        names = list(dict.fromkeys(changed))
        moment = self.proxy.meet(", ".join([name for name in names if name not in _ALONG] or names))
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
