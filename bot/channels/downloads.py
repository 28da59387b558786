"""Files that a provider keeps, fetched without trusting their size."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.wire import Wire
from bot.errors import PermanentError, TransientError
from bot.messages import Attachment

_TOO_LARGE = "the file is larger than is read"
_GONE = frozenset({400, 401, 403, 404, 410})


def check_size(attachment: Attachment, most: int) -> None:
    """Raise PermanentError for a file of which the provider says that it is larger than `most` bytes."""
    if attachment.size is not None and attachment.size > most:
        raise PermanentError(_TOO_LARGE)


async def download(wire: Wire, url: str, within: timedelta, most: int) -> bytes:
    """Return the file at an address. Raises TransientError, and PermanentError when it is too large or gone."""
    answer = await wire.ask("GET", url, within=within, repeatable=True, most=most)
    if answer.status in _GONE:
        raise PermanentError("the provider does not keep this file any more")
    if answer.status != 200:
        raise TransientError(f"the file could not be fetched: the answer was {answer.status}", answer.retry_after)
    if len(answer.body) > most:
        raise PermanentError(_TOO_LARGE)
    return answer.body
