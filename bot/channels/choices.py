"""What a channel without room or buttons does instead: text in parts, choices as numbered lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import ChatMigrated, InDoubt, TransientError
from bot.messages import Choice

_TRIES = 3
_LONGEST_WAIT = timedelta(seconds=10)


def numbered(text: str, choices: tuple[Choice, ...]) -> str:
    """Return the text with one line "1. label" per choice below it; the step reads the number back."""
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]
    return "\n".join([text, "", *lines]) if lines else text


def split_text(text: str, limit: int) -> list[str]:
    """Cut text into parts of at most `limit` UTF-16 code units, at the end of a line or a word where there is one.

    UTF-16 is the strictest way in which a provider may count, so a part always fits.
    """
    parts = []
    while len(text.encode("utf-16-le")) > 2 * limit:
        head = text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")
        cut = _seam(head)
        parts.append(head[:cut].rstrip())
        text = text[cut:].lstrip()
    return [part for part in (*parts, text) if part] or [text]


def _seam(head: str) -> int:
    """Return where to cut: after a line, else after a word, unless that leaves less than half a part."""
    for mark in ("\n", " "):
        found = head.rfind(mark)
        if found > len(head) // 2:
            return found
    return len(head)


async def send_parts(parts: list[str], send: Callable[[str, bool], Awaitable[str | None]]) -> str | None:
    """Send the parts in order (`send(part, is_last)`) and return the last one's id.

    The first part's failure is the message's failure. From then on the start must not be said again: a passing
    failure of a later part is tried again here, and what stays unfinished is InDoubt for the whole message.
    """
    for number, part in enumerate(parts):
        is_last = part is parts[-1] and number == len(parts) - 1
        sent = await (send(part, is_last) if number == 0 else _insist(part, is_last, send))
    return sent


async def _insist(part: str, is_last: bool, send: Callable[[str, bool], Awaitable[str | None]]) -> str | None:
    for _ in range(_TRIES):
        try:
            return await send(part, is_last)
        except TransientError as error:
            wait = error.retry_after if error.retry_after is not None else timedelta(seconds=1)
        except ChatMigrated:
            break
        if wait > _LONGEST_WAIT:
            break
        await asyncio.sleep(wait.total_seconds())
    raise InDoubt("the beginning of a long message was sent and the rest was not")
