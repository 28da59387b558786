"""The methods that write into chats."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bot.simulator.telegram.delivery import check_thread, check_writable, find_chat
from bot.simulator.telegram.keyboard import read_markup
from bot.simulator.telegram.markup import parse_markup, units
from bot.simulator.telegram.params import Params
from bot.simulator.telegram.people import Bot, Room, Wire
from bot.simulator.telegram.refusal import bad
from bot.simulator.telegram.state import State

_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?(?!\S)")
_MAX_TEXT = 4096
_MAX_CAPTION = 1024
_PRESS_LIVES = timedelta(minutes=15)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def read_text(params: Params, name: str = "text", limit: int = _MAX_TEXT) -> tuple[str, list[Wire]]:
    """Return the plain text and its entities. Raises Refused(400)."""
    plain, entities = parse_markup(params.text(name), params.text("parse_mode"))
    if not params.text("parse_mode"):
        entities = params.json("entities" if name == "text" else "caption_entities", "entities") or []
    # The real server trims what it shows; with entities it would have to move them too.
    plain = plain if entities else plain.strip()
    if len(plain) > limit:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return plain, entities


class ChatMethods:
    """One method of this class per method of the Bot API; the name is the wire's name in lower case."""

    def __init__(self, state: State) -> None:
        self._state = state

    def sendmessage(self, bot: Bot, params: Params) -> Wire:
        text, entities = read_text(params)
        if not text.strip():
            raise bad("message text is empty")
        return self._send(bot, params, {"text": text, **({"entities": entities} if entities else {})})

    def sendlocation(self, bot: Bot, params: Params) -> Wire:
        point = {"latitude": params.number("latitude"), "longitude": params.number("longitude")}
        return self._send(bot, params, {"location": point})

    def sendcontact(self, bot: Bot, params: Params) -> Wire:
        if not params.text("phone_number") or not params.text("first_name"):
            raise bad("phone number or first name is empty")
        contact = {"phone_number": params.text("phone_number"), "first_name": params.text("first_name")}
        return self._send(bot, params, {"contact": contact})

    def sendphoto(self, bot: Bot, params: Params) -> Wire:
        size = {**self._file(params, "photo"), "width": 800, "height": 600}
        return self._send(bot, params, {"photo": [size], **self._caption(params)})

    def senddocument(self, bot: Bot, params: Params) -> Wire:
        upload = params.upload("document")
        named = {"file_name": upload.name, "mime_type": upload.content_type} if upload else {}
        return self._send(bot, params, {"document": self._file(params, "document") | named, **self._caption(params)})

    def editmessagetext(self, bot: Bot, params: Params) -> Wire:
        message = self._own_message(bot, params, "edit")
        text, entities = read_text(params)
        if not text.strip():
            raise bad("message text is empty")
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        return self._change(message, {"text": text, "entities": entities}, read_markup(params, message["chat"]))

    def editmessagereplymarkup(self, bot: Bot, params: Params) -> Wire:
        message = self._own_message(bot, params, "edit")
        return self._change(message, {}, read_markup(params, message["chat"]))

    def deletemessage(self, bot: Bot, params: Params) -> bool:
        chat_id = find_chat(self._state, bot, params)
        room = self._state.room(bot.id, chat_id)
        if room.messages.pop(params.integer("message_id"), None) is None:
            raise bad("message to delete not found")
        self._state.changes.tell()
        return True

    def answercallbackquery(self, bot: Bot, params: Params) -> bool:
        press = self._state.presses.get(params.text("callback_query_id"))
        late = press is None or self._state.clock.now() - press.at > _PRESS_LIVES
        if press is None or late or press.bot_id != bot.id:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(params.text("text")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        press.answered, press.text, press.alert = True, params.text("text"), params.flag("show_alert")
        self._state.changes.tell()
        return True

    def _send(self, bot: Bot, params: Params, content: Wire) -> Wire:
        chat_id = find_chat(self._state, bot, params)
        room = check_writable(self._state, bot, chat_id)
        parts: Wire = {**check_thread(self._state, chat_id, params), **self._reply(room, params), **content}
        markup = read_markup(params, room.chat)
        if markup and "inline_keyboard" in markup:
            parts["reply_markup"] = markup
        message = self._state.post(bot.id, chat_id, bot.wire(), parts)
        if markup and "keyboard" in markup:
            self._state.keyboards[bot.id, chat_id, message["message_id"]] = markup
        self._state.history.fact("telegram", bot.account, "accepted", message)
        return message

    def _reply(self, room: Room, params: Params) -> Wire:
        given = Params(params.object("reply_parameters", "reply parameters"))
        wanted = given.integer("message_id") or params.integer("reply_to_message_id")
        if not wanted:
            return {}
        answered = room.messages.get(wanted)
        if answered is not None:
            return {"reply_to_message": {k: v for k, v in answered.items() if k != "reply_to_message"}}
        if given.flag("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")

    def _file(self, params: Params, name: str) -> Wire:
        upload = params.upload(name)
        if upload is not None:
            return self._state.store_file(upload.content)
        reference = params.text(name)
        if reference in self._state.files:
            content = self._state.files[reference]
            return {"file_id": reference, "file_unique_id": reference[-10:], "file_size": len(content)}
        if reference.startswith(("http://", "https://")):
            return self._state.store_file(reference.encode())
        raise bad("wrong file identifier/HTTP URL specified" if reference else f"there is no {name} in the request")

    def _caption(self, params: Params) -> Wire:
        caption, entities = read_text(params, "caption", _MAX_CAPTION)
        return {"caption": caption, **({"caption_entities": entities} if entities else {})} if caption else {}

    def _own_message(self, bot: Bot, params: Params, deed: str) -> Wire:
        chat_id = find_chat(self._state, bot, params)
        room = check_writable(self._state, bot, chat_id)
        message = room.messages.get(params.integer("message_id"))
        if message is None:
            raise bad(f"message to {deed} not found")
        if message["from"]["id"] != bot.id:
            raise bad(f"message can't be {deed}ed")
        return message

    def _change(self, message: Wire, content: Wire, markup: Wire | None) -> Wire:
        before = _visible(message)
        changed: dict[str, Any] = {**message, **content}
        changed.pop("reply_markup", None)
        if not changed.get("entities"):
            changed.pop("entities", None)
        if markup and "inline_keyboard" in markup:
            changed["reply_markup"] = markup
        if _visible(changed) == before:
            raise bad(_NOT_MODIFIED)
        message.clear()
        message.update(changed, edit_date=self._state.now())
        self._state.history.fact("telegram", str(message["from"]["id"]), "edited", dict(message))
        self._state.changes.tell()
        return message


def _visible(message: Wire) -> tuple[Any, ...]:
    return message.get("text"), message.get("entities"), message.get("reply_markup")


def command_entities(text: str) -> list[Wire]:
    """Return the bot_command entities that a person's client adds to what they type."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": len(found[0])}
        for found in _COMMAND.finditer(text)
    ]
