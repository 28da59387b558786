"""What a handler may know (Turn), all that it may want (Outcome), and the shape of one.

A handler thinks with no transaction open. What it needs beyond the Turn it reads in `load`, inside the step's
loading transaction; what it wants changed it returns as effects, applied inside the saving one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.hotel_settings import HotelSettings
from bot.messages import Attachment, Choice, IncomingMessage, OutgoingMessage, Platform
from bot.nlu.advice import Opinion
from bot.nlu.base import Analysis
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.conversations import ConversationRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.knowledge import KnowledgeRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.users import UserRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import Texts, Value
from models.enums import ConversationStatus, NotificationType, Severity

# An answer that comes later than this is no answer any more; staff see it instead.
REPLY_USEFUL_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and all that is known when it is thought about.

    `guest` is None for the hotel's own people (`user`) and in groups; `conversation` is None in groups and
    before the first message is saved. `text` is the message's text, `pressed` the value of a pressed button or
    of the numbered choice that the text names. A command in a group that names another bot is not `is_meant` for us.
    `opinion` is what the remote model says, where it was asked; there is one that `offers_aid` to staff, or none.
    """

    hotel: HotelRecord
    settings: HotelSettings
    platform: Platform
    chat: ChatRecord
    message: IncomingMessage
    analysis: Analysis
    language: str
    texts: Texts
    now: datetime
    correlation_id: str
    guest: GuestRecord | None = None
    user: UserRecord | None = None
    conversation: ConversationRecord | None = None
    stay: StayRecord | None = None
    knowledge: tuple[KnowledgeRecord, ...] = ()
    pressed: str | None = None
    is_meant: bool = True
    opinion: Opinion | None = None
    offers_aid: bool = False

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def state(self) -> str:
        """Where the conversation stands; `initial` before it has begun."""
        return self.conversation.current_state if self.conversation else "initial"

    @property
    def context(self) -> Mapping[str, Any]:
        """What the conversation remembers for its state."""
        return self.conversation.context_data if self.conversation else {}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hotel.timezone)

    @property
    def is_escalated(self) -> bool:
        return self.conversation is not None and self.conversation.status is ConversationStatus.escalated

    def say(self, key: str, **values: Value) -> str:
        """Return a text of the catalogues in the language of this turn."""
        return self.texts(key, self.language, **values)

    def reply(self, key: str, *choices: Choice, **values: Value) -> OutgoingMessage:
        """Return a reply with a text of the catalogues."""
        return OutgoingMessage(self.say(key, **values), choices=choices)

    def choice(self, value: str, key: str) -> Choice:
        """Return a button labelled from the catalogues."""
        return Choice(value, self.say(key))


class Effect(Protocol):
    """A change that is made in the saving transaction; what it found out may be said at once."""

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]: ...


@dataclass(frozen=True, slots=True)
class Alert:
    """Something staff must see about this turn; the texts are made by `bot.notifications`.

    `words` are quoted where they are not those of this very message.
    """

    type: NotificationType
    severity: Severity
    title_key: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a handler may want.

    `state` and `context` replace the conversation's (None keeps them); `status` likewise. Without `has_mood` the
    words are known to be a name, so that Mr Burns and господин Грязнов alarm nobody. `remarks` are kept with the
    guest's message, for staff: which of the hotel's answers was given.
    """

    replies: tuple[OutgoingMessage, ...] = ()
    state: str | None = None
    context: Mapping[str, Any] | None = None
    status: ConversationStatus | None = None
    alerts: tuple[Alert, ...] = ()
    effects: tuple[Effect, ...] = field(default=())
    has_mood: bool = True
    remarks: Mapping[str, Any] = field(default_factory=dict)


class Handler(Protocol):
    """Answers one kind of message."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> Any:
        """Read what `think` needs beyond the turn."""
        ...

    def think(self, turn: Turn, loaded: Any) -> Outcome:
        """Decide, with no transaction open and nothing changed."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """A handler that needs what lies elsewhere than in the database."""

    async def fetch(self, turn: Turn, loaded: Any) -> Any:
        """Read it, with no transaction open, for `think` to get instead of what `load` found."""
        ...


class Files(Protocol):
    """What people hand over, kept by their providers."""

    async def fetch(self, hotel_id: UUID, account_id: UUID, attachment: Attachment, most: int) -> bytes:
        """Return an attachment, of `most` bytes at the utmost. Raises TransientError and PermanentError."""
        ...


class Reply:
    """A handler that needs nothing beyond the turn; subclasses think."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> None:
        return None


def reads(handler: Handler) -> bool:
    """Whether a handler needs anything beyond the turn."""
    return not isinstance(handler, Reply)
