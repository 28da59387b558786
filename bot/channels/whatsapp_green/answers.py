"""What Green API's answers mean: the result, or the error whose remedy fits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.channels.base import UnreadablePayload
from bot.channels.payload import inner, load
from bot.channels.wire import Answer, scrubbed, unanswered
from bot.errors import (
    AccountContested,
    AccountUnusable,
    BellhopError,
    PermanentError,
    RecipientUnreachable,
    TransientError,
)

QUOTA_WAIT = timedelta(hours=1)
"""466 is the plan's monthly quota of chats or calls: sending more often than hourly changes nothing."""
_PACE = timedelta(seconds=1)
_STARTING_WAIT = timedelta(seconds=10)
_REFUSED = (
    "Green API refused the account: check id_instance, api_token and the address in BELLHOP_GREEN_API, "
    "and authorise the phone in Green API's console"
)
_ACCOUNT_WORDS = ("not authorized", "expired", "is deleted", "unauthorized")


def result_of(answer: Answer, token: str, *, repeatable: bool) -> Any:
    """Return the JSON value, None for an empty body. Raises the error that the answer stands for.

    Only 4xx is a word that nothing was done, and 501 from a server that lacks the method. 499 and the rest of 5xx may
    come after the message was queued: InDoubt, unless the call is repeatable; the journal can be asked.
    """
    if 200 <= answer.status < 300:
        try:
            return load(answer.body) if answer.body.strip() else None
        except UnreadablePayload:
            raise unanswered("the answer is not Green API's", repeatable) from None
    raise _refusal(answer, token, repeatable)


def _refusal(answer: Answer, token: str, repeatable: bool) -> BellhopError:
    said = _message(answer.body)
    refused, words = f"Green API answered {answer.status}", scrubbed(said, token)
    match answer.status:
        case 401 | 403 | 404:
            return AccountUnusable(_REFUSED)
        case 429:
            return TransientError("Green API asks for fewer requests a second", answer.retry_after or _PACE)
        case 466:
            return _over_quota(answer.body, repeatable)
        case 499 | 408:
            return unanswered(refused, repeatable, quoted=words)
        case 400:
            return _bad_request(said.lower(), refused, words)
        case status if 300 <= status < 400:
            return TransientError(f"something between us and Green API answered {status}")
        case status if 400 <= status < 500 or status == 501:
            return PermanentError(refused, quoted=words)
        case _:
            return unanswered(refused, repeatable, quoted=words)


def _message(body: bytes) -> str:
    """Return the sentence of a refusal; around it stands the address with the token."""
    message = _said(body, "message")
    return message if isinstance(message, str) else "no reason given"


def _said(body: bytes, *path: str) -> Any:
    try:
        return inner(load(body), *path)
    except UnreadablePayload:
        return None


def _over_quota(body: bytes, repeatable: bool) -> BellhopError:
    """A plan allows so many chats a month, or so many calls: the former stops one chat, the latter all sends."""
    if "EXCEEDED" in str(_said(body, "correspondentsStatus", "status")):
        return PermanentError("the plan at Green API allows no further chat this month: change the plan there")
    return TransientError("the plan's quota at Green API is used up", None if repeatable else QUOTA_WAIT)


def _bad_request(said: str, refused: str, words: str) -> BellhopError:
    if "try later" in said or "starting process" in said:
        return TransientError("Green API is starting the instance", _STARTING_WAIT)
    if "webhook" in said:
        return AccountContested("a webhook is set for this instance, so it can't be polled: remove the webhook first")
    if any(mark in said for mark in _ACCOUNT_WORDS):
        return AccountUnusable(_REFUSED)
    error = RecipientUnreachable if "chatid" in said else PermanentError
    return error(refused, quoted=words)
