"""The ledger of firings, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from bot.storage.repositories.base import Repository
from bot.storage.repositories.firings import PLANNED
from models import Guest, Stay, TriggerFiring, TriggerRow
from models.enums import FiringStatus


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A line of the ledger with the names that people know."""

    due_at: datetime
    decided_at: datetime | None
    guest: str | None
    trigger: str
    status: FiringStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a rule is planned, and how its firings came out in some days."""

    planned: int = 0
    fired: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class PlannedRecord:
    """A message that is planned; `booking` is the number of the stay it is about."""

    due_at: datetime
    guest: str | None
    booking: str | None


@dataclass(frozen=True, slots=True)
class ComingRecord:
    """A message of any trigger that is planned; `booking` is the number of the stay it is about."""

    due_at: datetime
    trigger: str
    guest: str | None
    booking: str | None


class Ledger(Repository):
    async def lines(self, since: datetime, limit: int = 50) -> list[LedgerRecord]:
        """Return what was decided since then and what is planned, latest first."""
        statement = (
            select(
                TriggerFiring.due_at,
                TriggerFiring.decided_at,
                Guest.name,
                TriggerRow.name,
                TriggerFiring.status,
                TriggerFiring.reason,
            )
            .join(TriggerRow, _IS_TRIGGER)
            .join(Guest, _IS_GUEST)
            .where(self._own(TriggerFiring.hotel_id), TriggerFiring.due_at >= since, _TOLD)
            .order_by(TriggerFiring.due_at.desc(), TriggerFiring.id.desc())
            .limit(limit)
        )
        return [LedgerRecord(*row) for row in await self._run(statement)]

    async def tally(self, since: datetime) -> dict[UUID, Tally]:
        """Return by trigger what is planned, and what was decided since then; all but fired counts as skipped."""
        lately = TriggerFiring.decided_at >= since
        statement = (
            select(
                TriggerFiring.trigger_id,
                func.count().filter(_IS_PLANNED),
                func.count().filter(TriggerFiring.status == FiringStatus.fired, lately),
                func.count().filter(TriggerFiring.status.in_(_UNSAID), lately),
            )
            .where(self._own(TriggerFiring.hotel_id), or_(_IS_PLANNED, lately))
            .group_by(TriggerFiring.trigger_id)
        )
        return {trigger_id: Tally(*counts) for trigger_id, *counts in await self._run(statement)}

    async def planned(
        self, trigger_id: UUID, until: datetime | None, skipped: int, limit: int
    ) -> list[PlannedRecord]:
        """Return what a trigger has planned, before `until` where that is given, the next due first, so many after
        those skipped."""
        statement = (
            select(TriggerFiring.due_at, Guest.name, Stay.external_id)
            .join(Guest, _IS_GUEST)
            .outerjoin(Stay, _IS_STAY)
            .where(*self._is_planned(trigger_id, until))
            .order_by(TriggerFiring.due_at, TriggerFiring.id)
            .offset(skipped)
            .limit(limit)
        )
        return [PlannedRecord(*row) for row in await self._run(statement)]

    async def coming(self, limit: int) -> list[ComingRecord]:
        """Return what all triggers have planned, the next due first."""
        statement = (
            select(TriggerFiring.due_at, TriggerRow.name, Guest.name, Stay.external_id)
            .join(TriggerRow, _IS_TRIGGER)
            .join(Guest, _IS_GUEST)
            .outerjoin(Stay, _IS_STAY)
            .where(self._own(TriggerFiring.hotel_id), _IS_PLANNED)
            .order_by(TriggerFiring.due_at, TriggerFiring.id)
            .limit(limit)
        )
        return [ComingRecord(*row) for row in await self._run(statement)]

    async def count_planned(self, trigger_id: UUID, until: datetime | None = None) -> int:
        """Return how many messages a trigger has planned, before `until` where that is given."""
        statement = select(func.count()).select_from(TriggerFiring).where(*self._is_planned(trigger_id, until))
        return int((await self._run(statement)).scalar_one())

    def _is_planned(self, trigger_id: UUID, until: datetime | None) -> tuple[ColumnElement[bool], ...]:
        own = (self._own(TriggerFiring.hotel_id), TriggerFiring.trigger_id == trigger_id, _IS_PLANNED)
        return own if until is None else (*own, TriggerFiring.due_at < until)


# Whose a firing is, and what it is about.
_IS_TRIGGER = (TriggerRow.hotel_id == TriggerFiring.hotel_id) & (TriggerRow.id == TriggerFiring.trigger_id)
_IS_GUEST = (Guest.hotel_id == TriggerFiring.hotel_id) & (Guest.id == TriggerFiring.guest_id)
_IS_STAY = (Stay.hotel_id == TriggerFiring.hotel_id) & (Stay.id == TriggerFiring.stay_id)
_UNSAID = (FiringStatus.skipped, FiringStatus.expired, FiringStatus.failed)
_IS_PLANNED = TriggerFiring.status.in_(PLANNED)
# A line that was neither planned nor decided only remembers that a condition held before its trigger looked.
_TOLD = _IS_PLANNED | TriggerFiring.decided_at.is_not(None)
