"""What a person sees: chats as ordered lists of messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tick(StrEnum):
    """How far a message got, as the sender's phone shows it."""

    waiting = "waiting"
    sent = "sent"
    delivered = "delivered"
    read = "read"
    failed = "failed"


class ButtonKind(StrEnum):
    """What happens when it is pressed."""

    callback = "callback"
    text = "text"
    contact = "contact"
    url = "url"


@dataclass(frozen=True, slots=True)
class Button:
    """`value` is what the bot gets back (or the address of a link)."""

    value: str
    label: str
    kind: ButtonKind = ButtonKind.callback


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One bubble. `kind` is the provider's word for it (text, photo, locationMessage …)."""

    id: str
    chat_id: str
    account: str
    sender_id: str
    sender: str
    from_bot: bool
    text: str
    at: datetime
    kind: str = "text"
    buttons: tuple[Button, ...] = ()
    edited_at: datetime | None = None
    tick: Tick = Tick.delivered
    thread_id: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat at one moment; `messages` oldest first."""

    id: str
    title: str
    messages: tuple[ChatMessage, ...]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def last(self) -> ChatMessage:
        return self.messages[-1]

    def from_bot(self) -> list[ChatMessage]:
        return [message for message in self.messages if message.from_bot]


def find_button(message: ChatMessage, choice: str) -> Button:
    """Return the button with this value or label. Raises KeyError that lists what there is."""
    for button in message.buttons:
        if choice in (button.value, button.label):
            return button
    raise KeyError(f"no button {choice!r} on this message; there are {[b.label for b in message.buttons]}")
