"""Reading one provider payload for people and programs: what `python -m bot parse` prints."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from bot.channels.base import UnreadablePayload
from bot.channels.registry import format_of
from bot.errors import RejectedInput
from bot.messages import to_json


def parse_stream(platform: str, data: bytes) -> Iterator[str]:
    """Give one JSON line per channel-neutral message (shape: `to_json`, times ISO 8601 in UTC).

    What can't be read gives exactly one line, {"error": …, "part": …, "remedy": …}, and nothing else.
    """
    try:
        lines = [orjson.dumps(to_json(message)) for message in format_of(platform).parse(data)]
    except UnreadablePayload as error:
        lines = [_refusal(error.problem, error.part, "Correct the named part and give the payload again.")]
    except RejectedInput as error:
        lines = [_refusal(str(error), "platform", "Name one of the supported platforms.")]
    yield from (line.decode() for line in lines)


def _refusal(error: str, part: str, remedy: str) -> bytes:
    return orjson.dumps({"error": error, "part": part, "remedy": remedy})
