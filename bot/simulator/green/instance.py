"""One Green API instance: its settings and state, what was said, and what waits to go out or to be fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.simulator.changes import Changes
from bot.simulator.chats import Button, Tick
from bot.simulator.history import History

Wire = dict[str, Any]
KEPT = timedelta(hours=24)
# Which setting has to be "yes" for a kind of notification; failures and quota notices come in any case.
_SWITCHES = {
    "incomingMessageReceived": "incomingWebhook",
    "outgoingMessageStatus": "outgoingWebhook",
    "outgoingMessageReceived": "outgoingMessageWebhook",
    "outgoingAPIMessageReceived": "outgoingAPIMessageWebhook",
    "stateInstanceChanged": "stateWebhook",
    "incomingCall": "incomingCallWebhook",
}


def default_settings(wid: str) -> Wire:
    """What getSettings tells of an instance made in the console with its notifications switched on."""
    return {
        "wid": wid,
        "typeInstance": "whatsapp",
        "webhookUrl": "",
        "webhookUrlToken": "",
        "delaySendMessagesMilliseconds": 500,
        "markIncomingMessagesReaded": "no",
        "markIncomingMessagesReadedOnReply": "no",
        "outgoingWebhook": "yes",
        "outgoingMessageWebhook": "yes",
        "outgoingAPIMessageWebhook": "yes",
        "incomingWebhook": "yes",
        "deviceWebhook": "no",
        "stateWebhook": "yes",
        "keepOnlineStatus": "no",
        "pollMessageWebhook": "yes",
        "incomingCallWebhook": "yes",
        "editedMessageWebhook": "yes",
        "deletedMessageWebhook": "yes",
    }


@dataclass(frozen=True, slots=True)
class Notification:
    """One element of the incoming queue; the receipt stays the same until it is deleted."""

    receipt: int
    at: datetime
    body: Wire


@dataclass(slots=True)
class Said:
    """One message of the instance's journal; `data` is its messageData as notifications show it."""

    id: str
    chat_id: str
    sender_id: str
    sender_name: str
    outgoing: bool
    by_api: bool
    at: datetime
    data: Wire
    status: Tick = Tick.delivered
    status_word: str = ""
    buttons: tuple[Button, ...] = ()
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that was accepted and has not left yet; `body` is the request as it came."""

    said: Said
    method: str
    body: Wire


@dataclass(slots=True)
class Instance:
    """The account of one hotel. `phone` is in digits."""

    id: int
    token: str = field(repr=False)
    phone: str
    clock: Clock
    history: History
    changes: Changes
    first_id: int
    state: str = "authorized"
    settings: Wire = field(default_factory=dict)
    journal: dict[str, Said] = field(default_factory=dict)
    outgoing: list[Queued] = field(default_factory=list)
    correspondents_limit: int | None = None
    settings_saved: int = 0
    news: Changes = field(default_factory=Changes)
    _incoming: dict[int, Notification] = field(default_factory=dict)
    _next_receipt: int = 0
    _next_message: int = 0

    def __post_init__(self) -> None:
        self._next_receipt = self._next_message = self.first_id
        self.settings = default_settings(self.wid) | self.settings

    @property
    def account(self) -> str:
        return str(self.id)

    @property
    def wid(self) -> str:
        return f"{self.phone}@c.us"

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def new_id(self, outgoing: bool) -> str:
        number, self._next_message = self._next_message, self._next_message + 1
        return f"BAE5{number:012X}" if outgoing else f"3A{number:030X}"

    @property
    def incoming(self) -> list[Notification]:
        """What is not deleted and not older than a day, oldest first."""
        horizon = self.clock.now() - KEPT
        while self._incoming and (oldest := next(iter(self._incoming.values()))).at < horizon:
            del self._incoming[oldest.receipt]
            self.fact("expired", {"receiptId": oldest.receipt})
        return list(self._incoming.values())

    def first(self) -> Notification | None:
        """The head of the queue: nothing behind it is seen before it is deleted."""
        return next(iter(self.incoming), None)

    def notify(self, kind: str, parts: Wire) -> int | None:
        """Queue a notification with the usual envelope; None where the settings don't ask for its kind."""
        switch = _SWITCHES.get(kind)
        if switch is not None and self.settings.get(switch) != "yes" and parts.get("status") not in _ALWAYS:
            return None
        instance = {"idInstance": self.id, "wid": self.wid, "typeInstance": "whatsapp"}
        return self.push({"typeWebhook": kind, "instanceData": instance, "timestamp": self.now(), **parts})

    def push(self, body: Wire) -> int:
        """Queue a notification as it is, also a hostile one; returns its receipt."""
        receipt, self._next_receipt = self._next_receipt, self._next_receipt + 1
        self._incoming[receipt] = Notification(receipt, self.clock.now(), body)
        self.fact("made", {"receiptId": receipt, "body": body})
        self.news.tell()
        return receipt

    def delete(self, receipt: int) -> bool:
        """Forget a notification; False where there is none of this number."""
        if self._incoming.pop(receipt, None) is None:
            return False
        self.fact("confirmed", {"receiptId": receipt})
        self.news.tell()
        return True

    def set_state(self, state: str) -> None:
        """Move to another state; the instance says so."""
        self.state = state
        self.notify("stateInstanceChanged", {"stateInstance": state})
        self.news.tell()
        self.changes.tell()

    def fact(self, name: str, payload: Wire) -> None:
        self.history.fact("green", self.account, name, payload)


_ALWAYS = frozenset({"noAccount", "failed"})
