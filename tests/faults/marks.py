"""Every text of the load carries a mark: whose it is and which one, so that it is known wherever it turns up."""

from __future__ import annotations

import re
from dataclasses import dataclass

STAFF = 0
"""The number of a hotel's staff chat; guests are counted from 1."""
FIRING = 0
"""The number of what the hotel says on its own; what a guest writes is counted from 1."""

_MARK = re.compile(r"#(\d+)\.(\d+)\.(\d+)\b")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """The message `number` of the guest `chat` of the hotel `hotel`, or what was said because of it."""

    hotel: int
    chat: int
    number: int

    def __str__(self) -> str:
        return f"#{self.hotel}.{self.chat}.{self.number}"


def mark_in(text: str) -> Mark | None:
    """Return the mark of a text; an alert names the room too, which is marked like what the hotel says on its own."""
    found = (Mark(*map(int, numbers)) for numbers in _MARK.findall(text))
    return max(found, key=lambda mark: mark.number, default=None)
