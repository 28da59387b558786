"""Long answers in pages: which one is meant, and the buttons that turn them."""

from __future__ import annotations

from bot.messages import Choice
from handlers.base import Turn


def page_of(word: str) -> int:
    """Return the page that a button names; the first one where it names none."""
    return max(1, int(word)) if word.isascii() and word.isdigit() and len(word) < 6 else 1


def pages_for(count: int, per_page: int) -> int:
    """Return how many pages so many lines fill; an empty list is a page, too."""
    return max(1, -(-count // per_page))


def turning(turn: Turn, prefix: str, page: int, pages: int) -> tuple[Choice, ...]:
    """Return the buttons to the pages beside this one; their values are the prefix and a number."""
    back = (turn.choice(f"{prefix}{page - 1}", "admin-button-back"),) if page > 1 else ()
    ahead = (turn.choice(f"{prefix}{page + 1}", "admin-button-ahead"),) if page < pages else ()
    return back + ahead
