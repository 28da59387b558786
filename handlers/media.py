"""What isn't words: shown to staff, since the bot can't read it."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import IncomingKind
from handlers.attention import is_unhappy
from handlers.base import Alert, Outcome, Reply, Turn
from handlers.once import noting, said_lately
from models.enums import NotificationType, Severity

_SAY_ONCE_IN = timedelta(minutes=1)
_THANKS = {
    IncomingKind.media: "media-received",
    IncomingKind.contact: "media-received",
    IncomingKind.location: "location-received",
}


class PassOn(Reply):
    """Thanks for a picture, a place, a contact card; asks for words where it can't be opened. Pictures mostly come by
    the handful: all of them are thanked for once."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        key, alerts = _THANKS.get(turn.message.kind, "unsupported-received"), _seen_by_staff("alert-title-media")
        if turn.is_escalated or said_lately(turn, key, _SAY_ONCE_IN):
            return Outcome(alerts=alerts)
        return Outcome((turn.reply(key),), alerts=alerts, context=noting(turn, key))


class NoteEdit(Reply):
    """Answers nothing; staff see changed words, since they may act on the old ones. An unhappy guest's words
    they see anyway, and a place that moves every few seconds they needn't."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        is_news = turn.message.kind is not IncomingKind.location and not is_unhappy(turn)
        return Outcome(alerts=_seen_by_staff("alert-title-edited") if is_news else ())


class KeepQuiet(Reply):
    """Answers nothing: a reaction is kept with the conversation, and staff see an unhappy one."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome()


def _seen_by_staff(title_key: str) -> tuple[Alert, ...]:
    return (Alert(NotificationType.urgent_request, Severity.info, title_key),)
