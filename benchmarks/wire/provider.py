"""Telegram as far as a bot that is pushed to needs it: answers as the Bot API does, remembers nothing."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from aiohttp import web

Heard = Callable[[int, float], None]
"""Told the chat of each message that arrived, and when, by the monotonic clock."""


class Provider:
    """The Bot API's methods that the product calls. `heard` is told of every sendMessage as it arrives."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._message_ids = itertools.count(1)
        self._webhooks: dict[str, str] = {}

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        return app

    async def _call(self, request: web.Request) -> web.Response:
        at = time.monotonic()
        fields = await request.post()
        token = request.match_info["token"]
        match request.match_info["method"]:
            case "sendMessage":
                return self._send(int(str(fields["chat_id"])), str(fields["text"]), token, at)
            case "getMe":
                bot = int(token.partition(":")[0])
                return _ok({"id": bot, "is_bot": True, "first_name": "Bench", "username": f"bench_{bot}_bot"})
            case "setWebhook":
                self._webhooks[token] = str(fields["url"])
                return _ok(True)
            case "deleteWebhook":
                self._webhooks.pop(token, None)
                return _ok(True)
            case "getWebhookInfo":
                url = self._webhooks.get(token, "")
                return _ok({"url": url, "has_custom_certificate": False, "pending_update_count": 0})
            case "answerCallbackQuery":
                return _ok(True)
            case other:
                return _refused(404, f"Not Found: method {other} is not played")

    def _send(self, chat_id: int, text: str, token: str, at: float) -> web.Response:
        if not text:
            return _refused(400, "Bad Request: message text is empty")
        self._heard(chat_id, at)
        bot = int(token.partition(":")[0])
        return _ok(
            {
                "message_id": next(self._message_ids),
                "from": {"id": bot, "is_bot": True, "first_name": "Bench"},
                "chat": {"id": chat_id, "type": "private", "first_name": "Guest"},
                "date": int(time.time()),
                "text": text,
            }
        )


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refused(code: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": description}, status=code)
