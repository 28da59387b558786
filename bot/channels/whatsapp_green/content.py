"""What a WhatsApp message holds and who wrote it, in channel-neutral words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.channels.base import UnreadablePayload
from bot.channels.payload import inner, name_of, read
from bot.channels.whatsapp_green.payloads import Card, FileData, MessageData, Point, Press, SenderData
from bot.messages import (
    Attachment,
    AttachmentKind,
    IncomingKind,
    Location,
    Sender,
    SharedContact,
    clean_text,
)

Content = dict[str, Any]

PRESSES = frozenset(
    {
        "interactiveButtonsResponse",
        "templateButtonsReplyMessage",
        "templateButtonReplyMessage",
        "buttonsResponseMessage",
        "listResponseMessage",
    }
)
"""typeMessage of a press."""
_CHOSEN = frozenset(
    {"selectedId", "selectedButtonId", "singleSelectReply", "selectedDisplayText", "selectedButtonText"}
)
"""Fields by which the object that holds a press is known: its own name has several forms even in the documents."""
_FILES = {
    "imageMessage": AttachmentKind.image,
    "videoMessage": AttachmentKind.video,
    "audioMessage": AttachmentKind.audio,
    "documentMessage": AttachmentKind.document,
    "stickerMessage": AttachmentKind.sticker,
}
_BY_TYPE = {"image": AttachmentKind.image, "video": AttachmentKind.video, "audio": AttachmentKind.audio}
"""The first half of a MIME type → what the file is, where typeMessage does not say."""
_UNREADABLE = re.compile(r"\{\{SWE\d{3}\}\}")
"""Stands where Green API itself could not read a text or fetch a file."""


def sender_of(data: SenderData) -> Sender:
    """Return the person; `@lid` senders have no phone number that we may know."""
    who = data.sender or data.chat_id
    name = data.sender_name or data.sender_contact_name or ("" if is_group(data.chat_id) else data.chat_name)
    return Sender(id=who, name=name_of(name), phone=phone_of(who))


def phone_of(address: str) -> str | None:
    """Return the number in a WhatsApp address such as 79991234567@c.us, as E.164 with the plus sign."""
    number = re.fullmatch(r"(\d{5,15})@(?:c\.us|s\.whatsapp\.net)", address)
    return f"+{number[1]}" if number else None


def is_group(chat_id: str) -> bool:
    return chat_id.endswith("@g.us")


def content_of(value: dict[str, Any], data: MessageData, sender: Sender) -> Content:
    """Return the fields of IncomingMessage that say what was sent; `value` is messageData as it came."""
    kind = data.type_message
    if kind in _FILES:
        return _file(data, _FILES[kind])
    if kind in ("contactMessage", "contactsArrayMessage", "ContactsArrayMessage"):
        return _contact(value, sender)
    if kind in _BY_KIND:
        return _BY_KIND[kind](data)
    name = next((name for name, part in _parts(value) if part.keys() & _CHOSEN), None)
    return _press(value, name or kind) if name or kind in PRESSES else _unknown(value, data)


def answered(data: MessageData) -> str | None:
    """Return the id of the message that this one answers."""
    found = data.quoted_message.get("stanzaId") or data.extended_text_message_data.get("stanzaId")
    return clean_text(found) if isinstance(found, str) and found else None


def text_of(data: MessageData) -> str:
    """Return the words of a message, wherever its kind keeps them."""
    return (
        _string(data.text_message_data, "textMessage")
        or _string(data.extended_text_message_data, "text")
        or _string(data.file_message_data, "caption")
        or _string(data.edited_message_data, "textMessage", "caption")
    )


def _text(data: MessageData) -> Content:
    return _words(text_of(data))


def _words(text: str) -> Content:
    """Return what somebody said; where there is nothing to read, staff see at least that something came."""
    if not text.strip() or _UNREADABLE.fullmatch(text):
        return {"kind": IncomingKind.unsupported}
    return {"kind": IncomingKind.text, "text": text}


def _press(value: dict[str, Any], name: str) -> Content:
    press = read(Press, value.get(name), f"messageData.{name}")
    replied_to = {"replied_to": press.stanza_id} if press.stanza_id else {}
    if not press.value:
        # Templates made in the provider's console have no ids: the label is what the guest says.
        return {**_words(press.label), **replied_to}
    return {"kind": IncomingKind.press, "press": press.value, "text": press.label, **replied_to}


def _file(data: MessageData, kind: AttachmentKind) -> Content:
    file = read(FileData, data.file_message_data, "messageData.fileMessageData")
    url = None if _UNREADABLE.fullmatch(file.download_url) else file.download_url or None
    name, mime = file.file_name or None, file.mime_type or None
    if kind is AttachmentKind.audio and "opus" in file.mime_type:
        kind = AttachmentKind.voice
    reference = Attachment(kind=kind, url=url, mime_type=mime, file_name=name)
    return {"kind": IncomingKind.media, "attachments": (reference,), "text": file.caption}


def _place(data: MessageData) -> Content:
    point = read(Point, data.location_message_data, "messageData.locationMessageData")
    words = "\n".join(word for word in (point.name_location, point.address) if word)
    return {"kind": IncomingKind.location, "location": Location(point.latitude, point.longitude), "text": words}


def _contact(value: dict[str, Any], sender: Sender) -> Content:
    cards = [read(Card, card, "messageData.contacts") for card in _cards(value)]
    if not cards:
        raise UnreadablePayload("messageData.contactMessageData", "there is no contact card in it")
    shared = next((found for card in cards if (found := _shared(card, sender))), None)
    words = "\n".join(card.display_name for card in cards if card.display_name)
    kind = IncomingKind.contact if shared else IncomingKind.unsupported
    return {"kind": kind, "contact": shared, "text": words}


def _cards(value: dict[str, Any]) -> Iterator[Any]:
    """Give the contact cards: the documents put an array of them below messageData a second time."""
    if isinstance(value.get("contactMessageData"), dict):
        yield value["contactMessageData"]
    for holder in (value, value.get("messageData"), value.get("contactsArrayMessageData")):
        cards = inner(holder, "contacts")
        yield from cards if isinstance(cards, list) else ()


def _shared(card: Card, sender: Sender) -> SharedContact | None:
    phone = _number_on(card.vcard)
    return SharedContact(phone, card.display_name or None, is_own=phone == sender.phone) if phone else None


def _number_on(vcard: str) -> str | None:
    """Return the first number of a vCard: WhatsApp's own id of it where there is one, else as it is written."""
    found = re.search(r"TEL[^:\n]*waid=(\d{5,15})", vcard) or re.search(r"TEL[^:\n]*:([+\d][\d\s().-]{4,30})", vcard)
    digits = re.sub(r"\D", "", found[1]) if found else ""
    return f"+{digits}" if 5 <= len(digits) <= 15 else None


def _reaction(data: MessageData) -> Content:
    return {"kind": IncomingKind.reaction, "text": text_of(data)}


def _poll(data: MessageData) -> Content:
    return {"kind": IncomingKind.unsupported, "text": _string(data.poll_message_data, "name")}


def _unknown(value: dict[str, Any], data: MessageData) -> Content:
    """Take a kind that is not known for what it holds: a message that will vanish holds a text or a picture. Keep one
    that is not used with its own words, whatever the object and the field that hold them."""
    if data.location_message_data:
        return _place(data)
    if _string(data.file_message_data, "downloadUrl"):
        main_type = _string(data.file_message_data, "mimeType").partition("/")[0]
        return _file(data, _BY_TYPE.get(main_type, AttachmentKind.document))
    if _string(data.text_message_data, "textMessage") or _string(data.extended_text_message_data, "text"):
        return _text(data)
    words = (_string(part, "contentText", "body", "caption") for _, part in _parts(value))
    return {"kind": IncomingKind.unsupported, "text": text_of(data) or next(filter(None, words), "")}


def _parts(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the objects of a message by their names, without that of the one it answers."""
    yield from ((name, part) for name, part in value.items() if name != "quotedMessage" and isinstance(part, dict))


def _string(holder: dict[str, Any], *names: str) -> str:
    found = next((holder[name] for name in names if isinstance(holder.get(name), str)), "")
    return clean_text(found)


_BY_KIND: dict[str, Callable[[MessageData], Content]] = {
    "textMessage": _text,
    "extendedTextMessage": _text,
    "quotedMessage": _text,
    "editedMessage": _text,
    "locationMessage": _place,
    "reactionMessage": _reaction,
    "pollMessage": _poll,
    "pollUpdateMessage": _poll,
}
