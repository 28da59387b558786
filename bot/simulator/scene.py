"""Who plays whom on the page, what each of them sees, and what they can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.simulator.chats import Chat, ChatMessage
from bot.simulator.green.instance import Instance
from bot.simulator.telegram.people import Bot, Group, Press, User
from bot.simulator.world import Simulator

_SHOWN_MESSAGES = 200
_START = "/start"


class Seat(StrEnum):
    """The four phones on the page."""

    whatsapp = "whatsapp"
    telegram = "telegram"
    staff = "staff"
    admin = "admin"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays whom.

    `start` is the deep link's payload for the Telegram guest; `openers` are lines worth trying.
    """

    bot: Bot
    instance: Instance
    whatsapp_phone: str
    whatsapp_name: str
    telegram_guest: User
    staff: User
    staff_group: Group
    admin: User
    start: str = ""
    openers: Mapping[Seat, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of what was planned, fired or skipped; `when` is aware."""

    when: datetime
    guest: str
    trigger: str
    status: str
    reason: str

    @property
    def is_ahead(self) -> bool:
        return self.status in {"planned", "postponed"}


class Scene:
    """The page's view of the simulator and its hands in it."""

    def __init__(self, simulator: Simulator, cast: Cast) -> None:
        self._telegram = simulator.telegram
        self._green = simulator.green
        self._cast = cast
        self._presses: dict[Seat, Press] = {}
        self._green.name(cast.whatsapp_phone, cast.whatsapp_name)

    def phones(self) -> list[dict[str, Any]]:
        """Return the four phones as plain values, in the order of the page."""
        return [self._phone(seat) for seat in Seat]

    def say(self, seat: Seat, text: str, thread_id: str | None) -> None:
        """Type `text` on this phone."""
        if seat is Seat.whatsapp:
            self._green.write(self._cast.whatsapp_phone, self._cast.instance, text)
        else:
            self._telegram.write(self._user(seat), self._place(seat), text, thread_id=thread_id)

    def say_on_hotel_phone(self, text: str) -> None:
        """Type `text` on the hotel's own phone, to the WhatsApp guest."""
        self._green.write_from_hotel_phone(self._cast.instance, self._cast.whatsapp_phone, text)

    def start(self) -> None:
        """The Telegram guest follows the deep link."""
        self._telegram.open_link(self._cast.telegram_guest, self._cast.bot, self._cast.start)

    def press(self, seat: Seat, message_id: str, choice: str) -> None:
        """Press a button. Raises KeyError where there is no such message or button, ValueError for a link."""
        message = next((m for m in self._chat(seat).messages if m.id == message_id), None)
        if message is None:
            raise KeyError("no such message")
        if seat is Seat.whatsapp:
            self._green.press(self._cast.whatsapp_phone, message, choice)
            return
        pressed = self._telegram.press(self._user(seat), message, choice)
        if isinstance(pressed, Press):
            self._presses[seat] = pressed

    def read(self) -> None:
        """The WhatsApp guest looks at the chat: the hotel's messages become read."""
        self._green.read(self._cast.whatsapp_phone, self._cast.instance)

    def _phone(self, seat: Seat) -> dict[str, Any]:
        me, who = self._me(seat), self._name(seat)
        messages = [_shown(message, message.sender_id == me) for message in self._chat(seat).messages]
        said = {message["text"] for message in messages if message["mine"]}
        started = any(message["text"] == _START for message in messages)
        press = self._presses.get(seat)
        return {
            "id": seat.value,
            "who": self._cast.staff_group.title if seat is Seat.staff else who,
            "messages": messages[-_SHOWN_MESSAGES:],
            "topics": self._topics(seat),
            "openers": [line for line in self._cast.openers.get(seat, ()) if line not in said],
            "canStart": seat is Seat.telegram and not started,
            "note": {"id": press.id, "text": press.text} if press and press.text else None,
        }

    def _topics(self, seat: Seat) -> list[dict[str, str]]:
        topics = self._cast.staff_group.topics if seat is Seat.staff else {}
        return [{"id": str(thread), "name": name} for thread, name in topics.items()]

    def _chat(self, seat: Seat) -> Chat:
        if seat is Seat.whatsapp:
            return self._green.chat(self._cast.instance, self._cast.whatsapp_phone)
        if seat is Seat.staff:
            return self._telegram.chat(self._cast.bot, self._cast.staff_group)
        return self._telegram.chat(self._cast.bot, self._user(seat))

    def _user(self, seat: Seat) -> User:
        users = {
            Seat.telegram: self._cast.telegram_guest,
            Seat.staff: self._cast.staff,
            Seat.admin: self._cast.admin,
        }
        return users[seat]

    def _place(self, seat: Seat) -> Bot | Group:
        return self._cast.staff_group if seat is Seat.staff else self._cast.bot

    def _name(self, seat: Seat) -> str:
        return self._cast.whatsapp_name if seat is Seat.whatsapp else self._user(seat).name

    def _me(self, seat: Seat) -> str:
        if seat is Seat.whatsapp:
            return f"{self._cast.whatsapp_phone.removeprefix('+')}@c.us"
        return str(self._user(seat).id)


def _shown(message: ChatMessage, mine: bool) -> dict[str, Any]:
    return {
        "id": message.id,
        "sender": message.sender,
        "mine": mine,
        "text": _typed(message.text, mine),
        "kind": message.kind,
        "at": message.at.isoformat(),
        "edited": message.edited_at is not None,
        "tick": message.tick.value,
        "thread": message.thread_id,
        "buttons": [{"value": b.value, "label": b.label, "kind": b.kind.value} for b in message.buttons],
    }


def _typed(text: str, mine: bool) -> str:
    """Telegram's apps keep the payload of a followed link to themselves."""
    return _START if mine and text.startswith(f"{_START} ") else text
