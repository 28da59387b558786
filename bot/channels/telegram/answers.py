"""What the Bot API's answers mean: the result, or the error whose remedy fits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bot.channels.base import UnreadablePayload
from bot.channels.payload import identifier, inner, load
from bot.channels.wire import Answer, scrubbed, seconds_to_wait, unanswered
from bot.errors import (
    AccountContested,
    AccountUnusable,
    BellhopError,
    ChatMigrated,
    PermanentError,
    RecipientUnreachable,
    TransientError,
)

_TOKEN_REFUSED = (
    "Telegram refused this bot: take a new token from @BotFather (or correct the address in BELLHOP_TELEGRAM_API)"
)
_WEBHOOK_SET = "a webhook is set for this bot, so its updates can't be fetched: remove the webhook first"
_OTHER_READER = "another program with this bot's token fetches its updates: find it and stop it"
_GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "group chat was deactivated",
    "peer_id_invalid",
    "chat_id is empty",
    "bot was kicked",
    "bot was blocked",
    "no rights to send",
    "not enough rights to send",
    "need administrator rights",
)
"""How a 400 says that this chat can't be written to."""
_LOGGED_OUT = "logged out"
"""How a 400 says that the bot has moved to a server of its own, or back."""


def result_of(answer: Answer, token: str, *, repeatable: bool) -> Any:
    """Return the result. Raises the error that the answer stands for.

    An answer in the Bot API's own words, "ok": false, says that nothing was done, also with code 500 or 503. Those
    of a gateway (502, 504, a page of HTML, half an answer) say nothing: InDoubt, unless the call is repeatable.
    """
    body = _body(answer)
    if body.get("ok") is True and answer.status < 300:
        return body.get("result")
    if body.get("ok") is False:
        raise _refusal(body, answer, token, repeatable)
    raise _foreign(answer, repeatable)


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = load(answer.body)
    except UnreadablePayload:
        return {}
    return body if isinstance(body, dict) else {}


def _refusal(body: dict[str, Any], answer: Answer, token: str, repeatable: bool) -> BellhopError:
    code = _code(body, answer)
    words = scrubbed(body.get("description") or "no description", token)
    refused = f"Telegram answered {code}"
    moved_to = identifier(inner(body, "parameters", "migrate_to_chat_id"))
    if moved_to not in (None, "0"):  # some servers write what was not said, too
        return ChatMigrated("the group became a supergroup and has a new id", moved_to)
    match code:
        case 401 | 404:
            return AccountUnusable(_TOKEN_REFUSED)
        case 403:
            return RecipientUnreachable(refused, quoted=words)
        case 409:
            return AccountContested(_WEBHOOK_SET if "webhook" in words else _OTHER_READER)
        case 429:
            return TransientError(refused, _asked_wait(body, words) or answer.retry_after or None, quoted=words)
        case 502 | 504:
            return unanswered(refused, repeatable, quoted=words)
        case _ if code >= 500:
            return TransientError(refused, quoted=words)
        case _ if _LOGGED_OUT in words.lower():
            return AccountUnusable(_TOKEN_REFUSED)
        case _ if any(mark in words.lower() for mark in _GONE):
            return RecipientUnreachable(refused, quoted=words)
        case _:
            return PermanentError(refused, quoted=words)


def _code(body: dict[str, Any], answer: Answer) -> int:
    said = identifier(body.get("error_code")) or ""
    return (int(said) if said.isascii() and said.isdigit() else 0) or answer.status


def _asked_wait(body: dict[str, Any], words: str) -> timedelta | None:
    """Return the wait that is asked for, where it should stand or, without that, in words."""
    said = re.search(r"retry after (\d+)", words)
    return seconds_to_wait(inner(body, "parameters", "retry_after")) or (seconds_to_wait(said[1]) if said else None)


def _foreign(answer: Answer, repeatable: bool) -> BellhopError:
    """Return the error for an answer that is not the Bot API's."""
    status = answer.status
    if status in (401, 404):
        return AccountUnusable(_TOKEN_REFUSED)
    if 300 <= status < 500:
        return TransientError(f"something between us and Telegram answered {status}", answer.retry_after or None)
    return unanswered(f"the answer, with status {status}, is not the Bot API's", repeatable)
