"""The channel-neutral words: what came in, what goes out, what became of it.

Everything above `bot.channels` speaks only these types. They are frozen, carry no behaviour of a provider
and convert to and from plain JSON values with `to_json` and `outgoing_from_json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class Platform(StrEnum):
    """A messaging platform that Bellhop has an adapter for."""

    telegram = "telegram"
    whatsapp_green = "whatsapp_green"


class IncomingKind(StrEnum):
    """What a person did."""

    text = "text"
    press = "press"
    contact = "contact"
    location = "location"
    media = "media"
    reaction = "reaction"
    unsupported = "unsupported"


class AttachmentKind(StrEnum):
    """What a stored reference points to."""

    image = "image"
    video = "video"
    audio = "audio"
    voice = "voice"
    document = "document"
    sticker = "sticker"


class DeliveryStatus(StrEnum):
    """How far an outgoing message got; a later word in this order never goes back to an earlier one."""

    sent = "sent"
    delivered = "delivered"
    read = "read"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, as far as the channel knows. `phone` is E.164 with the plus sign."""

    id: str
    name: str | None = None
    username: str | None = None
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A reference to media kept by the provider; `size` is in bytes."""

    kind: AttachmentKind
    provider_file_id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    file_name: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A contact card. `is_own` is true only where the channel vouches that it is the sender's own."""

    phone: str
    name: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One thing that a person wrote, pressed or sent.

    `text` holds the words, a caption or a button's label; `press` the value of the pressed choice;
    `press_id` what the channel wants back to stop the button's spinner; `start` a deep link's payload;
    `addressee` the bot that a command names, since a group may have several;
    `replied_to` the provider's id of the message that this one answers.
    """

    kind: IncomingKind
    chat_id: str
    sender: Sender
    sent_at: datetime
    message_id: str | None = None
    text: str = ""
    is_group: bool = False
    is_edit: bool = False
    thread_id: str | None = None
    replied_to: str | None = None
    press: str | None = None
    press_id: str | None = None
    start: str | None = None
    addressee: str | None = None
    attachments: tuple[Attachment, ...] = ()
    contact: SharedContact | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """What one of the hotel's people wrote in a chat on the account's own phone, past us; else as what comes in."""

    kind: IncomingKind
    chat_id: str
    sent_at: datetime
    message_id: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryUpdate:
    """The provider's word on a message of ours, or its echo (then `chat_id` and `text` are known)."""

    message_id: str
    status: DeliveryStatus
    at: datetime
    reason: str | None = None
    chat_id: str | None = None
    text: str | None = None


class AccountState(StrEnum):
    """What a channel account can do just now."""

    active = "active"
    limited = "limited"
    disconnected = "disconnected"
    blocked = "blocked"


@dataclass(frozen=True, slots=True)
class AccountUpdate:
    """The provider's word on the account itself."""

    state: AccountState
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReachUpdate:
    """The guest stopped the bot, or came back; `chat_id` can or can't be written to."""

    chat_id: str
    reachable: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """A group got a new id (Telegram: group to supergroup); the old one is dead."""

    chat_id: str
    new_chat_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ignored:
    """Understood, and nothing to do: the provider's own notices. Kept in the inbox, never shown."""

    reason: str


Incoming = IncomingMessage | StaffMessage | DeliveryUpdate | AccountUpdate | ReachUpdate | ChatMoved | Ignored


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. `value` comes back as `IncomingMessage.press`; at most 64 bytes of UTF-8."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A text file to hand over, such as an export; its name has Latin letters only."""

    name: str
    mime_type: str
    text: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One thing to say, or one change of what was said.

    `replaces` names the provider's id of an earlier message of ours whose text and buttons become these
    (where the channel can't edit, it is sent anew). `answers_press` stops a pressed button's spinner and
    shows `text` as a short note; nothing is sent to the chat then. `asks_contact` is the label of a button
    that shares the guest's own phone number, where the channel has one. `file` goes with the text, or right after it.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    thread_id: str | None = None
    replaces: str | None = None
    answers_press: str | None = None
    asks_contact: str | None = None
    file: OutgoingFile | None = None


def to_json(value: Incoming | OutgoingMessage) -> dict[str, Any]:
    """Return the plain value of a message with its type under `type`; times stay `datetime`."""
    return {"type": _TYPE_NAMES[type(value)], **_plain(value)}


def _plain(value: Any) -> Any:
    """As `dataclasses.asdict`, without a copy of what can't change or is only read."""
    if names := getattr(type(value), "__dataclass_fields__", None):
        return {name: _plain(getattr(value, name)) for name in names}
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


_TypeName = Literal["message", "staff_message", "delivery", "account", "reach", "chat_moved", "ignored", "outgoing"]
_TYPE_NAMES: dict[type, _TypeName] = {
    IncomingMessage: "message",
    StaffMessage: "staff_message",
    DeliveryUpdate: "delivery",
    AccountUpdate: "account",
    ReachUpdate: "reach",
    ChatMoved: "chat_moved",
    Ignored: "ignored",
    OutgoingMessage: "outgoing",
}


def outgoing_from_json(value: dict[str, Any]) -> OutgoingMessage:
    """Rebuild an outgoing message from what `to_json` gave (shape: the fields of `OutgoingMessage`)."""
    fields = {name: value[name] for name in value if name not in {"type", "choices", "file"}}
    choices, file = tuple(Choice(**choice) for choice in value.get("choices", ())), value.get("file")
    return OutgoingMessage(**fields, choices=choices, file=OutgoingFile(**file) if file else None)


def clean_text(text: str) -> str:
    """Return text that PostgreSQL and UTF-8 can hold: no NUL, no lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
