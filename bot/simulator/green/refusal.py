"""The error answers of Green API. They carry the path, and so the token: as the real ones do."""

from __future__ import annotations

from bot.simulator.green.instance import Wire
from bot.simulator.wire import Answer

_CONSOLE = "Please go to your personal account and change the tariff to business https://console.green-api.com"


class Refused(Exception):
    """The server says no; `body` replaces the usual error body."""

    def __init__(self, status: int, message: str, body: Wire | None = None) -> None:
        self.status = status
        self.message = message
        self.body = body
        super().__init__(message)

    def answer(self, path: str, timestamp: str) -> Answer:
        usual = {"statusCode": self.status, "timestamp": timestamp, "path": path, "message": self.message}
        return Answer(self.status, self.body or usual, took_effect=False)


def invalid(details: str) -> Refused:
    return Refused(400, f"Validation failed. Details: {details}")


def quota_body(method: str, used: int = 100, total: int = 100) -> Wire:
    """Status 466: a method's monthly quota is used up."""
    status = {
        "method": method.lower(),
        "used": used,
        "total": total,
        "status": "QUOTE_EXCEEDED",
        "description": f"Monthly quota has been exceeded. {_CONSOLE}",
    }
    return {"invokeStatus": status}


def correspondents_body(method: str, numbers: list[str]) -> Wire:
    """Status 466: a plan's number of chats is used up."""
    only = f"You can only send or receive messages from these numbers: {','.join(numbers)}"
    allowed = {"method": method.lower(), "used": 0, "total": 0, "status": "QUOTE_ALLOWED"}
    status = {
        "method": "correspondents",
        "used": len(numbers),
        "total": len(numbers),
        "status": "CORRESPONDENTS_QUOTE_EXCEEDED",
        "description": f"Monthly quota has been exceeded. {only}. {_CONSOLE}",
    }
    return {"invokeStatus": allowed, "correspondentsStatus": status}


def ordered(status: int, retry_after: int | None) -> Answer:
    """The server's own body for a status that a fault asked for."""
    if status == 466:
        return Answer(466, quota_body("sendmessage"), took_effect=False)
    words = {429: "Too Many Requests", 401: "Unauthorized", 403: "Forbidden"}.get(status, "Internal server error")
    return Answer(status, {"statusCode": status, "message": words}, took_effect=False)
