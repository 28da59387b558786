"""An ordered table: the first route whose filter holds answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.base import Handler, Turn
from handlers.filters import Filter


@dataclass(frozen=True, slots=True)
class Route:
    """Who answers when `filter` holds; `name` is for logs. What takes long to read is read apart, and keeps nobody
    else's message waiting. A route that `takes_advice` is for free talk: a second opinion on it may lead to another.
    """

    name: str
    filter: Filter
    handler: Handler
    reads_apart: bool = False
    takes_advice: bool = False


class Router:
    """The table of routes."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = tuple(routes)

    def match(self, turn: Turn) -> Route | None:
        """Return the first route that fits; None when nobody is meant, as in a group."""
        return next((route for route in self._routes if route.filter(turn)), None)
