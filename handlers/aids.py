"""What helps staff to understand a guest: a translation of the words of an alert, and a summary of the conversation.

A larger model makes them when somebody presses, and not before: no alert waits for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.nlu.advice import Adviser, Asker, Line
from bot.storage.repositories.messages import SaidRecord
from bot.storage.repositories.notifications import NotificationRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.alerts import note
from handlers.base import Outcome, Turn
from models.enums import MessageRole

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Matter:
    """What an alert is about, under its title; `text` is what a larger model made of it."""

    title: str
    said: tuple[SaidRecord, ...] = ()
    words: str = ""
    text: str | None = None


class Translate:
    """Translates what the guest wrote into the language of whoever pressed."""

    def __init__(self, adviser: Adviser | None) -> None:
        self._adviser = adviser

    async def load(self, uow: UnitOfWork, turn: Turn) -> Matter | None:
        alert = await _alert(uow, turn)
        words = await uow.messages.text_of(alert.message_id) if alert and alert.message_id else None
        return Matter(alert.title, words=words) if alert and words else None

    async def fetch(self, turn: Turn, loaded: Matter | None) -> Matter | None:
        if loaded is None or self._adviser is None:
            return loaded
        text = await self._adviser.translate(_asker(turn), loaded.words, turn.language)
        return Matter(loaded.title, text=text)

    def think(self, turn: Turn, loaded: Matter | None) -> Outcome:
        return _told(turn, "staff-translation", loaded)


class Summarise:
    """Sums up the conversation that an alert is from."""

    def __init__(self, adviser: Adviser | None) -> None:
        self._adviser = adviser

    async def load(self, uow: UnitOfWork, turn: Turn) -> Matter | None:
        alert = await _alert(uow, turn)
        if alert is None or alert.conversation_id is None:
            return None
        said = await uow.messages.latest_in(alert.conversation_id, _MOST_LINES)
        return Matter(alert.title, tuple(said)) if said else None

    async def fetch(self, turn: Turn, loaded: Matter | None) -> Matter | None:
        if loaded is None or self._adviser is None:
            return loaded
        lines = [_line(turn, one) for one in loaded.said if one.text]
        text = await self._adviser.summarise(_asker(turn), lines, turn.language)
        return Matter(loaded.title, text=text)

    def think(self, turn: Turn, loaded: Matter | None) -> Outcome:
        return _told(turn, "staff-summary", loaded)


async def _alert(uow: UnitOfWork, turn: Turn) -> NotificationRecord | None:
    """Return the alert that the pressed button names; None where this hotel has none of that id."""
    try:
        return await uow.notifications.get(UUID((turn.pressed or "").partition(":")[2]))
    except ValueError:
        return None


def _told(turn: Turn, key: str, matter: Matter | None) -> Outcome:
    """Say below the alert what was made of it, or at the button why nothing was."""
    if matter is None:
        return Outcome(note(turn, turn.say("staff-not-found")))
    if matter.text is None:
        return Outcome(note(turn, turn.say("staff-aid-silent")))
    text = turn.say(key, title=matter.title, text=matter.text)
    done = (OutgoingMessage("", answers_press=turn.message.press_id),) if turn.message.press_id else ()
    return Outcome((*done, OutgoingMessage(text, thread_id=turn.message.thread_id)))


def _line(turn: Turn, said: SaidRecord) -> Line:
    who = "guest" if said.role is MessageRole.guest else "hotel"
    return Line(who, f"{said.at.astimezone(turn.zone):%Y-%m-%d %H:%M}", said.text)


def _asker(turn: Turn) -> Asker:
    return Asker(turn.hotel.id, turn.now.astimezone(turn.zone))
