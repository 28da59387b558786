"""Who there is in this Telegram: users, bots, groups, and who may write to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """A person with a Telegram account. `phone` is E.164 with the plus sign."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    phone: str = ""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))

    def wire(self) -> Wire:
        parts = {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return {name: value for name, value in parts.items() if value is not None}

    def chat(self) -> Wire:
        parts = {
            "id": self.id,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
            "type": "private",
        }
        return {name: value for name, value in parts.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot as its owner knows it."""

    id: int
    token: str = field(repr=False)
    username: str
    name: str
    reads_all_in_groups: bool = True

    @property
    def account(self) -> str:
        return str(self.id)

    def wire(self) -> Wire:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(slots=True)
class Group:
    """A basic group or a supergroup; `topics` maps a thread's id to its name where it is a forum."""

    id: int
    title: str
    forum: bool
    supergroup: bool
    members: dict[int, User] = field(default_factory=dict)
    bots: set[int] = field(default_factory=set)
    topics: dict[int, str] = field(default_factory=dict)
    moved_to: int | None = None

    def chat(self) -> Wire:
        chat: Wire = {"id": self.id, "title": self.title, "type": "supergroup" if self.supergroup else "group"}
        if self.forum:
            chat["is_forum"] = True
        return chat

    @property
    def kind(self) -> str:
        return "supergroup chat" if self.supergroup else "group chat"


@dataclass(slots=True)
class Room:
    """One chat as one bot sees it (private) or as all see it (group): the wire messages by id."""

    chat: Wire
    messages: dict[int, Wire] = field(default_factory=dict)


@dataclass(slots=True)
class Press:
    """A pressed button: what the bot answered, once it did."""

    id: str
    at: datetime
    bot_id: int
    answered: bool = False
    text: str = ""
    alert: bool = False
