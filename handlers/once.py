"""What is said once in a while only, however often there is cause to: the conversation keeps when it was."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from handlers.base import Turn


def said_lately(turn: Turn, mark: str, within: timedelta) -> bool:
    """Whether what goes by this mark was said so short a time ago."""
    said = turn.context.get(mark)
    return said is not None and turn.now - datetime.fromisoformat(said) < within


def noting(turn: Turn, mark: str) -> dict[str, Any]:
    """Return the conversation's context with the note that it is said now."""
    return {**turn.context, mark: turn.now.isoformat()}
