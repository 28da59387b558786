"""What the bot has answered by itself lately, and by which of the hotel's answers."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import OutgoingMessage
from bot.storage.repositories.messages import AnsweredRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import format_time
from handlers.base import Outcome, Turn

MOST_SHOWN = 10
LATELY = timedelta(days=30)
_LONGEST_SHOWN = 200


class ListAnswered:
    """Shows staff the latest questions with the answer that each got."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> list[AnsweredRecord]:
        return await uow.messages.answered_last(MOST_SHOWN, turn.now - LATELY)

    def think(self, turn: Turn, loaded: list[AnsweredRecord]) -> Outcome:
        if not loaded:
            return Outcome((turn.reply("staff-answers-none"),))
        lines = (
            turn.say(
                "staff-answers-line",
                time=format_time(one.at, turn.zone, turn.language),
                question=one.text[:_LONGEST_SHOWN],
                answer=one.answer.replace("_", " "),
                confidence=f"{one.confidence:.2f}",
            )
            for one in loaded
        )
        return Outcome((OutgoingMessage("\n\n".join([turn.say("staff-answers-title"), *lines])),))
