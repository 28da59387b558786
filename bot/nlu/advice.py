"""What a larger model may be asked beside the embedded one: the words, and the port that it stands behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.nlu.base import Judgement


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom something is asked; `now` is in the hotel's zone, whose days are paid for one by one."""

    hotel_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """Something that the hotel has written down, and what it answers; `language` is that of its words."""

    id: str
    question: str
    answer: str
    language: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The source that answers a message. `text` says the same in the guest's language, where its words do not."""

    source_id: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a larger model makes of a guest's message, and which of the sources answers it."""

    judgement: Judgement
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What a guest wrote, in which language as far as known, and in which they are answered."""

    text: str
    language: str | None
    answered_in: str


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said in a conversation, by the guest or the hotel; `at` as staff read it."""

    who: str
    at: str
    text: str


class Adviser(Protocol):
    """A larger model. It answers None for want of money, time or a usable answer, and raises nothing for these."""

    async def judge(self, asker: Asker, message: Message, sources: Sequence[Source] = ()) -> Opinion | None:
        """Return what it makes of a guest's message. It may cite one of the sources, and say nothing that is not
        there."""
        ...

    async def translate(self, asker: Asker, text: str, into: str) -> str | None:
        """Return a text in another language, for people who see the original, too."""
        ...

    async def summarise(self, asker: Asker, lines: Sequence[Line], into: str) -> str | None:
        """Return in a few sentences what a conversation is about, for people who can look it up."""
        ...
