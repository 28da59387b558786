"""Leaving a guest to the bot again, once a person has done what was to be done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.notifications import HAND_BACK
from bot.storage.unit_of_work import UnitOfWork
from handlers.alerts import ShownAlert, note, read_alert, rewritten
from handlers.base import Outcome, Turn


@dataclass(frozen=True, slots=True)
class HandBack:
    """Let the bot answer in a conversation again. The guest is told nothing: to them the hotel is one."""

    notification_id: UUID
    conversation_id: UUID

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        assert turn.user is not None, "only the hotel's own people are routed here"
        is_news = await uow.conversations.hand_back(self.conversation_id)
        if is_news:
            await uow.audits.add(
                "conversation.hand_back",
                "A guest was left to the bot again",
                turn.now,
                user_id=turn.user.id,
                metadata={"conversation_id": str(self.conversation_id)},
                correlation_id=turn.correlation_id,
            )
        shown = await read_alert(uow, turn, str(self.notification_id))
        assert shown is not None, "a notification is never removed"
        said = turn.say("staff-handed-back" if is_news else "staff-handed-back-before")
        return (*note(turn, said), *rewritten(turn, shown))


class LeaveToBot:
    """Answers the button below an alert that somebody took."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> ShownAlert | None:
        return await read_alert(uow, turn, (turn.pressed or "").removeprefix(HAND_BACK))

    def think(self, turn: Turn, loaded: ShownAlert | None) -> Outcome:
        conversation_id = loaded.notification.conversation_id if loaded else None
        if loaded is None or conversation_id is None:
            return Outcome(note(turn, turn.say("staff-not-found")))
        return Outcome(effects=(HandBack(loaded.notification.id, conversation_id),))
