"""What every channel adapter is: one protocol, so that a new channel is one file and one registry line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.errors import RejectedInput
from bot.messages import AccountState, Attachment, Incoming, OutgoingMessage, Platform

JOURNAL_LAG = timedelta(minutes=2)
"""A provider's journal may show a message this late."""


class UnreadablePayload(RejectedInput):
    """A provider's payload is not as documented: correct the named part, or replay it after an update of Bellhop."""

    def __init__(self, part: str, problem: str) -> None:
        super().__init__(f"{part}: {problem}")
        self.part = part
        self.problem = problem


class EventKind(StrEnum):
    """What a raw event is about; part of its unique key, since providers reuse ids between kinds."""

    message = "message"
    press = "press"
    edit = "edit"
    status = "status"
    account = "account"
    other = "other"


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One element as the provider sent it, with the little that storing it needs.

    `event_id` is the provider's own id, or a hash of the payload where it gave none. `lane` is the chat
    that it belongs to, as a string: events of one lane are handled in order. `payload` is the exact bytes.
    """

    event_id: str
    kind: EventKind
    lane: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Events fetched together; `receipt` is what `acknowledge` needs to confirm them."""

    events: tuple[RawEvent, ...]
    receipt: Any = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the provider allows. Lengths in characters, the choice value in bytes, paces as least gaps."""

    text: int
    choices: int
    choice_label: int
    account_gap: timedelta
    chat_gap: timedelta
    group_gap: timedelta


@dataclass(frozen=True, slots=True)
class SendRecord:
    """What the provider's own journal says of a message: its id there."""

    message_id: str


class Format(Protocol):
    """The static half of a channel: reading payloads needs no credentials and no network."""

    platform: Platform

    def envelopes(self, body: bytes) -> list[RawEvent]:
        """Split a webhook's body into raw events. Never raises: what can't be read is one event, hashed."""
        ...

    def parse(self, payload: bytes) -> list[Incoming]:
        """Interpret one raw event. Raises RejectedInput that names the part which can't be understood."""
        ...


class Channel(Protocol):
    """One account of one hotel, connected. `async with` opens and closes its own connections."""

    platform: Platform
    limits: Limits

    async def __aenter__(self) -> Channel: ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def fetch(self) -> Batch:
        """Wait (some seconds at most) for events. Raises TransientError, AccountContested, AccountUnusable."""
        ...

    async def acknowledge(self, batch: Batch) -> None:
        """Confirm what was stored, so that the provider forgets it."""
        ...

    async def send(self, chat_id: str, message: OutgoingMessage) -> str | None:
        """Send one message and return the provider's id of it (None where it gives none).

        Raises TransientError when surely nothing was sent, PermanentError (or its leaves) when the provider
        refused, InDoubt when the request left and no answer came.
        """
        ...

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """Return what an attachment refers to, of `most` bytes at the utmost.

        Raises TransientError, and PermanentError when it is larger or not kept any more.
        """
        ...

    async def find_sent(self, chat_id: str, message: OutgoingMessage, since: datetime) -> SendRecord | None:
        """Look for a message in the provider's journal, which may show it JOURNAL_LAG late; None where it doesn't.

        Raises InDoubt where the provider can't be asked, TransientError where it could not tell this time.
        """
        ...

    async def state(self) -> AccountState:
        """Ask the provider what the account can do now. Raises TransientError, AccountUnusable."""
        ...

    async def address(self) -> str | None:
        """Ask where guests find the account, in the form of `ChannelAccount.address`; None where it isn't told.

        Raises like `state`.
        """
        ...

    async def webhook(self) -> str | None:
        """Ask where the provider pushes to; None when it hands events to `fetch`. Raises like `state`."""
        ...

    async def use_webhook(self, url: str | None, secret: str) -> None:
        """Make the provider push to `url`, or with None hand events to `fetch`; asks before it changes anything."""
        ...

    async def switched_off(self) -> tuple[str, ...]:
        """Name the account's settings by which the provider keeps from us what we need. Raises like `state`."""
        ...
