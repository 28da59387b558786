"""The hotel's own people: taking over an alert, and help."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.notifications import ACKNOWLEDGE
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import format_time
from handlers.alerts import ShownAlert, note, read_alert, rewritten, taker_of
from handlers.base import Outcome, Reply, Turn
from handlers.filters import command_of
from triggers.engine import Engine

_HELP = ("help", "start")
_LONGEST_COMMAND = 32


@dataclass(frozen=True, slots=True)
class Take:
    """Note who took a notification, and say so below the alert; who comes second hears who was first."""

    engine: Engine
    notification_id: UUID

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        assert turn.user is not None, "only the hotel's own people are routed here"
        is_first = await uow.notifications.acknowledge(self.notification_id, turn.user.id, turn.now)
        taken = await read_alert(uow, turn, str(self.notification_id))
        assert taken is not None, "a notification is never removed"
        if is_first and taken.notification.guest_id is not None:
            await self.engine.note_reply(uow, taken.notification.guest_id)
        time = format_time(taken.notification.acknowledged_at or turn.now, turn.zone, turn.language)
        key = "staff-taken" if is_first else "staff-taken-before"
        return (*note(turn, turn.say(key, name=taker_of(turn, taken), time=time)), *rewritten(turn, taken))


class TakeAlert:
    """Answers the button below an alert."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> ShownAlert | None:
        return await read_alert(uow, turn, (turn.pressed or "").removeprefix(ACKNOWLEDGE))

    def think(self, turn: Turn, loaded: ShownAlert | None) -> Outcome:
        if loaded is None:
            return Outcome(note(turn, turn.say("staff-not-found")))
        return Outcome(effects=(Take(self._engine, loaded.notification.id),))


class RefuseStranger(Reply):
    """Answers a press by somebody who isn't one of the hotel's people, and says nothing in the chat."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        press_id = turn.message.press_id
        return Outcome((OutgoingMessage(turn.say("staff-only"), answers_press=press_id),) if press_id else ())


class RefuseEdit(Reply):
    """Asks for a new message: of a changed one nobody can tell what it was meant to answer by now."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((OutgoingMessage(turn.say("staff-edited"), thread_id=turn.message.thread_id),))


class ShowHelp(Reply):
    """Says what the hotel's people can do here, and first that a command is none of these."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        parts = [turn.say("staff-help")]
        if (asked := command_of(turn.text)) is not None and asked not in _HELP:
            parts.insert(0, turn.say("staff-command-unknown", command=asked[:_LONGEST_COMMAND]))
        if turn.user is not None and turn.user.is_admin:
            parts.append(turn.say("staff-help-admin"))
        return Outcome((OutgoingMessage("\n\n".join(parts), thread_id=turn.message.thread_id),))
