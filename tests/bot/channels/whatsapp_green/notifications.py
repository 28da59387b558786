"""Notifications as Green API documents them."""

from __future__ import annotations

from typing import Any

import orjson

TIME = 1_760_000_000
GUEST = "79991234567@c.us"
INSTANCE = {"idInstance": 1101000001, "wid": "79990000000@c.us", "typeInstance": "whatsapp"}


def notification(kind: str, **parts: Any) -> dict[str, Any]:
    return {"typeWebhook": kind, "instanceData": INSTANCE, "timestamp": TIME, **parts}


def received(kind: str, *, sender: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    who = {"chatId": GUEST, "sender": GUEST, "chatName": "Анна", "senderName": "Анна", "senderContactName": ""}
    return notification(
        "incomingMessageReceived",
        idMessage="F7AEC1B7086ECDC7",
        senderData=who | (sender or {}),
        messageData={"typeMessage": kind, **parts},
    )


def by_hand(kind: str, *, chat: str = GUEST, **parts: Any) -> dict[str, Any]:
    """What was written on the hotel's own phone, in the chat with a guest."""
    who = {"chatId": chat, "chatName": "Анна", "sender": INSTANCE["wid"], "senderName": "Hotel"}
    data = {"typeMessage": kind, **parts}
    return notification("outgoingMessageReceived", idMessage="3EB0", senderData=who, messageData=data)


def text(words: str) -> dict[str, Any]:
    return received("textMessage", textMessageData={"textMessage": words})


PRESSES = [
    received("interactiveButtonsResponse", interactiveButtonsResponse={
        "stanzaId": "BAE5", "selectedIndex": 0, "selectedId": "info:wifi", "selectedDisplayText": "Wi-Fi"}),
    received("interactiveButtonsResponse", interactiveButtonsResponse={
        "stanzaId": "BAE5", "selectedButtonId": "info:wifi", "selectedButtonText": "Wi-Fi"}),
    received("templateButtonsReplyMessage", templateButtonReplyMessage={
        "stanzaId": "BAE5", "selectedIndex": 0, "selectedId": "info:wifi", "selectedDisplayText": "Wi-Fi"}),
    received("templateButtonReplyMessage", templateButtonReplyMessage={
        "stanzaId": "BAE5", "selectedIndex": 0, "selectedId": "info:wifi", "selectedDisplayText": "Wi-Fi"}),
    received("templateButtonsReplyMessage", templateButtonsReplyMessage={
        "stanzaId": "BAE5", "selectedIndex": 0, "selectedId": "info:wifi", "selectedDisplayText": "Wi-Fi"}),
    received("buttonsResponseMessage", buttonsResponseMessage={
        "stanzaId": "BAE5", "selectedButtonId": "info:wifi", "selectedButtonText": "Wi-Fi"}),
    received("listResponseMessage", listResponseMessage={
        "stanzaId": "BAE5", "title": "Wi-Fi", "listType": 1, "singleSelectReply": "info:wifi"}),
    received("listResponseMessage", listResponseMessage={
        "stanzaId": "BAE5", "title": "Wi-Fi", "singleSelectReply": {"selectedRowId": "info:wifi"}}),
]  # fmt: skip

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Anna\nitem1.TEL;waid=79991234567:+7 999 123-45-67\nEND:VCARD"
FOREIGN_CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Max\nTEL;TYPE=CELL:+49 (151) 123-45\nEND:VCARD"

EXAMPLES = [orjson.dumps(each) for each in [
    text("Здравствуйте"),
    {"receiptId": 12, "body": text("wrapped")},
    received("quotedMessage", extendedTextMessageData={"text": "yes"}, quotedMessage={"stanzaId": "BAE5"}),
    received("imageMessage", fileMessageData={"downloadUrl": "https://m/1", "caption": "c", "mimeType": "image/png"}),
    received("locationMessage", locationMessageData={"latitude": 55.7, "longitude": 37.6, "nameLocation": "Here"}),
    received("contactMessage", contactMessageData={"displayName": "Anna", "vcard": CARD}),
    received("reactionMessage", extendedTextMessageData={"text": "👍"}, quotedMessage={"stanzaId": "BAE5"}),
    *PRESSES,
    by_hand("textMessage", textMessageData={"textMessage": "I'm coming"}),
    notification("outgoingMessageStatus", chatId=GUEST, idMessage="BAE5", status="delivered", sendByApi=True),
    notification("stateInstanceChanged", stateInstance="notAuthorized"),
]]  # fmt: skip
