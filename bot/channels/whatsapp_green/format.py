"""Green API's notifications: split into raw events, and read as channel-neutral messages."""

from __future__ import annotations

from typing import Any

from bot.channels.base import EventKind, RawEvent, UnreadablePayload
from bot.channels.payload import digest, dump, identifier, inner, load, read
from bot.channels.whatsapp_green.content import PRESSES, answered, content_of, is_group, sender_of, text_of
from bot.channels.whatsapp_green.payloads import Received, State, Status
from bot.messages import (
    AccountState,
    AccountUpdate,
    DeliveryStatus,
    DeliveryUpdate,
    Ignored,
    Incoming,
    IncomingMessage,
    Platform,
    StaffMessage,
    clean_text,
)

STATES = {
    "authorized": AccountState.active,
    "yellowCard": AccountState.limited,
    "suspended": AccountState.limited,
    "notAuthorized": AccountState.disconnected,
    "starting": AccountState.disconnected,
    "sleepMode": AccountState.disconnected,
    "blocked": AccountState.blocked,
}
_STATUSES = {
    "sent": DeliveryStatus.sent,
    "delivered": DeliveryStatus.delivered,
    "read": DeliveryStatus.read,
    "failed": DeliveryStatus.failed,
    "noAccount": DeliveryStatus.failed,
    "notInGroup": DeliveryStatus.failed,
}
_LANES = (("senderData", "chatId"), ("chatId",), ("from",))
NO_LANE = "account"
_ONE_WAY = ("@broadcast", "@newsletter")
"""Where an answer would be published, not answered."""
_GESTURES = ("editedMessage", "deletedMessage", "reactionMessage", "pollUpdateMessage")
"""What somebody does to a message that is there, and says nothing by."""


class GreenFormat:
    """Reads notifications, bare as a webhook brings them or wrapped with their receipt as the queue gives them."""

    platform = Platform.whatsapp_green

    def envelopes(self, body: bytes) -> list[RawEvent]:
        """Return the notification in a webhook's body as one raw event with these exact bytes."""
        try:
            value = load(body)
        except UnreadablePayload:
            value = None
        return [_envelope(unwrapped(value), body)]

    def envelope(self, notification: Any) -> RawEvent:
        """Return a notification from the queue, without its receipt, as a raw event, whatever it is."""
        return _envelope(notification, dump(notification))

    def parse(self, payload: bytes) -> list[Incoming]:
        """Return what one notification says: always one thing."""
        value = unwrapped(load(payload))
        if not isinstance(value, dict) or not isinstance(value.get("typeWebhook"), str):
            raise UnreadablePayload("typeWebhook", "it is missing: this is not a notification of Green API")
        return [_parsed(value["typeWebhook"], value)]


def unwrapped(value: Any) -> Any:
    """Return the notification itself, where it came as {"receiptId": …, "body": …}."""
    is_wrapped = isinstance(value, dict) and "typeWebhook" not in value and isinstance(value.get("body"), dict)
    return value["body"] if is_wrapped else value


def _envelope(value: Any, payload: bytes) -> RawEvent:
    chat = next((chat for path in _LANES if (chat := identifier(inner(value, *path)))), None)
    return RawEvent(
        event_id=_event_id(value, chat) or digest(payload),
        kind=_kind(value),
        lane=chat or NO_LANE,
        payload=payload,
    )


def _event_id(value: Any, chat: str | None) -> str | None:
    """Return an id of the event: a message's id counts within its chat only, several statuses share that of their
    message, states have none of their own."""
    message, status = (identifier(inner(value, name)) for name in ("idMessage", "status"))
    state, timestamp = (identifier(inner(value, name)) for name in ("stateInstance", "timestamp"))
    if message:
        return ":".join(filter(None, (message, chat, status)))
    return f"{state}:{timestamp}" if state and timestamp else None


def _kind(value: Any) -> EventKind:
    match inner(value, "typeWebhook"):
        case "incomingMessageReceived":
            kind = inner(value, "messageData", "typeMessage")
            if kind == "editedMessage":
                return EventKind.edit
            return EventKind.press if isinstance(kind, str) and kind in PRESSES else EventKind.message
        case "outgoingMessageReceived":
            return EventKind.message
        case "outgoingMessageStatus" | "outgoingAPIMessageReceived":
            return EventKind.status
        case "stateInstanceChanged":
            return EventKind.account
        case _:
            return EventKind.other


def _parsed(kind: str, value: dict[str, Any]) -> Incoming:
    match kind:
        case "incomingMessageReceived":
            return _incoming(value)
        case "outgoingAPIMessageReceived":
            return _echo(read(Received, value), value)
        case "outgoingMessageReceived":
            return _by_hand(read(Received, value), value)
        case "outgoingMessageStatus":
            return _status(read(Status, value))
        case "stateInstanceChanged":
            return _state(read(State, value))
        case _:
            return Ignored(f"a kind of notification that is not used: {clean_text(kind)[:100]}")


def _incoming(value: dict[str, Any]) -> Incoming:
    received = read(Received, value)
    if received.sender_data.chat_id.endswith(_ONE_WAY):
        return Ignored("a status or a channel's post: it is said to nobody in particular")
    data, sender = received.message_data, sender_of(received.sender_data)
    if data.type_message == "deletedMessage":
        return Ignored("the sender deleted a message")
    if data.type_message == "reactionMessage" and not text_of(data):
        return Ignored("a reaction was taken back")
    is_edit = data.type_message == "editedMessage"
    edited = identifier(data.edited_message_data.get("stanzaId")) if is_edit else None
    return IncomingMessage(
        **{
            "chat_id": received.sender_data.chat_id,
            "sender": sender,
            "sent_at": received.timestamp,
            "message_id": edited or received.id_message,
            "is_group": is_group(received.sender_data.chat_id),
            "is_edit": is_edit,
            "replied_to": answered(data),
            **content_of(value["messageData"], data, sender),
        }
    )


def _by_hand(received: Received, value: dict[str, Any]) -> Incoming:
    """Read what was written on the hotel's own phone. Its chat is the guest, its sender the hotel."""
    chat_id, data = received.sender_data.chat_id, received.message_data
    if is_group(chat_id) or chat_id.endswith(_ONE_WAY):
        return Ignored("written on the hotel's own phone, and to no guest")
    if data.type_message in _GESTURES:
        return Ignored("done on the hotel's own phone to a message that was there")
    content = content_of(value["messageData"], data, sender_of(received.sender_data))
    return StaffMessage(
        kind=content["kind"],
        chat_id=chat_id,
        sent_at=received.timestamp,
        message_id=received.id_message,
        text=content.get("text", ""),
        attachments=content.get("attachments", ()),
    )


def _echo(received: Received, value: dict[str, Any]) -> DeliveryUpdate:
    return DeliveryUpdate(
        message_id=received.id_message,
        status=DeliveryStatus.sent,
        at=received.timestamp,
        chat_id=received.sender_data.chat_id,
        text=text_of(received.message_data) or body_of_buttons(value["messageData"]),
    )


def body_of_buttons(value: dict[str, Any]) -> str:
    """Return the text of a message of ours that had buttons, in an echo or in the journal."""
    for holder in ("interactiveButtonsReply", "interactiveButtons"):
        for name in ("contentText", "body"):
            if isinstance(text := inner(value, holder, name), str):
                return clean_text(text)
    return ""


def _status(status: Status) -> Incoming:
    if status.status == "yellowCard":
        return AccountUpdate(AccountState.limited, status.timestamp, "WhatsApp suspended sending: suspected spam")
    if status.status not in _STATUSES:
        return Ignored(f"a delivery status that is not used: {status.status[:50]}")
    delivery = _STATUSES[status.status]
    reason = ": ".join(word for word in (status.status, status.description[:200]) if word)
    return DeliveryUpdate(
        status.id_message, delivery, status.timestamp, reason if delivery is DeliveryStatus.failed else None
    )


def _state(state: State) -> Incoming:
    if state.state_instance not in STATES:
        return Ignored(f"an account state that is not known: {state.state_instance[:50]}")
    return AccountUpdate(STATES[state.state_instance], state.timestamp, state.state_instance)
