"""The whole simulator: both providers on loopback, one clock, one history."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Self, TypeVar

from bot.clock import Clock
from bot.simulator.changes import Changes
from bot.simulator.green.server import GreenServer
from bot.simulator.history import History
from bot.simulator.telegram.server import TelegramServer

T = TypeVar("T")


class Simulator:
    """`async with` binds Telegram and Green API to 127.0.0.1 (`.telegram.url`, `.green.url`).

    A port of 0 takes a free one. `wire_second` is the real length in seconds of one second of the providers'
    own waiting (long polls, webhook gaps, send delay); tests make it short. `first_id` (below 1,000,000,000) is where
    the ids of updates and messages begin: a run against a database that knows an earlier one begins higher.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        telegram_port: int = 0,
        green_port: int = 0,
        wire_second: float = 1.0,
        first_id: int = 1,
    ) -> None:
        self.clock = clock
        self.changes = Changes()
        self.history = History(clock, self.changes)
        self.telegram = TelegramServer(
            clock, self.history, self.changes, port=telegram_port, wire_second=wire_second, first_id=first_id
        )
        self.green = GreenServer(
            clock, self.history, self.changes, port=green_port, wire_second=wire_second, first_id=first_id
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            await opening.enter_async_context(self.telegram)
            await opening.enter_async_context(self.green)
            self._stack = opening.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    async def until(self, look: Callable[[], T], within: float = 30.0) -> T:
        """Wait for something in a chat: the first truthy value of `look`. Raises TimeoutError after `within` s."""
        return await self.changes.until(look, within)
