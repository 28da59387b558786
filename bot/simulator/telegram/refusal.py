"""The error answers of the Bot API."""

from __future__ import annotations

from typing import Any

from bot.simulator.wire import Answer

_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Refused(Exception):
    """The server says no. `parameters` is the Bot API's ResponseParameters."""

    def __init__(self, code: int, words: str = "", **parameters: Any) -> None:
        name = _NAMES.get(code, "Error")
        self.code = code
        self.description = f"{name}: {words}" if words else name
        self.parameters = parameters
        super().__init__(self.description)

    def answer(self) -> Answer:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        headers = {}
        if "retry_after" in self.parameters:
            headers["Retry-After"] = str(self.parameters["retry_after"])
        return Answer(self.code, body, took_effect=False, headers=headers)


def bad(words: str, **parameters: Any) -> Refused:
    return Refused(400, words, **parameters)


def forbidden(words: str) -> Refused:
    return Refused(403, words)


def ordered(status: int, retry_after: int | None) -> Answer:
    """The server's own body for a status that a fault asked for."""
    if retry_after is None:
        return Refused(status).answer()
    return Refused(status, f"retry after {retry_after}", retry_after=retry_after).answer()
