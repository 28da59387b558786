"""The plan and the ledger of the hotel's rules: every firing that is due, was done or was refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import AnySelect, Repository
from models import Guest, TriggerFiring, TriggerRow
from models.base import new_id
from models.enums import FiringStatus

PLANNED = (FiringStatus.scheduled, FiringStatus.postponed)


@dataclass(frozen=True, slots=True)
class NewFiring:
    """One planned firing; unique by trigger, subject (a stay's or guest's id) and occurrence."""

    trigger_id: UUID
    subject: UUID
    occurrence: str
    guest_id: UUID
    stay_id: UUID | None
    due_at: datetime
    useful_until: datetime
    correlation_id: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FiringRecord:
    """One line of the plan or the ledger."""

    id: UUID
    trigger_id: UUID
    subject: UUID
    occurrence: str
    guest_id: UUID
    stay_id: UUID | None
    due_at: datetime
    useful_until: datetime
    status: FiringStatus
    reason: str | None
    event: dict[str, Any]
    verdict: dict[str, Any]
    correlation_id: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A line of the ledger with the names that people know."""

    due_at: datetime
    decided_at: datetime | None
    guest: str | None
    trigger: str
    status: FiringStatus
    reason: str | None


class Firings(Repository):
    async def plan(self, firings: Sequence[NewFiring], at: datetime, *, is_moving: bool = True) -> int:
        """Plan firings; return how many rows that changed.

        New ones are added; planned and cancelled ones move to their new time where `is_moving`; what was decided
        stays decided.
        """
        if not firings:
            return 0
        rows = [{name: getattr(firing, name) for name in NewFiring.__slots__} for firing in firings]
        statement = insert(TriggerFiring).values(
            [{"hotel_id": self.hotel_id, "id": new_id(), "planned_at": at, **row} for row in rows]
        )
        key = ["hotel_id", "trigger_id", "subject", "occurrence"]
        if not is_moving:
            statement = statement.on_conflict_do_nothing(index_elements=key)
        else:
            statement = statement.on_conflict_do_update(
                index_elements=key,
                set_={
                    "due_at": statement.excluded.due_at,
                    "useful_until": statement.excluded.useful_until,
                    "guest_id": statement.excluded.guest_id,
                    "status": FiringStatus.scheduled,
                    "reason": None,
                    "planned_at": at,
                },
                where=TriggerFiring.status.in_((*PLANNED, FiringStatus.cancelled)),
            )
        return len((await self._run(statement.returning(TriggerFiring.id))).all())

    async def planned(
        self, stay_ids: Collection[UUID] | None = None, trigger_id: UUID | None = None
    ) -> list[FiringRecord]:
        """Return what is planned for these stays, or by this trigger."""
        conditions: list[ColumnElement[bool]] = [TriggerFiring.status.in_(PLANNED)]
        if stay_ids is not None:
            conditions.append(TriggerFiring.stay_id.in_(stay_ids))
        if trigger_id is not None:
            conditions.append(TriggerFiring.trigger_id == trigger_id)
        return [FiringRecord(*row) for row in await self._run(self._select().where(*conditions))]

    async def cancel(self, firing_ids: Collection[UUID], reason: str, at: datetime) -> int:
        """Cancel planned firings; return how many."""
        if not firing_ids:
            return 0
        result = await self._run(
            update(TriggerFiring)
            .where(
                self._own(TriggerFiring.hotel_id),
                TriggerFiring.id.in_(firing_ids),
                TriggerFiring.status.in_(PLANNED),
            )
            .values(status=FiringStatus.cancelled, reason=reason, decided_at=at)
        )
        return result.rowcount

    async def claim_due(self, now: datetime, limit: int) -> list[FiringRecord]:
        """Lock up to `limit` due firings until the transaction ends; others skip them."""
        statement = (
            self._select()
            .where(TriggerFiring.status.in_(PLANNED), TriggerFiring.due_at <= now)
            .order_by(TriggerFiring.due_at, TriggerFiring.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [FiringRecord(*row) for row in await self._run(statement)]

    async def decide(
        self,
        firing_id: UUID,
        status: FiringStatus,
        reason: str | None,
        verdict: dict[str, Any],
        at: datetime,
        due_at: datetime | None = None,
    ) -> None:
        """Write down what was decided and why; a postponed firing gets its new `due_at`."""
        values: dict[str, Any] = {"status": status, "reason": reason, "verdict": verdict, "decided_at": at}
        if due_at is not None:
            values["due_at"] = due_at
        await self._run(
            update(TriggerFiring)
            .where(self._own(TriggerFiring.hotel_id), TriggerFiring.id == firing_id)
            .values(**values)
        )

    async def of(self, trigger_id: UUID, guest_id: UUID) -> list[FiringRecord]:
        """Return every line about a trigger and a guest, latest first."""
        statement = self._select().where(TriggerFiring.trigger_id == trigger_id, TriggerFiring.guest_id == guest_id)
        return [FiringRecord(*row) for row in await self._run(statement.order_by(TriggerFiring.due_at.desc()))]

    async def ledger(self, since: datetime, limit: int = 50) -> list[LedgerRecord]:
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
            .join(
                TriggerRow,
                (TriggerRow.hotel_id == TriggerFiring.hotel_id) & (TriggerRow.id == TriggerFiring.trigger_id),
            )
            .join(Guest, (Guest.hotel_id == TriggerFiring.hotel_id) & (Guest.id == TriggerFiring.guest_id))
            .where(self._own(TriggerFiring.hotel_id), TriggerFiring.due_at >= since)
            .order_by(TriggerFiring.due_at.desc(), TriggerFiring.id.desc())
            .limit(limit)
        )
        return [LedgerRecord(*row) for row in await self._run(statement)]

    async def fired_since(self, guest_id: UUID, since: datetime) -> int:
        """Return how many automatic messages the guest got since then."""
        statement = select(TriggerFiring.id).where(
            self._own(TriggerFiring.hotel_id),
            TriggerFiring.guest_id == guest_id,
            TriggerFiring.status == FiringStatus.fired,
            TriggerFiring.decided_at >= since,
        )
        return len((await self._run(statement)).all())

    async def received_by(self, guest_id: UUID) -> list[str]:
        """Return the names of the triggers whose messages the guest got."""
        statement = (
            select(TriggerRow.name)
            .distinct()
            .join(
                TriggerFiring,
                (TriggerFiring.hotel_id == TriggerRow.hotel_id) & (TriggerFiring.trigger_id == TriggerRow.id),
            )
            .where(
                self._own(TriggerRow.hotel_id),
                TriggerFiring.guest_id == guest_id,
                TriggerFiring.status == FiringStatus.fired,
            )
        )
        return [row.name for row in await self._run(statement)]

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(TriggerFiring.hotel_id))


_COLUMNS = tuple(getattr(TriggerFiring, name) for name in FiringRecord.__slots__)
