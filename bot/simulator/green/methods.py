"""The methods of an instance: sending, journals, queues, account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.simulator.chats import Button, Tick
from bot.simulator.green import shapes
from bot.simulator.green.instance import Instance, Queued, Said, Wire
from bot.simulator.green.media import Upload
from bot.simulator.green.outgoing import Dispatch
from bot.simulator.green.refusal import Refused, correspondents_body, invalid

_CHAT = re.compile(r"\d{5,20}@c\.us|[\d-]{10,40}@g\.us|\d{5,20}@lid")
_MAX_TEXT = 20_000
_MAX_BUTTONS = 3
_MAX_LABEL = 25
_DAY_MINUTES = 1440
_QUEUE_SHOWN = 500
_TYPES = {
    "delaySendMessagesMilliseconds": int,
}
Handler = Callable[[Instance, Wire, Wire], Any]


class Methods:
    """`table` maps (HTTP verb, method) to a handler of (instance, query, body)."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self.table: dict[tuple[str, str], Handler] = {
            ("POST", "sendMessage"): self._send_message,
            ("POST", "sendInteractiveButtonsReply"): self._send_buttons,
            ("POST", "sendInteractiveButtons"): self._send_buttons,
            ("POST", "sendFileByUrl"): self._send_file,
            ("POST", "sendFileByUpload"): self._send_upload,
            ("POST", "sendLocation"): self._send_location,
            ("POST", "sendContact"): self._send_contact,
            ("POST", "sendPoll"): self._send_poll,
            ("POST", "editMessage"): self._edit_message,
            ("GET", "getStateInstance"): lambda instance, query, body: {"stateInstance": instance.state},
            ("GET", "getStatusInstance"): self._status,
            ("GET", "getSettings"): lambda instance, query, body: dict(instance.settings),
            ("POST", "setSettings"): self._set_settings,
            ("GET", "reboot"): self._reboot,
            ("GET", "logout"): self._logout,
            ("GET", "lastOutgoingMessages"): lambda i, query, body: _journal(i, query, outgoing=True),
            ("GET", "lastIncomingMessages"): lambda i, query, body: _journal(i, query, outgoing=False),
            ("POST", "getChatHistory"): self._chat_history,
            ("POST", "getMessage"): self._get_message,
            ("GET", "showMessagesQueue"): self._show_queue,
            ("GET", "clearMessagesQueue"): self._clear_queue,
            ("GET", "getMessagesCount"): lambda instance, query, body: {"count": len(instance.outgoing)},
            ("GET", "getWebhooksCount"): lambda instance, query, body: {"count": len(instance.incoming)},
            ("DELETE", "clearWebhooksQueue"): self._clear_webhooks,
            ("POST", "checkWhatsapp"): self._check_whatsapp,
            ("POST", "readChat"): self._read_chat,
            ("POST", "sendTyping"): self._send_typing,
        }

    def _send_message(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        words = _text(body, "message", _MAX_TEXT)
        answered = instance.journal.get(str(body.get("quotedMessageId", "")))
        data = shapes.quote(words, answered) if answered else shapes.extended_text(words)
        return self._queue(instance, "sendMessage", body, data)

    def _send_buttons(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        if not _chat(body).endswith("@c.us"):
            raise invalid("'chatId' must be a personal chat")
        _text(body, "body", _MAX_TEXT)
        buttons = body.get("buttons")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= _MAX_BUTTONS:
            raise invalid(f"'buttons' must contain between 1 and {_MAX_BUTTONS} items")
        for button in buttons:
            if not isinstance(button, dict) or not button.get("buttonId"):
                raise invalid("'buttonId' is required")
            _text(button, "buttonText", _MAX_LABEL)
        shown = tuple(Button(str(b["buttonId"]), b["buttonText"]) for b in buttons)
        return self._queue(instance, "sendInteractiveButtonsReply", body, shapes.interactive(body), shown)

    def _send_file(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        url, name = _text(body, "urlFile", 2048), _text(body, "fileName", 255)
        mime = "image/jpeg" if name.lower().endswith((".jpg", ".jpeg", ".png")) else "application/octet-stream"
        kind = "imageMessage" if mime.startswith("image/") else "documentMessage"
        return self._queue(
            instance, "sendFileByUrl", body, shapes.file(kind, url, name, mime, str(body.get("caption") or ""))
        )

    def _send_upload(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        upload = body.get("file")
        if not isinstance(upload, Upload):
            raise invalid("'file' is required")
        name = str(body.get("fileName") or upload.name)
        url = self._dispatch.media.keep(name, upload.content)
        # Nothing is shown below a document, so the caption is not kept with one.
        data = shapes.file("documentMessage", url, name, upload.content_type)
        shown = {"chatId": body.get("chatId"), "fileName": name}
        return self._queue(instance, "sendFileByUpload", shown, data) | {"urlFile": url}

    def _send_location(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        try:
            point = float(body["latitude"]), float(body["longitude"])
        except (KeyError, TypeError, ValueError):
            raise invalid("'latitude' and 'longitude' must be numbers") from None
        data = shapes.location(*point, str(body.get("nameLocation") or ""), str(body.get("address") or ""))
        return self._queue(instance, "sendLocation", body, data)

    def _send_contact(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        given = body.get("contact")
        if not isinstance(given, dict) or not given.get("phoneContact"):
            raise invalid("'contact.phoneContact' is required")
        data = shapes.contact(str(given.get("firstName") or ""), str(given["phoneContact"]))
        return self._queue(instance, "sendContact", body, data)

    def _send_poll(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        options = body.get("options")
        if not isinstance(options, list) or not 2 <= len(options) <= 12:
            raise invalid("'options' must contain between 2 and 12 items")
        names = tuple(_text(option, "optionName", 100) for option in options)
        return self._queue(instance, "sendPoll", body, shapes.poll(_text(body, "message", 255), names))

    def _queue(
        self, instance: Instance, method: str, body: Wire, data: Wire, buttons: tuple[Button, ...] = ()
    ) -> Wire:
        chat_id = _chat(body)
        _check_correspondents(instance, method, chat_id)
        said = Said(
            id=instance.new_id(outgoing=True),
            chat_id=chat_id,
            sender_id=instance.wid,
            sender_name="Hotel",
            outgoing=True,
            by_api=True,
            at=instance.clock.now(),
            data=data,
            status=Tick.waiting,
            status_word="pending",
            buttons=buttons,
        )
        self._dispatch.accept(instance, Queued(said, method, body))
        return {"idMessage": said.id}

    def _edit_message(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        words = _text(body, "message", _MAX_TEXT)
        said = instance.journal.get(str(body.get("idMessage")))
        if said is None or not said.outgoing or said.chat_id != _chat(body):
            raise Refused(400, "Message not found by id")
        said.data, said.edited_at = shapes.extended_text(words), instance.clock.now()
        instance.changes.tell()
        return {"idMessage": said.id}

    def _status(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        return {"statusInstance": "online" if instance.state == "authorized" else "offline"}

    def _set_settings(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        if not body:
            raise invalid("at least one parameter must be specified")
        for name, value in body.items():
            if name not in instance.settings:
                raise invalid(f"property {name} should not exist")
            if not isinstance(value, _TYPES.get(name, str)):
                raise invalid(f"'{name}' has a wrong type")
        instance.settings |= body
        instance.settings_saved += 1
        self._restart(instance)
        return {"saveSettings": True}

    def _reboot(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        self._restart(instance)
        return {"isReboot": True}

    def _restart(self, instance: Instance) -> None:
        """Saving settings restarts an instance; it is back in the state it had."""
        before = instance.state
        instance.set_state("starting")
        instance.set_state(before)
        self._dispatch.wake(instance)

    def _logout(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        instance.set_state("notAuthorized")
        return {"isLogout": True}

    def _chat_history(self, instance: Instance, query: Wire, body: Wire) -> list[Wire]:
        count = body.get("count", 100)
        if not isinstance(count, int) or count < 1:
            raise invalid("'count' must be a positive number")
        chat_id = _chat(body)
        found = [said for said in instance.journal.values() if said.chat_id == chat_id]
        return [shapes.journal_entry(said) for said in reversed(found[-count:])]

    def _get_message(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        said = instance.journal.get(str(body.get("idMessage")))
        if said is None or said.chat_id != _chat(body):
            raise Refused(400, "Message not found by id")
        return shapes.journal_entry(said)

    def _show_queue(self, instance: Instance, query: Wire, body: Wire) -> list[Wire]:
        shown = instance.outgoing[:_QUEUE_SHOWN]
        return [{"messageID": queued.said.id, "type": queued.method, "body": queued.body} for queued in shown]

    def _clear_queue(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        for queued in instance.outgoing:
            instance.fact("cleared", {"idMessage": queued.said.id})
        instance.outgoing.clear()
        return {"isCleared": True}

    def _clear_webhooks(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        for notification in instance.incoming:
            instance.delete(notification.receipt)
        return {"isCleared": True, "reason": ""}

    def _check_whatsapp(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        number = body.get("phoneNumber")
        if not isinstance(number, int) or not 10**6 <= number < 10**17:
            raise invalid("'phoneNumber' must be a number")
        return {"existsWhatsapp": str(number) not in self._dispatch.without_account}

    def _read_chat(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        chat_id = _chat(body)
        for said in instance.journal.values():
            if said.chat_id == chat_id and not said.outgoing:
                said.status = Tick.read
        instance.changes.tell()
        return {"setRead": True}

    def _send_typing(self, instance: Instance, query: Wire, body: Wire) -> Wire:
        _chat(body)
        return {}


def _journal(instance: Instance, query: Wire, *, outgoing: bool) -> list[Wire]:
    try:
        minutes = int(query.get("minutes", _DAY_MINUTES))
    except ValueError:
        raise invalid("'minutes' must be a number") from None
    since = instance.clock.now() - timedelta(minutes=minutes)
    found = [said for said in instance.journal.values() if said.outgoing is outgoing and said.at >= since]
    return [shapes.journal_entry(said) for said in reversed(found)]


def _chat(body: Wire) -> str:
    chat_id = body.get("chatId")
    if not isinstance(chat_id, str) or not _CHAT.fullmatch(chat_id):
        raise invalid("'chatId' is required and must look like 11001234567@c.us")
    return chat_id


def _text(body: Any, name: str, limit: int) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"'{name}' is required")
    if len(value) > limit:
        raise invalid(f"'{name}' length must be less than or equal to {limit} characters long")
    return value


def _check_correspondents(instance: Instance, method: str, chat_id: str) -> None:
    if instance.correspondents_limit is None:
        return
    known = sorted({said.chat_id for said in instance.journal.values()})[: instance.correspondents_limit]
    if chat_id not in known and len(known) >= instance.correspondents_limit:
        raise Refused(466, "", correspondents_body(method, known))
