"""messageData objects as the documentation shows them, and what a person or the journal reads out of them."""

from __future__ import annotations

from typing import Any

from bot.simulator.green.instance import Said, Wire

FILE_KINDS = ("imageMessage", "videoMessage", "audioMessage", "documentMessage", "stickerMessage")


def text(words: str) -> Wire:
    return {"typeMessage": "textMessage", "textMessageData": {"textMessage": words, "isTemplateMessage": False}}


def extended_text(words: str, *, forwarded: bool = False) -> Wire:
    """Text with a link preview, or forwarded text."""
    data = {
        "text": words,
        "description": "",
        "title": "",
        "previewType": "None",
        "jpegThumbnail": "",
        "forwardingScore": 1 if forwarded else 0,
        "isForwarded": forwarded,
    }
    return {"typeMessage": "extendedTextMessage", "extendedTextMessageData": data}


def quote(words: str, answered: Said) -> Wire:
    """Text that answers an earlier message."""
    stanza = {"stanzaId": answered.id, "participant": answered.sender_id}
    original = {"typeMessage": answered.data["typeMessage"], "textMessage": text_of(answered.data)}
    return {
        "typeMessage": "quotedMessage",
        "extendedTextMessageData": {"text": words, **stanza},
        "quotedMessage": stanza | original,
    }


def file(kind: str, url: str, file_name: str, mime_type: str, caption: str = "") -> Wire:
    """A picture, film, sound, document or sticker; `kind` is one of FILE_KINDS."""
    data: Wire = {
        "downloadUrl": url,
        "caption": caption,
        "fileName": file_name,
        "jpegThumbnail": "",
        "mimeType": mime_type,
        "isForwarded": False,
        "forwardingScore": 0,
    }
    if kind == "stickerMessage":
        data["isAnimated"] = False
    return {"typeMessage": kind, "fileMessageData": data}


def location(latitude: float, longitude: float, name: str = "", address: str = "") -> Wire:
    data = {
        "nameLocation": name,
        "address": address,
        "latitude": latitude,
        "longitude": longitude,
        "jpegThumbnail": "",
        "isForwarded": False,
        "forwardingScore": 0,
    }
    return {"typeMessage": "locationMessage", "locationMessageData": data}


def contact(name: str, phone: str) -> Wire:
    card = f"BEGIN:VCARD\nVERSION:3.0\nN:;{name};;;\nFN:{name}\nTEL;waid={phone}:+{phone}\nEND:VCARD"
    data = {"displayName": name, "vcard": card, "isForwarded": False, "forwardingScore": 0}
    return {"typeMessage": "contactMessage", "contactMessageData": data}


def reaction(emoji: str, answered: Said) -> Wire:
    return {
        "typeMessage": "reactionMessage",
        "extendedTextMessageData": {"text": emoji},
        "quotedMessage": {"stanzaId": answered.id, "participant": answered.sender_id},
    }


def poll(question: str, options: tuple[str, ...]) -> Wire:
    data = {"name": question, "options": [{"optionName": name} for name in options], "multipleAnswers": False}
    return {"typeMessage": "pollMessage", "pollMessageData": data}


def edited(words: str, original: Said) -> Wire:
    data = {"textMessage": words, "stanzaId": original.id}
    return {"typeMessage": "editedMessage", "editedMessageData": data}


def deleted(original: Said) -> Wire:
    return {"typeMessage": "deletedMessage", "deletedMessageData": {"stanzaId": original.id}}


def press(shape: str, stanza: str, index: int, value: str, label: str) -> Wire:
    """A pressed button by one of the three names under which it can arrive."""
    picked = {"stanzaId": stanza, "selectedIndex": index, "selectedId": value, "selectedDisplayText": label}
    if shape == "interactiveButtonsResponse":
        return {"typeMessage": shape, shape: picked}
    if shape == "templateButtonsReplyMessage":
        # The documentation names the type with an s and its object without.
        return {"typeMessage": shape, "templateButtonReplyMessage": picked}
    simple = {"stanzaId": stanza, "selectedButtonId": value, "selectedButtonText": label}
    return {"typeMessage": "buttonsResponseMessage", "buttonsResponseMessage": simple}


def interactive(body: Wire) -> Wire:
    """The echo of a message with buttons."""
    data = {
        "titleText": body.get("header", ""),
        "contentText": body["body"],
        "footerText": body.get("footer", ""),
        "buttons": [{"type": "reply", **button} for button in body["buttons"]],
    }
    return {"typeMessage": "interactiveButtons", "interactiveButtons": data}


def text_of(data: Wire) -> str:
    """The words of a message, whatever kind it is."""
    kind = data["typeMessage"]
    paths: dict[str, tuple[str, str]] = {
        "textMessage": ("textMessageData", "textMessage"),
        "interactiveButtons": ("interactiveButtons", "contentText"),
        "interactiveButtonsResponse": ("interactiveButtonsResponse", "selectedDisplayText"),
        "templateButtonsReplyMessage": ("templateButtonReplyMessage", "selectedDisplayText"),
        "buttonsResponseMessage": ("buttonsResponseMessage", "selectedButtonText"),
        "locationMessage": ("locationMessageData", "nameLocation"),
        "contactMessage": ("contactMessageData", "displayName"),
        "pollMessage": ("pollMessageData", "name"),
        "editedMessage": ("editedMessageData", "textMessage"),
    }
    if kind in FILE_KINDS:
        return str(data["fileMessageData"]["caption"])
    part, name = paths.get(kind, ("extendedTextMessageData", "text"))
    return str(data.get(part, {}).get(name, ""))


def journal_entry(said: Said) -> Wire:
    """A message as lastIncomingMessages, lastOutgoingMessages, getChatHistory and getMessage show it."""
    kind = said.data["typeMessage"]
    entry: dict[str, Any] = {
        "type": "outgoing" if said.outgoing else "incoming",
        "idMessage": said.id,
        "timestamp": int(said.at.timestamp()),
        "typeMessage": kind,
        "chatId": said.chat_id,
    }
    if words := text_of(said.data):
        entry["textMessage"] = words
    if kind in FILE_KINDS:
        entry |= said.data["fileMessageData"]
    entry |= {name: value for name, value in said.data.items() if name not in {"typeMessage", "textMessageData"}}
    if said.outgoing:
        return entry | {"statusMessage": said.status_word or said.status.value, "sendByApi": said.by_api}
    return entry | {
        "senderId": said.sender_id,
        "senderName": said.sender_name,
        "senderContactName": said.sender_name,
    }
