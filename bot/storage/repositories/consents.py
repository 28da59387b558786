"""The ledger of what guests agreed to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from bot.storage.repositories.base import Repository
from models import Consent
from models.base import new_id
from models.enums import ConsentPurpose, ConsentState


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """What a guest said of a purpose, and when."""

    purpose: ConsentPurpose
    state: ConsentState
    at: datetime


class Consents(Repository):
    async def add(
        self, guest_id: UUID, purpose: ConsentPurpose, state: ConsentState, source: str, at: datetime
    ) -> None:
        """Add a line for all channels; the latest line of a purpose is what counts."""
        await self._run(
            insert(Consent).values(
                hotel_id=self.hotel_id,
                id=new_id(),
                guest_id=guest_id,
                purpose=purpose,
                state=state,
                source=source,
                at=at,
            )
        )

    async def current(self, guest_id: UUID) -> dict[ConsentPurpose, ConsentState]:
        """Return what counts now, by purpose; a purpose never spoken of is missing."""
        return (await self.of_guests([guest_id])).get(guest_id, {})

    async def of_guests(self, guest_ids: Collection[UUID]) -> dict[UUID, dict[ConsentPurpose, ConsentState]]:
        """Return what counts now for each guest, by purpose; who never said anything is missing."""
        found: dict[UUID, dict[ConsentPurpose, ConsentState]] = {}
        for guest_id, purpose, state in await self._fetch(_OF_GUESTS, self.hotel_id, list(guest_ids)):
            found.setdefault(guest_id, {})[ConsentPurpose(purpose)] = ConsentState(state)
        return found

    async def lines(self, guest_ids: Collection[UUID]) -> dict[UUID, list[ConsentLine]]:
        """Return all that each guest ever said, earliest first; who never said anything is missing."""
        found: dict[UUID, list[ConsentLine]] = {}
        for guest_id, purpose, state, at in await self._fetch(_LINES, self.hotel_id, list(guest_ids)):
            found.setdefault(guest_id, []).append(ConsentLine(ConsentPurpose(purpose), ConsentState(state), at))
        return found


_LINES = """
    SELECT guest_id, purpose, state, at FROM consents
    WHERE hotel_id = $1 AND guest_id = ANY ($2::uuid[]) ORDER BY at, id
"""
_OF_GUESTS = """
    SELECT DISTINCT ON (guest_id, purpose) guest_id, purpose, state FROM consents
    WHERE hotel_id = $1 AND guest_id = ANY ($2::uuid[])
    ORDER BY guest_id, purpose, at DESC, id DESC
"""
