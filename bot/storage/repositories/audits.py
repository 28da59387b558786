"""Who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from bot.storage.repositories.base import Repository
from models import Audit
from models.base import new_id


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One line of the trail; `user_id` is None for the operator's own commands."""

    user_id: UUID | None
    action: str
    description: str
    metadata: dict[str, Any]
    created_at: datetime


class Audits(Repository):
    async def add(
        self,
        action: str,
        description: str,
        at: datetime,
        user_id: UUID | None = None,
        metadata: dict[str, Any] | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Add a line; nothing ever changes or removes one."""
        await self._run(
            insert(Audit).values(
                hotel_id=self.hotel_id,
                id=new_id(),
                user_id=user_id,
                action=action,
                description=description,
                metadata_=metadata or {},
                correlation_id=correlation_id,
                created_at=at,
            )
        )

    async def latest(self, limit: int = 50) -> list[AuditRecord]:
        """Return the newest lines."""
        columns = (Audit.user_id, Audit.action, Audit.description, Audit.metadata_, Audit.created_at)
        statement = select(*columns).where(self._own(Audit.hotel_id))
        rows = await self._run(statement.order_by(Audit.created_at.desc(), Audit.id.desc()).limit(limit))
        return [AuditRecord(*row) for row in rows]
