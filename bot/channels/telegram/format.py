"""Telegram's updates: split into raw events, and read as channel-neutral messages."""

from __future__ import annotations

from typing import Any

from bot.channels.base import EventKind, RawEvent, UnreadablePayload
from bot.channels.payload import digest, dump, identifier, inner, load, read
from bot.channels.telegram.content import content_of, sender_of, sender_of_chat
from bot.channels.telegram.payloads import (
    MESSAGES,
    SERVICE,
    CallbackQuery,
    MemberUpdate,
    Message,
    PressedMessage,
    ReactionUpdate,
    UpdateKind,
)
from bot.clock import Clock, SystemClock
from bot.messages import (
    ChatMoved,
    Ignored,
    Incoming,
    IncomingKind,
    IncomingMessage,
    Platform,
    ReachUpdate,
    Sender,
)

_KINDS = {
    "message": EventKind.message,
    "channel_post": EventKind.message,
    "edited_message": EventKind.edit,
    "edited_channel_post": EventKind.edit,
    "callback_query": EventKind.press,
    "my_chat_member": EventKind.status,
    "message_reaction": EventKind.other,
}
_LANES = (("chat", "id"), ("message", "chat", "id"), ("from", "id"), ("user", "id"))
NO_LANE = "account"


class TelegramFormat:
    """Reads updates. A press has no time of its own in Telegram: it gets the moment of reading."""

    platform = Platform.telegram

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    def envelopes(self, body: bytes) -> list[RawEvent]:
        """Return the update in a webhook's body as one raw event with these exact bytes."""
        try:
            update = load(body)
        except UnreadablePayload:
            update = None
        return [_envelope(update, body)]

    def envelope(self, update: Any) -> RawEvent:
        """Return one element of an answer of getUpdates as a raw event, whatever it is."""
        return _envelope(update, dump(update))

    def parse(self, payload: bytes) -> list[Incoming]:
        """Return what one update says: nearly always one message."""
        update = load(payload)
        if not isinstance(update, dict):
            raise UnreadablePayload("payload", "an update is an object with update_id and one more part")
        for kind in MESSAGES:
            if update.get(kind) is not None:
                return [_message(kind, update[kind])]
        if update.get("callback_query") is not None:
            return [self._press(read(CallbackQuery, update["callback_query"], "callback_query"))]
        if update.get("my_chat_member") is not None:
            return [_reach(read(MemberUpdate, update["my_chat_member"], "my_chat_member"))]
        if update.get("message_reaction") is not None:
            return [_reaction(read(ReactionUpdate, update["message_reaction"], "message_reaction"))]
        return [_unused(update)]

    def _press(self, query: CallbackQuery) -> Incoming:
        if query.data is None:
            return Ignored("a press of a button without data: a game")
        below = read(PressedMessage, query.message, "callback_query.message") if query.message else None
        return IncomingMessage(
            kind=IncomingKind.press,
            chat_id=str(below.chat.id if below else query.from_.id),
            sender=sender_of(query.from_),
            sent_at=self._clock.now(),
            message_id=str(below.message_id) if below and below.message_id is not None else None,
            text=_label(below, query.data),
            is_group=bool(below and below.chat.is_group),
            thread_id=_thread(below) if below else None,
            press=query.data,
            press_id=query.id,
        )


def _envelope(update: Any, payload: bytes) -> RawEvent:
    name = next((name for name in _KINDS if inner(update, name) is not None), None)
    part = inner(update, name) if name else None
    return RawEvent(
        event_id=_event_id(update, part) or digest(payload),
        kind=_KINDS[name] if name else EventKind.other,
        lane=next((lane for path in _LANES if (lane := identifier(inner(part, *path)))), NO_LANE),
        payload=payload,
    )


def _event_id(update: Any, part: Any) -> str | None:
    """Return the update's number, with the moment or the id of what it brings: after a week without updates Telegram
    begins the numbers anew, perhaps at those of long ago."""
    number = identifier(inner(update, "update_id"))
    marks = (identifier(inner(part, name)) for name in ("edit_date", "date", "id"))
    mark = next(filter(None, marks), None)
    return f"{number}:{mark}" if number and mark else number


def _message(kind: UpdateKind, value: Any) -> Incoming:
    message = read(Message, value, kind)
    if message.migrate_to_chat_id:
        return ChatMoved(str(message.chat.id), str(message.migrate_to_chat_id), message.date)
    if message.migrate_from_chat_id:
        return ChatMoved(str(message.migrate_from_chat_id), str(message.chat.id), message.date)
    # Some servers write what was not said too: as null, false, or none of a list. An empty object is a notice.
    service = next((name for name in SERVICE if value.get(name) not in (None, False, [])), None)
    if service:
        return Ignored(f"Telegram's own notice: {service}")
    if message.from_ and message.from_.is_bot and not message.sender_chat:
        return Ignored("a bot's message")
    is_edit = kind.startswith("edited")
    return IncomingMessage(
        chat_id=str(message.chat.id),
        sender=_author(message),
        sent_at=(message.edit_date or message.date) if is_edit else message.date,
        message_id=str(message.message_id),
        is_group=message.chat.is_group,
        is_edit=is_edit,
        thread_id=_thread(message),
        replied_to=_replied_to(message),
        **content_of(message),
    )


def _author(message: Message) -> Sender:
    """Return the person, or the chat in whose name an anonymous admin or a channel writes."""
    if message.sender_chat or not message.from_:
        return sender_of_chat(message.sender_chat or message.chat)
    return sender_of(message.from_, message.contact)


def _thread(message: Message | PressedMessage) -> str | None:
    # Replies outside forums carry a thread id too; writing to that would be refused.
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else None


def _replied_to(message: Message) -> str | None:
    answered = message.reply_to_message
    # In a forum every message "replies" to the topic's first one, unless it answers another.
    if not answered or (message.is_topic_message and answered.message_id == message.message_thread_id):
        return None
    return str(answered.message_id)


def _label(below: PressedMessage | None, data: str) -> str:
    rows = below.reply_markup.inline_keyboard if below and below.reply_markup else []
    return next((button.text for row in rows for button in row if button.callback_data == data), "")


def _reach(update: MemberUpdate) -> Incoming:
    status = update.new_chat_member.status
    if update.chat.is_group:
        return Ignored(f"the bot's standing in a group changed: {status}")
    return ReachUpdate(str(update.chat.id), status not in ("kicked", "left"), update.date)


def _reaction(update: ReactionUpdate) -> Incoming:
    if not update.new_reaction:
        return Ignored("a reaction was taken back")
    return IncomingMessage(
        kind=IncomingKind.reaction,
        chat_id=str(update.chat.id),
        sender=sender_of(update.user) if update.user else sender_of_chat(update.actor_chat or update.chat),
        sent_at=update.date,
        text="".join(reaction.emoji or "" for reaction in update.new_reaction),
        is_group=update.chat.is_group,
        replied_to=str(update.message_id),
    )


def _unused(update: dict[str, Any]) -> Incoming:
    kinds = sorted(name for name, value in update.items() if isinstance(value, dict) and name.isidentifier())
    if identifier(update.get("update_id")) is None:
        raise UnreadablePayload("update_id", "there is no number: this is not an update of the Bot API")
    return Ignored(f"a kind of update that is not used: {', '.join(kinds)[:100] or 'empty'}")
