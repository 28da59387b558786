"""What a larger model may be asked beside the embedded one: the words, and the port that it stands behind."""

from __future__ import annotations

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
class Opinion:
    """What a larger model makes of a guest's message."""

    judgement: Judgement


class Adviser(Protocol):
    """A larger model. It answers None for want of money, time or a usable answer, and raises nothing for these."""

    async def judge(self, asker: Asker, text: str, language: str | None) -> Opinion | None:
        """Return what it makes of a guest's message."""
        ...
