"""The hotel's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from bot.storage.repositories.base import AnySelect, Repository
from models import TriggerRow
from models.base import new_id
from models.enums import CatchUp, ConsentPurpose, OncePer, TriggerType


@dataclass(frozen=True, slots=True)
class TriggerRecord:
    """A rule as it is stored; `number` is what admins call it by, `channels` those it prefers, in order, `actions`
    what it does beside its message."""

    id: UUID
    number: int
    name: str
    trigger_type: TriggerType
    conditions: dict[str, Any]
    message_template: str
    translations: dict[str, Any]
    actions: list[Any]
    is_active: bool
    priority: int
    once_per: OncePer
    purpose: ConsentPurpose
    useful_for: timedelta | None
    cooldown: timedelta | None
    catch_up: CatchUp
    channels: list[str]


class Triggers(Repository):
    async def all(self) -> list[TriggerRecord]:
        """Return the hotel's rules by number, paused ones too, deleted ones not."""
        return [_record(row) for row in await self._fetch(_ALL, self.hotel_id)]

    async def by_number(self, number: int) -> TriggerRecord | None:
        """Return the rule that admins call by this number."""
        row = (await self._run(self._select().where(TriggerRow.number == number))).one_or_none()
        return TriggerRecord(*row) if row else None

    async def get(self, trigger_id: UUID) -> TriggerRecord | None:
        """Return one rule, unless it was deleted."""
        row = (await self._run(self._select().where(TriggerRow.id == trigger_id))).one_or_none()
        return TriggerRecord(*row) if row else None

    async def add(
        self,
        name: str,
        trigger_type: TriggerType,
        conditions: dict[str, Any],
        message_template: str,
        translations: dict[str, str] | None = None,
        priority: int = 1,
        **values: Any,
    ) -> TriggerRecord:
        """Add a rule that was checked before. Raises IntegrityError when a rule has this name."""
        # Numbers are never used twice, so that an old message about rule 3 does not come to mean another.
        number = select(func.coalesce(func.max(TriggerRow.number), 0) + 1).where(self._own(TriggerRow.hotel_id))
        statement = insert(TriggerRow).values(
            hotel_id=self.hotel_id,
            id=new_id(),
            number=number.scalar_subquery(),
            name=name,
            trigger_type=trigger_type,
            conditions=conditions,
            message_template=message_template,
            translations=translations or {},
            priority=priority,
            **values,
        )
        return TriggerRecord(*(await self._run(statement.returning(*_COLUMNS))).one())

    async def update(self, trigger_id: UUID, **values: Any) -> None:
        """Change columns of a rule."""
        await self._run(
            update(TriggerRow).where(self._own(TriggerRow.hotel_id), TriggerRow.id == trigger_id).values(**values)
        )

    async def delete(self, trigger_id: UUID, at: datetime) -> None:
        """Take a rule out of use; its firings stay in the ledger."""
        await self.update(trigger_id, deleted_at=at, is_active=False)

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(TriggerRow.hotel_id), TriggerRow.deleted_at.is_(None))


_COLUMNS = tuple(getattr(TriggerRow, name) for name in TriggerRecord.__slots__)
_ALL = f"""
    SELECT {", ".join(TriggerRecord.__slots__)} FROM triggers
    WHERE hotel_id = $1 AND deleted_at IS NULL ORDER BY number
"""


def _record(row: Any) -> TriggerRecord:
    values = dict(row)
    return TriggerRecord(
        **{
            **values,
            "trigger_type": TriggerType(values["trigger_type"]),
            "once_per": OncePer(values["once_per"]),
            "purpose": ConsentPurpose(values["purpose"]),
            "catch_up": CatchUp(values["catch_up"]),
        }
    )
