"""The ledger of what guests agreed to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from bot.storage.repositories.base import Repository
from models import Consent
from models.base import new_id
from models.enums import ConsentPurpose, ConsentState


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
        statement = (
            select(Consent.guest_id, Consent.purpose, Consent.state)
            .ext(distinct_on(Consent.guest_id, Consent.purpose))
            .where(self._own(Consent.hotel_id), Consent.guest_id.in_(guest_ids))
            .order_by(Consent.guest_id, Consent.purpose, Consent.at.desc(), Consent.id.desc())
        )
        found: dict[UUID, dict[ConsentPurpose, ConsentState]] = {}
        for row in await self._run(statement):
            found.setdefault(row.guest_id, {})[row.purpose] = row.state
        return found
