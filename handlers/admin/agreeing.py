"""The two buttons below what would be written: they name it, so that those of an earlier preview write nothing."""

from __future__ import annotations

from bot.messages import Choice
from handlers.base import Turn
from models.base import new_id

_WRITE, _LEAVE = "write", "leave"
_LENGTH = 12


def new_mark() -> str:
    """Return a name for something that is shown."""
    return new_id().hex[-_LENGTH:]


def to_agree(turn: Turn, prefix: str, mark: str) -> tuple[Choice, ...]:
    """Return the buttons that write what has this mark, or leave it."""
    return (
        turn.choice(f"{prefix}{_WRITE}:{mark}", "admin-button-write"),
        turn.choice(f"{prefix}{_LEAVE}:{mark}", "admin-button-leave"),
    )


def is_agreed(turn: Turn, prefix: str, mark: str) -> bool | None:
    """Whether what has this mark is to be written, by the button that was pressed; None where that is another's."""
    return {f"{prefix}{_WRITE}:{mark}": True, f"{prefix}{_LEAVE}:{mark}": False}.get(turn.pressed or "")
