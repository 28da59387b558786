"""The plan and the ledger of the hotel's rules: every firing that is due, was done or was refused."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import AnySelect, Repository
from models import Guest, TriggerFiring, TriggerRow
from models.base import new_id
from models.enums import FiringStatus

_Column = ColumnElement[Any]

PLANNED = (FiringStatus.scheduled, FiringStatus.postponed)
# Decided, but nothing was said: these may get another chance, what fired never.
UNSAID = (FiringStatus.skipped, FiringStatus.expired, FiringStatus.failed)


@dataclass(frozen=True, slots=True)
class NewFiring:
    """One planned firing; unique by trigger, subject (a stay's or guest's id) and occurrence.

    With another status than scheduled it is a line that only notes why nothing is planned.
    """

    trigger_id: UUID
    subject: UUID
    occurrence: str
    guest_id: UUID
    stay_id: UUID | None
    due_at: datetime
    useful_until: datetime
    correlation_id: str
    event: dict[str, Any]
    status: FiringStatus = FiringStatus.scheduled
    reason: str | None = None
    verdict: dict[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a rule is planned, and how its firings came out in some days."""

    planned: int = 0
    fired: int = 0
    skipped: int = 0


class Firings(Repository):
    async def plan(self, firings: Collection[NewFiring], at: datetime) -> int:
        """Plan firings; return how many rows that changed.

        New ones are added; planned and cancelled ones become what they are now. What fired stays so; what was
        decided without a word gets another chance only when its moment was moved to after `at`.
        """
        return await self._plan(firings, at, lambda due_at: _MOVABLE | (_UNSAID & (due_at > at)))

    async def raise_again(self, firings: Collection[NewFiring], at: datetime) -> int:
        """Plan firings of something that happened; return how many rows that changed.

        What was planned or has fired stays so; what came to nothing gets another chance, since it happened again.
        """
        return await self._plan(firings, at, lambda due_at: _CANCELLED | _UNSAID)

    async def _plan(
        self, firings: Collection[NewFiring], at: datetime, yields: Callable[[_Column], ColumnElement[bool]]
    ) -> int:
        """Add rows; one that is there already is replaced where it `yields` to the new due time."""
        if not firings:
            return 0
        # In one order, so that two plans which share rows lock them alike and can't deadlock.
        ordered = sorted(firings, key=lambda one: (one.trigger_id, one.subject, one.occurrence))
        statement = insert(TriggerFiring)
        changes = {name: statement.excluded[name] for name in (*_CHANGEABLE, "planned_at", "decided_at")}
        statement = statement.on_conflict_do_update(
            index_elements=["hotel_id", "trigger_id", "subject", "occurrence"],
            set_=changes,
            where=yields(statement.excluded.due_at),
        )
        rows = [
            {
                "hotel_id": self.hotel_id,
                "id": new_id(),
                "planned_at": at,
                "decided_at": None,
                **{name: getattr(firing, name) for name in NewFiring.__slots__},
            }
            for firing in ordered
        ]
        # Small enough for a loaded server to check every row's four references within the statement timeout.
        in_pages = statement.returning(TriggerFiring.id).execution_options(insertmanyvalues_page_size=500)
        return len((await self._run(in_pages, rows)).all())

    async def planned(self, trigger_id: UUID) -> list[FiringRecord]:
        """Return all that a trigger has planned."""
        statement = self._select().where(TriggerFiring.status.in_(PLANNED), TriggerFiring.trigger_id == trigger_id)
        return [FiringRecord(*row) for row in await self._run(statement)]

    async def standing(
        self, trigger_ids: Collection[UUID], stay_ids: Collection[UUID], guest_ids: Collection[UUID]
    ) -> list[FiringRecord]:
        """Return what these triggers have planned about these stays, or once for these guests."""
        statement = self._select().where(
            TriggerFiring.status.in_(PLANNED),
            TriggerFiring.trigger_id.in_(trigger_ids),
            or_(TriggerFiring.stay_id.in_(stay_ids), TriggerFiring.subject.in_(guest_ids)),
        )
        return [FiringRecord(*row) for row in await self._run(statement)]

    async def lines(self, trigger_ids: Collection[UUID], subjects: Collection[UUID]) -> list[FiringRecord]:
        """Return every line about these triggers and subjects, whatever became of it."""
        statement = self._select().where(
            TriggerFiring.trigger_id.in_(trigger_ids), TriggerFiring.subject.in_(subjects)
        )
        return [FiringRecord(*row) for row in await self._run(statement)]

    async def cancel(self, firing_ids: Collection[UUID], reason: str, at: datetime) -> int:
        """Cancel firings that have not fired; return how many."""
        if not firing_ids:
            return 0
        result = await self._run(
            update(TriggerFiring)
            .where(
                self._own(TriggerFiring.hotel_id),
                TriggerFiring.id.in_(firing_ids),
                TriggerFiring.status != FiringStatus.fired,
            )
            .values(status=FiringStatus.cancelled, reason=reason, decided_at=at)
        )
        return result.rowcount

    async def cancel_trigger(self, trigger_id: UUID, reason: str, at: datetime) -> int:
        """Cancel all that a trigger has planned; return how many."""
        result = await self._run(
            update(TriggerFiring)
            .where(
                self._own(TriggerFiring.hotel_id),
                TriggerFiring.trigger_id == trigger_id,
                TriggerFiring.status.in_(PLANNED),
            )
            .values(status=FiringStatus.cancelled, reason=reason, decided_at=at)
        )
        return result.rowcount

    async def claim_due(self, now: datetime, limit: int) -> list[FiringRecord]:
        """Lock up to `limit` due firings with their guests until the transaction ends; others skip them.

        Of what is due, the higher priority comes first. The guest is locked, too, so that two engines don't both
        spend the rest of one guest's daily budget, and nothing fires while the guest is just opting out.
        """
        statement = (
            self._select()
            .join(TriggerRow, _SAME_TRIGGER)
            .join(Guest, _SAME_GUEST)
            .where(TriggerFiring.status.in_(PLANNED), TriggerFiring.due_at <= now)
            .order_by(TriggerRow.priority.desc(), TriggerFiring.due_at, TriggerFiring.id)
            .limit(limit)
            .with_for_update(of=(TriggerFiring, Guest), key_share=True, skip_locked=True)
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
            .join(TriggerRow, _SAME_TRIGGER)
            .join(Guest, _SAME_GUEST)
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
                func.count().filter(TriggerFiring.status.in_(PLANNED)),
                func.count().filter(TriggerFiring.status == FiringStatus.fired, lately),
                func.count().filter(_UNSAID, lately),
            )
            .where(self._own(TriggerFiring.hotel_id), or_(TriggerFiring.status.in_(PLANNED), lately))
            .group_by(TriggerFiring.trigger_id)
        )
        return {trigger_id: Tally(*counts) for trigger_id, *counts in await self._run(statement)}

    async def fired_since(self, guest_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
        """Return how many automatic messages each guest got since then; none are missing."""
        statement = (
            select(TriggerFiring.guest_id, func.count().label("fired"))
            .where(
                self._own(TriggerFiring.hotel_id),
                TriggerFiring.guest_id.in_(guest_ids),
                TriggerFiring.status == FiringStatus.fired,
                TriggerFiring.decided_at >= since,
            )
            .group_by(TriggerFiring.guest_id)
        )
        return {row.guest_id: row.fired for row in await self._run(statement)}

    async def received_by(self, guest_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
        """Return the names of the triggers whose messages each guest got; who got none is missing."""
        statement = (
            select(TriggerFiring.guest_id, func.array_agg(TriggerRow.name.distinct()))
            .join(TriggerRow, _SAME_TRIGGER)
            .where(
                self._own(TriggerFiring.hotel_id),
                TriggerFiring.guest_id.in_(guest_ids),
                TriggerFiring.status == FiringStatus.fired,
            )
            .group_by(TriggerFiring.guest_id)
        )
        return {guest_id: frozenset(names) for guest_id, names in await self._run(statement)}

    async def has_failed_since(self, trigger_id: UUID, since: datetime) -> bool:
        """Whether a firing of this trigger failed since then."""
        statement = select(TriggerFiring.id).where(
            self._own(TriggerFiring.hotel_id),
            TriggerFiring.trigger_id == trigger_id,
            TriggerFiring.status == FiringStatus.failed,
            TriggerFiring.decided_at >= since,
        )
        return (await self._run(statement.limit(1))).first() is not None

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(TriggerFiring.hotel_id))


_COLUMNS = tuple(getattr(TriggerFiring, name) for name in FiringRecord.__slots__)
# What a row takes over from a newer plan of the same firing.
_CHANGEABLE = tuple(name for name in NewFiring.__slots__ if name not in {"trigger_id", "subject", "occurrence"})
_CANCELLED = TriggerFiring.status == FiringStatus.cancelled
# Spelled out, because an IN can't stand in a statement that runs for many rows.
_MOVABLE = or_(_CANCELLED, *(TriggerFiring.status == status for status in PLANNED))
_UNSAID = or_(*(TriggerFiring.status == status for status in UNSAID))
_SAME_TRIGGER = (TriggerRow.hotel_id == TriggerFiring.hotel_id) & (TriggerRow.id == TriggerFiring.trigger_id)
_SAME_GUEST = (Guest.hotel_id == TriggerFiring.hotel_id) & (Guest.id == TriggerFiring.guest_id)
# A line that was neither planned nor decided only remembers that a condition held before its trigger looked.
_TOLD = TriggerFiring.status.in_(PLANNED) | TriggerFiring.decided_at.is_not(None)
