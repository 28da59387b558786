"""The hotel's own people: taking over an alert, and help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from bot.messages import OutgoingMessage, outgoing_from_json
from bot.notifications import ACKNOWLEDGE
from bot.storage.repositories.notifications import NotificationRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import format_time
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
        taken = await uow.notifications.get(self.notification_id)
        assert taken is not None, "a notification is never removed"
        if is_first and taken.guest_id is not None:
            await self.engine.note_reply(uow, taken.guest_id)
        name = await _taker(uow, turn, taken)
        time = format_time(taken.acknowledged_at or turn.now, turn.zone, turn.language)
        note = turn.say("staff-taken" if is_first else "staff-taken-before", name=name, time=time)
        return (*_answer(turn, note), *await _marked(uow, turn, taken, name))


class TakeAlert:
    """Answers the button below an alert."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> NotificationRecord | None:
        try:
            notification_id = UUID((turn.pressed or "").removeprefix(ACKNOWLEDGE))
        except ValueError:
            return None
        return await uow.notifications.get(notification_id)

    def think(self, turn: Turn, loaded: NotificationRecord | None) -> Outcome:
        if loaded is None:
            return Outcome(_answer(turn, turn.say("staff-not-found")))
        return Outcome(effects=(Take(self._engine, loaded.id),))


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


def _answer(turn: Turn, text: str) -> tuple[OutgoingMessage, ...]:
    """Return a short note at the button, or a message where the channel has no such note."""
    return (OutgoingMessage(text, answers_press=turn.message.press_id, thread_id=turn.message.thread_id),)


async def _taker(uow: UnitOfWork, turn: Turn, taken: NotificationRecord) -> str:
    user = await uow.users.get(taken.acknowledged_by) if taken.acknowledged_by else None
    return user.name if user else turn.say("staff-somebody")


async def _marked(uow: UnitOfWork, turn: Turn, taken: NotificationRecord, name: str) -> tuple[OutgoingMessage, ...]:
    """Return the alert's messages in this chat with who took it in place of the button.

    The line is in the hotel's language, like the alert. Without a press there is nothing to change: the channel
    has no buttons and can't edit.
    """
    if turn.message.press_id is None:
        return ()
    house = replace(turn, language=turn.hotel.default_language)
    time = format_time(taken.acknowledged_at or turn.now, turn.zone, house.language)
    line = house.say("staff-taken-line", name=name, time=time)
    texts = await _sent_here(uow, turn, taken)
    return tuple(OutgoingMessage(f"{text}\n\n{line}", replaces=sent) for sent, text in texts.items())


async def _sent_here(uow: UnitOfWork, turn: Turn, taken: NotificationRecord) -> dict[str, str]:
    """The texts of the alert's messages in this chat by the provider's ids, the pressed one surely among them."""
    pressed = turn.message.message_id
    found = {pressed: f"{taken.title}\n{taken.content}"} if pressed else {}
    for record in await uow.outbox.of_notification(taken.id):
        if record.chat_id == turn.chat.id and record.provider_message_id:
            found[record.provider_message_id] = outgoing_from_json(record.content).text
    return found
