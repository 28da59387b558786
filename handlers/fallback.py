"""What the bot can't answer: it says so, and a person sees it."""

from __future__ import annotations

from handlers.base import Alert, Outcome, Reply, Turn
from models.enums import NotificationType, Severity


class Fallback(Reply):
    """Passes the message on; silently while a person is answering."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        replies = () if turn.is_escalated else (turn.reply("fallback"),)
        title = "alert-title-more" if turn.is_escalated else "alert-title-unanswered"
        return Outcome(replies, alerts=(Alert(NotificationType.urgent_request, Severity.info, title),))
