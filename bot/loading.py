"""Loads what takes seconds, in a thread, so that the loop goes on answering."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TypeVar

Loaded = TypeVar("Loaded")


async def load_apart(load: Callable[[], Loaded]) -> Loaded:
    """Return what `load` makes in a thread of its own; one call at a time."""
    return await asyncio.to_thread(_without_garbage, load)


def _without_garbage(load: Callable[[], Loaded]) -> Loaded:
    """All that is loaded stays, so looking for garbage meanwhile would only take time, and later, too."""
    gc.disable()
    try:
        return load()
    finally:
        gc.freeze()
        gc.enable()
