"""A pressed button shows a spinner until it is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.messages import OutgoingMessage
from bot.storage.unit_of_work import UnitOfWork
from handlers.base import Handler, Outcome, Turn


class AnswersPress:
    """Stops the spinner before the handler's own replies."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def load(self, uow: UnitOfWork, turn: Turn) -> Any:
        return await self._handler.load(uow, turn)

    def think(self, turn: Turn, loaded: Any) -> Outcome:
        outcome = self._handler.think(turn, loaded)
        if turn.message.press_id is None:
            return outcome
        return replace(outcome, replies=(OutgoingMessage("", answers_press=turn.message.press_id), *outcome.replies))
