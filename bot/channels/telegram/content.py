"""What a Telegram message holds and who wrote it, in channel-neutral words."""

from __future__ import annotations

import re
from typing import Any

from bot.channels.payload import name_of
from bot.channels.telegram.payloads import Chat, Contact, File, Message, Point, User
from bot.messages import Attachment, AttachmentKind, IncomingKind, Location, Sender, SharedContact

_COMMAND = re.compile(r"/(\w{1,64})(?:@(\w{1,64}))?(?=\s|$)")
# What Telegram takes for a link's payload; anything else behind /start was typed.
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MEDIA = {
    "animation": AttachmentKind.video,
    "voice": AttachmentKind.voice,
    "audio": AttachmentKind.audio,
    "video": AttachmentKind.video,
    "video_note": AttachmentKind.video,
    "sticker": AttachmentKind.sticker,
    "document": AttachmentKind.document,  # last: Telegram repeats an animation as a document
}


def sender_of(user: User, contact: Contact | None = None) -> Sender:
    """Return the person; with their own contact card also their phone number."""
    return Sender(
        id=str(user.id),
        name=name_of(user.first_name, user.last_name),
        username=user.username,
        phone=e164(contact.phone_number) if contact and contact.user_id == user.id else None,
        language=user.language_code,
    )


def sender_of_chat(chat: Chat) -> Sender:
    """Return the chat that a channel's post or an anonymous admin's message is signed with."""
    return Sender(id=str(chat.id), name=name_of(chat.title), username=chat.username)


def content_of(message: Message) -> dict[str, Any]:
    """Return the fields of IncomingMessage that say what was sent, `kind` among them."""
    if message.text:
        return _words(message.text)
    if message.contact:
        return {"kind": IncomingKind.contact, "contact": _shared(message.contact, message.from_)}
    if message.venue:
        words = "\n".join(word for word in (message.venue.title, message.venue.address) if word)
        return {"kind": IncomingKind.location, "location": _location(message.venue.location), "text": words}
    if message.location:
        return {"kind": IncomingKind.location, "location": _location(message.location)}
    if attachment := _attachment(message):
        words = message.caption or (message.sticker.emoji if message.sticker else None) or ""
        return {"kind": IncomingKind.media, "attachments": (attachment,), "text": words}
    named = (message.poll, message.checklist, message.game, message.invoice, message.dice, message.web_app_data)
    words = next((content.words for content in named if content), "")
    return {"kind": IncomingKind.unsupported, "text": message.caption or words}


def e164(phone: str) -> str | None:
    """Return a phone number as Telegram gives it, with or without a plus sign, with one."""
    digits = re.sub(r"\D", "", phone)
    return f"+{digits}" if 5 <= len(digits) <= 15 else None


def _words(text: str) -> dict[str, Any]:
    command = _COMMAND.match(text)
    if not command:
        return {"kind": IncomingKind.text, "text": text}
    rest = text[command.end() :]
    payload = _PAYLOAD.fullmatch(rest.strip()) if command[1] == "start" else None
    said = {"text": f"/{command[1]}{rest}", "addressee": command[2], "start": payload and payload[0]}
    return {"kind": IncomingKind.text, **said}


def _shared(contact: Contact, user: User | None) -> SharedContact:
    return SharedContact(
        phone=e164(contact.phone_number) or contact.phone_number,
        name=name_of(contact.first_name, contact.last_name),
        is_own=bool(user and contact.user_id == user.id),
    )


def _attachment(message: Message) -> Attachment | None:
    if message.photo:
        largest = max(message.photo, key=lambda size: ((size.width or 0) * (size.height or 0), size.file_size or 0))
        return _reference(AttachmentKind.image, largest)
    for name, kind in _MEDIA.items():
        if file := getattr(message, name):
            return _reference(kind, file)
    return None


def _reference(kind: AttachmentKind, file: File) -> Attachment:
    return Attachment(
        kind=kind,
        provider_file_id=file.file_id,
        mime_type=file.mime_type,
        file_name=file.file_name,
        size=file.file_size,
    )


def _location(point: Point) -> Location:
    return Location(point.latitude, point.longitude)
