"""Calls a person."""

from __future__ import annotations

from handlers.base import Alert, Outcome, Reply, Turn
from handlers.menu import AT_REST
from models.enums import ConversationStatus, NotificationType, Severity


class CallPerson(Reply):
    """Tells staff, and keeps quiet from now on."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        alert = Alert(NotificationType.urgent_request, Severity.critical, "alert-title-person")
        return Outcome(
            (turn.reply("person-called"),), state=AT_REST, status=ConversationStatus.escalated, alerts=(alert,)
        )
