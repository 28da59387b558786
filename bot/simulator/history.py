"""Everything that happened on the wire, in one order: what a checker needs to judge a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any

import orjson

from bot.clock import Clock
from bot.simulator.changes import Changes


class Kind(StrEnum):
    """How a record is to be read.

    `invoke` opens a call. `ok` closes one that took effect and was answered, `fail` one that surely had no
    effect, `info` one that took effect while its caller was not told. A fact of the provider's own (an
    update was made, delivered, confirmed …) is an `info` without a call.
    """

    invoke = "invoke"
    ok = "ok"
    fail = "fail"
    info = "info"


@dataclass(frozen=True, slots=True)
class Record:
    """One line; `order` grows by one over all servers, `call` joins an `invoke` with its end."""

    order: int
    at: datetime
    server: str
    account: str
    kind: Kind
    method: str
    call: int | None
    payload: Mapping[str, Any]


class History:
    """Append-only; shared by all servers of one simulator. Every record wakes whoever waits on `changes`."""

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self._records: list[Record] = []
        self._calls = count(1)

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(self._records)

    def invoke(self, server: str, account: str, method: str, payload: Mapping[str, Any]) -> int:
        """Open a call and return its number."""
        call = next(self._calls)
        self._add(server, account, Kind.invoke, method, call, payload)
        return call

    def end(self, server: str, account: str, method: str, call: int, kind: Kind, payload: Mapping[str, Any]) -> None:
        self._add(server, account, kind, method, call, payload)

    def fact(self, server: str, account: str, name: str, payload: Mapping[str, Any]) -> None:
        """Note what the provider did on its own: made, delivered, confirmed, expired, accepted …"""
        self._add(server, account, Kind.info, name, None, payload)

    def of(
        self,
        *,
        server: str | None = None,
        account: str | None = None,
        method: str | None = None,
        kind: Kind | None = None,
    ) -> list[Record]:
        """Return the records that match every given part, in order."""
        wanted = {"server": server, "account": account, "method": method, "kind": kind}
        given = {name: value for name, value in wanted.items() if value is not None}
        return [record for record in self._records if all(getattr(record, n) == v for n, v in given.items())]

    def to_json_lines(self) -> bytes:
        """Return one JSON object per line, oldest first."""
        return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in self._records)

    def _add(
        self, server: str, account: str, kind: Kind, method: str, call: int | None, payload: Mapping[str, Any]
    ) -> None:
        order = len(self._records) + 1
        self._records.append(Record(order, self._clock.now(), server, account, kind, method, call, payload))
        self._changes.tell()
