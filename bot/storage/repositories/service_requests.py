"""What the hotel's people are to do for guests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.storage.repositories.base import Repository
from models import ServiceRequest
from models.base import new_id
from models.enums import Department, RequestKind


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Something to be done for a guest, in the hotel's language."""

    kind: RequestKind
    department: Department
    description: str
    guest_id: UUID
    stay_id: UUID | None
    firing_id: UUID | None


class ServiceRequests(Repository):
    async def add_all(self, requests: Collection[NewRequest], at: datetime) -> None:
        """Open requests."""
        rows = (
            {"id": new_id(), "created_at": at, **{name: getattr(one, name) for name in NewRequest.__slots__}}
            for one in requests
        )
        await self._insert(ServiceRequest, rows)
