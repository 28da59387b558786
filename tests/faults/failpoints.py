"""Places at which a process dies on request: before or after a commit, a send or an acknowledgement.

Nothing of it is spread over the product. A commit point is named after the function that opened the transaction,
which the database of the rig's process finds on the stack; sends and acknowledgements pass through a channel around
the real one. A process of the rig is told where to die by its environment, any other has none of this.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import _AsyncGeneratorContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.base import Batch, Channel
from bot.channels.connections import Connections, WebhookCredentials
from bot.messages import OutgoingMessage
from bot.sending import Sender
from bot.storage.claims import Claims
from bot.storage.repositories.accounts import AccountRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from tests.faults.points import PACKAGES, ROOT, commit_points
from tests.flows.proxy import Moment

VARIABLE = "FAULTS_DIE_AT"
DIED_THERE = 86
"""The exit code of a process that died at its failpoint."""

SEND, ACKNOWLEDGE = "channel.send", "channel.acknowledge"
# Whoever only opens transactions for others.
_OPENERS = {
    Database.unit.__wrapped__.__code__,  # type: ignore[attr-defined]
    Claims._ask.__code__,
    Sender._locking.__wrapped__.__code__,  # type: ignore[attr-defined]
}


@dataclass(frozen=True, slots=True)
class Death:
    """Where a process dies: at the `nth` time that it comes by."""

    point: str
    moment: Moment
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.moment} {self.point} {self.nth}"

    @classmethod
    def read(cls, text: str) -> Death:
        moment, point, nth = text.split(" ")
        return cls(point, Moment(moment), int(nth))


class Failpoints:
    """Ends the process where that was ordered."""

    def __init__(self, death: Death) -> None:
        self._death = death
        self._passed = 0

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Failpoints | None:
        """Return what the environment orders; None where it orders nothing."""
        order = environ.get(VARIABLE)
        return cls(Death.read(order)) if order else None

    def meet(self, point: str, moment: Moment) -> None:
        """Come by a point; may not return."""
        if (self._death.point, self._death.moment) == (point, moment):
            self._passed += 1
            if self._passed == self._death.nth:
                os._exit(DIED_THERE)


class FailingDatabase(Database):
    """The same database, whose transactions know who wanted them and can die."""

    def __init__(self, database: Database, points: Failpoints) -> None:
        super().__init__(database.app, database.runtime)
        self.claims = FailingClaims(database.runtime, points)
        self._points = points

    def unit(self, hotel_id: UUID) -> _AsyncGeneratorContextManager[UnitOfWork]:
        return self._unit(hotel_id, _opener(sys._getframe(1)))

    @asynccontextmanager
    async def _unit(self, hotel_id: UUID, point: str) -> AsyncIterator[UnitOfWork]:
        async with super().unit(hotel_id) as uow:
            yield uow
            self._points.meet(point, Moment.before)
        self._points.meet(point, Moment.after)


class FailingClaims(Claims):
    """Each statement commits by itself, so that a process dies after it at either moment."""

    def __init__(self, engine: AsyncEngine, points: Failpoints) -> None:
        super().__init__(engine)
        self._points = points

    async def _ask(self, statement: str, *values: Any) -> list[Any]:
        point = _opener(sys._getframe(1))
        rows = await super()._ask(statement, *values)
        self._points.meet(point, Moment.before)
        self._points.meet(point, Moment.after)
        return rows


class FailingConnections:
    """The channels of a process, each of which may die while it sends or acknowledges."""

    def __init__(self, connections: Connections, points: Failpoints) -> None:
        self._connections = connections
        self._points = points

    async def get(self, hotel_id: UUID, account: AccountRecord) -> Channel:
        return self._failing(await self._connections.get(hotel_id, account))

    def reader(self, hotel_id: UUID, account: AccountRecord) -> Channel:
        return self._failing(self._connections.reader(hotel_id, account))

    async def drop(self, account_id: UUID) -> None:
        await self._connections.drop(account_id)

    def webhook(self, hotel_id: UUID, account: AccountRecord) -> WebhookCredentials:
        return self._connections.webhook(hotel_id, account)

    def _failing(self, channel: Channel) -> Channel:
        return cast(Channel, FailingChannel(channel, self._points))


class FailingChannel:
    """A channel that may die before or after it sends or acknowledges; all else is the channel's own."""

    def __init__(self, channel: Channel, points: Failpoints) -> None:
        self._channel = channel
        self._points = points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def __aenter__(self) -> FailingChannel:
        await self._channel.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._channel.__aexit__(*exc)

    async def send(self, chat_id: str, message: OutgoingMessage) -> str | None:
        point = f"{SEND}:{self._channel.platform}"
        self._points.meet(point, Moment.before)
        sent = await self._channel.send(chat_id, message)
        self._points.meet(point, Moment.after)
        return sent

    async def acknowledge(self, batch: Batch) -> None:
        point = f"{ACKNOWLEDGE}:{self._channel.platform}"
        self._points.meet(point, Moment.before)
        await self._channel.acknowledge(batch)
        self._points.meet(point, Moment.after)


def _opener(frame: FrameType | None) -> str:
    """Name the place of ours that wanted the transaction."""
    while frame is not None:
        if _is_ours(frame.f_code) and frame.f_code not in _OPENERS:
            return _names()[frame.f_code.co_filename, frame.f_lineno]
        frame = frame.f_back
    return "outside"


@cache
def _names() -> dict[tuple[str, int], str]:
    return {(point.file, point.line): point.name for point in commit_points()}


def _is_ours(code: CodeType) -> bool:
    path = Path(code.co_filename)
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES
