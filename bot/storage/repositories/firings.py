"""The plan of the hotel's rules, and what became of it: every firing that is due, was done or was refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.storage.repositories.base import Repository, as_records
from models import TriggerFiring
from models.base import new_id
from models.enums import FiringStatus

PLANNED = (FiringStatus.scheduled, FiringStatus.postponed)


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
    done: list[Any]
    correlation_id: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecidedFiring:
    """What was decided about a firing and why, and all that was done for it beside its message; a postponed one has
    the time when it is due again."""

    id: UUID
    status: FiringStatus
    reason: str
    verdict: dict[str, Any]
    due_at: datetime | None
    done: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class FiredRecord:
    """A firing that went, and by which trigger, by id and name."""

    trigger_id: UUID
    subject: UUID
    occurrence: str
    trigger: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """What a guest got of triggers: when each last spoke, by name, and how many messages since some moment."""

    latest: Mapping[str, datetime] = field(default_factory=dict)
    lately: int = 0


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A row of the plan that was changed, or is no longer in it: for whom, and when it is due, or was."""

    guest_id: UUID
    stay_id: UUID | None
    due_at: datetime


class Firings(Repository):
    async def plan(self, firings: Collection[NewFiring], at: datetime) -> list[PlannedLine]:
        """Plan firings; return the rows that that changed.

        New ones are added; planned and cancelled ones become what they are now. What fired stays so; what was
        decided without a word gets another chance only when its moment was moved to after `at`. What was done beside
        a message counts for its moment and its guest: another of either begins with nothing done.
        """
        return await self._plan(firings, at, _MOVABLE, _IS_SAME_MOMENT)

    async def raise_again(self, firings: Collection[NewFiring], at: datetime) -> int:
        """Plan firings of something that happened; return how many rows that changed.

        What was planned or has fired stays so; what came to nothing gets another chance, since it happened again.
        What was done beside it for this guest is not done twice, however often it happens.
        """
        return len(await self._plan(firings, at, _REPEATABLE, _IS_SAME_GUEST))

    async def _plan(
        self, firings: Collection[NewFiring], at: datetime, yields: str, goes_on: str
    ) -> list[PlannedLine]:
        """Add rows; one that is there is replaced where it `yields`, and what was done stays where it `goes_on`."""
        # In one order, so that two plans which share rows lock them alike and can't deadlock.
        ordered = sorted(firings, key=lambda one: (one.trigger_id, one.subject, one.occurrence))
        rows = [
            {
                "id": new_id(),
                "planned_at": at,
                "decided_at": None,
                **{name: getattr(firing, name) for name in NewFiring.__slots__},
            }
            for firing in ordered
        ]
        changed: list[PlannedLine] = []
        conflict = _PLANNED_AGAIN.format(goes_on=goes_on, yields=yields)
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            found = await self._insert(TriggerFiring, part, returning=_LINE, conflict=conflict)
            changed += [PlannedLine(*row) for row in found]
        return changed

    async def standing(
        self, trigger_ids: Collection[UUID], stay_ids: Collection[UUID], guest_ids: Collection[UUID]
    ) -> list[FiringRecord]:
        """Return what these triggers have planned about these stays, or once for these guests."""
        ids = (list(trigger_ids), list(stay_ids), list(guest_ids))
        return [_record(row) for row in await self._fetch(_STANDING, self.hotel_id, *ids)]

    async def lines(self, trigger_ids: Collection[UUID], subjects: Collection[UUID]) -> list[FiringRecord]:
        """Return every line about these triggers and subjects, whatever became of it."""
        rows = await self._fetch(_LINES, self.hotel_id, list(trigger_ids), list(subjects))
        return [_record(row) for row in rows]

    async def postponed(self, until: datetime) -> list[FiringRecord]:
        """Return what was put off and is due before `until`."""
        return [_record(row) for row in await self._fetch(_POSTPONED, self.hotel_id, until)]

    async def put_off(self, due: Mapping[UUID, datetime]) -> int:
        """Let firings that were put off be due at other times; return how many still waited."""
        moved = [{"id": firing_id, "due_at": due_at} for firing_id, due_at in sorted(due.items())]
        return len(await self._fetch(_PUT_OFF, self.hotel_id, as_records(moved))) if moved else 0

    async def cancel(self, firing_ids: Collection[UUID], reason: str, at: datetime) -> list[PlannedLine]:
        """Cancel firings that have not fired; return them."""
        if not firing_ids:
            return []
        return [PlannedLine(*row) for row in await self._fetch(_CANCEL, self.hotel_id, list(firing_ids), reason, at)]

    async def cancel_trigger(self, trigger_id: UUID, reason: str, at: datetime) -> list[PlannedLine]:
        """Cancel all that a trigger has planned; return it."""
        return [
            PlannedLine(*row) for row in await self._fetch(_CANCEL_TRIGGER, self.hotel_id, trigger_id, reason, at)
        ]

    async def cancel_for(self, guest_id: UUID, trigger_ids: Collection[UUID], reason: str, at: datetime) -> int:
        """Cancel what these triggers have planned for a guest; return how many."""
        return len(await self._fetch(_CANCEL_FOR, self.hotel_id, guest_id, list(trigger_ids), reason, at))

    async def claim_due(self, now: datetime, limit: int) -> list[FiringRecord]:
        """Lock up to `limit` due firings with their guests until the transaction ends; others skip them.

        Of what is due, the higher priority comes first. The guest is locked, too, so that two engines don't both
        spend the rest of one guest's daily budget, and nothing fires while the guest is just opting out.
        """
        return [_record(row) for row in await self._fetch(_CLAIM_DUE, self.hotel_id, now, limit)]

    async def decide_all(self, decided: Collection[DecidedFiring], at: datetime) -> None:
        """Write down what was decided and why."""
        await self._fetch(_DECIDE_ALL, self.hotel_id, as_records(list(decided)), at)

    async def of(self, trigger_id: UUID, guest_id: UUID) -> list[FiringRecord]:
        """Return every line about a trigger and a guest, latest first."""
        return [_record(row) for row in await self._fetch(_OF, self.hotel_id, trigger_id, guest_id)]

    async def get(self, firing_id: UUID) -> FiringRecord:
        """Return one line; none is ever removed."""
        (row,) = await self._fetch(_GET, self.hotel_id, firing_id)
        return _record(row)

    async def take_back(self, firing_id: UUID, due_at: datetime, reason: str, at: datetime) -> None:
        """Let a firing whose message has not left be decided anew then."""
        await self._fetch(_TAKE_BACK, self.hotel_id, firing_id, due_at, reason, at)

    async def call_off(self, firing_id: UUID, reason: str, at: datetime) -> None:
        """Cancel a firing whose message has not left."""
        await self._fetch(_CALL_OFF, self.hotel_id, firing_id, reason, at)

    async def received_by(self, guest_ids: Collection[UUID], since: datetime) -> dict[UUID, Received]:
        """Return what each guest got of triggers, ever and since then; who got nothing is missing."""
        rows = await self._fetch(_RECEIVED_BY, self.hotel_id, list(guest_ids), since)
        return {
            row["guest_id"]: Received(dict(zip(row["names"], row["latest"], strict=True)), row["lately"])
            for row in rows
        }

    async def fired_for(self, guest_ids: Collection[UUID]) -> dict[UUID, list[FiredRecord]]:
        """Return all that fired for each guest, earliest first; who got nothing is missing."""
        found: dict[UUID, list[FiredRecord]] = {}
        for guest_id, *columns in await self._fetch(_FIRED_FOR, self.hotel_id, list(guest_ids)):
            found.setdefault(guest_id, []).append(FiredRecord(*columns))
        return found

    async def failed_since(self, trigger_ids: Collection[UUID], since: datetime) -> set[UUID]:
        """Return those of these triggers of which a firing failed since then.

        Whoever asks of the same ones waits until this transaction ends, and then sees how its firings did.
        """
        await self._fetch(_ASK_IN_TURN, sorted(trigger_ids))
        rows = await self._fetch(_FAILED_SINCE, self.hotel_id, list(trigger_ids), since)
        return {row["trigger_id"] for row in rows}


_NAMES = ", ".join(FiringRecord.__slots__)
_LINE = ", ".join(PlannedLine.__slots__)
_SELECT = f"SELECT {_NAMES} FROM trigger_firings WHERE hotel_id = $1"
# Small enough for a loaded server to check every row's four references within the statement timeout.
_AT_ONCE = 500
# What a row takes over from a newer plan of the same firing.
_CHANGEABLE = (
    *(name for name in NewFiring.__slots__ if name not in {"trigger_id", "subject", "occurrence"}),
    "planned_at",
    "decided_at",
)
_PLANNED_AGAIN = f"""
    ON CONFLICT (hotel_id, trigger_id, subject, occurrence)
    DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _CHANGEABLE)},
        done = CASE WHEN {{goes_on}} THEN trigger_firings.done ELSE '[]' END
    WHERE {{yields}}
"""
_IS_PLANNED = "status IN ('scheduled', 'postponed')"
_IS_UNSAID = "trigger_firings.status IN ('skipped', 'expired', 'failed')"
_MOVABLE = f"""
    trigger_firings.status IN ('cancelled', 'scheduled', 'postponed')
    OR ({_IS_UNSAID} AND excluded.due_at > excluded.planned_at)
"""
# A postponed line is due at another time than its moment's, but useful as long as before.
_IS_SAME_GUEST = "trigger_firings.guest_id = excluded.guest_id"
_IS_SAME_MOMENT = f"{_IS_SAME_GUEST} AND trigger_firings.useful_until = excluded.useful_until"
_REPEATABLE = f"trigger_firings.status = 'cancelled' OR {_IS_UNSAID}"
# By two indexes, stay by stay and guest by guest: for one condition with OR all that a trigger plans is read.
_STANDING = f"""
    SELECT {_NAMES} FROM unnest($3::uuid[]) AS wanted (about) CROSS JOIN LATERAL (
        SELECT * FROM trigger_firings WHERE hotel_id = $1 AND stay_id = wanted.about OFFSET 0
    ) AS of_stays
    WHERE {_IS_PLANNED} AND trigger_id = ANY ($2::uuid[])
    UNION ALL
    SELECT {_NAMES} FROM unnest($4::uuid[]) AS wanted (about) CROSS JOIN LATERAL (
        SELECT * FROM trigger_firings WHERE hotel_id = $1 AND guest_id = wanted.about OFFSET 0
    ) AS of_guests
    WHERE {_IS_PLANNED} AND trigger_id = ANY ($2::uuid[]) AND subject = about
      AND (stay_id IS NULL OR stay_id <> ALL ($3::uuid[]))
"""
_LINES = f"{_SELECT} AND trigger_id = ANY ($2::uuid[]) AND subject = ANY ($3::uuid[])"
_POSTPONED = f"{_SELECT} AND {_IS_PLANNED} AND due_at < $2 AND status = 'postponed'"
_PUT_OFF = """
    UPDATE trigger_firings SET due_at = moved.due_at
    FROM jsonb_to_recordset($2::jsonb) AS moved (id uuid, due_at timestamptz)
    WHERE trigger_firings.hotel_id = $1 AND trigger_firings.id = moved.id AND status = 'postponed'
    RETURNING trigger_firings.id
"""
_CANCEL = f"""
    UPDATE trigger_firings SET status = 'cancelled', reason = $3, decided_at = $4
    WHERE hotel_id = $1 AND id = ANY ($2::uuid[]) AND status <> 'fired' RETURNING {_LINE}
"""
_CANCEL_TRIGGER = f"""
    UPDATE trigger_firings SET status = 'cancelled', reason = $3, decided_at = $4
    WHERE hotel_id = $1 AND trigger_id = $2 AND {_IS_PLANNED} RETURNING {_LINE}
"""
_CANCEL_FOR = f"""
    UPDATE trigger_firings SET status = 'cancelled', reason = $4, decided_at = $5
    WHERE hotel_id = $1 AND guest_id = $2 AND trigger_id = ANY ($3::uuid[]) AND {_IS_PLANNED} RETURNING id
"""
# Sorted by little more than ids: all that is due is sorted for each claim, and only what is taken is read. For the
# same reason the triggers, of which there are few, are no table that each row is joined with.
_CLAIM_DUE = f"""
    WITH ranks AS MATERIALIZED (
        SELECT array_agg(id) AS ids, array_agg(priority) AS priorities FROM triggers WHERE hotel_id = $1
    )
    SELECT {", ".join(f"claimed.{name}" for name in FiringRecord.__slots__)}
    FROM (
        SELECT firing.id FROM trigger_firings AS firing CROSS JOIN ranks
        WHERE firing.hotel_id = $1 AND firing.status IN ('scheduled', 'postponed') AND firing.due_at <= $2
        ORDER BY ranks.priorities[array_position(ranks.ids, firing.trigger_id)] DESC, firing.due_at, firing.id
    ) AS due CROSS JOIN LATERAL (
        SELECT firing.* FROM trigger_firings AS firing
        JOIN guests ON guests.hotel_id = firing.hotel_id AND guests.id = firing.guest_id
        WHERE firing.hotel_id = $1 AND firing.id = due.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    ) AS claimed
    WHERE claimed.status IN ('scheduled', 'postponed') AND claimed.due_at <= $2 LIMIT $3
"""
_DECIDE_ALL = """
    UPDATE trigger_firings SET
        status = decided.status, reason = decided.reason, verdict = decided.verdict, decided_at = $3,
        due_at = coalesce(decided.due_at, trigger_firings.due_at), done = decided.done
    FROM jsonb_to_recordset($2::jsonb) AS decided (
        id uuid, status text, reason text, verdict jsonb, due_at timestamptz, done jsonb
    )
    WHERE trigger_firings.hotel_id = $1 AND trigger_firings.id = decided.id
"""
_OF = f"{_SELECT} AND trigger_id = $2 AND guest_id = $3 ORDER BY due_at DESC"
_GET = f"{_SELECT} AND id = $2"
_TAKE_BACK = """
    UPDATE trigger_firings SET status = 'postponed', due_at = $3, reason = $4, decided_at = $5
    WHERE hotel_id = $1 AND id = $2 AND status = 'fired'
"""
_CALL_OFF = """
    UPDATE trigger_firings SET status = 'cancelled', reason = $3, decided_at = $4
    WHERE hotel_id = $1 AND id = $2 AND status = 'fired'
"""
_RECEIVED_BY = """
    SELECT guest_id, array_agg(name) AS names, array_agg(latest) AS latest, sum(lately)::int AS lately
    FROM (
        SELECT firing.guest_id, triggers.name, max(firing.decided_at) AS latest,
               count(*) FILTER (WHERE firing.decided_at >= $3) AS lately
        FROM trigger_firings AS firing
        JOIN triggers ON triggers.hotel_id = firing.hotel_id AND triggers.id = firing.trigger_id
        WHERE firing.hotel_id = $1 AND firing.guest_id = ANY ($2::uuid[]) AND firing.status = 'fired'
        GROUP BY firing.guest_id, triggers.name
    ) AS spoken
    GROUP BY guest_id
"""
_FIRED_FOR = """
    SELECT firing.guest_id, firing.trigger_id, firing.subject, firing.occurrence, triggers.name, firing.decided_at
    FROM trigger_firings AS firing
    JOIN triggers ON triggers.hotel_id = firing.hotel_id AND triggers.id = firing.trigger_id
    WHERE firing.hotel_id = $1 AND firing.guest_id = ANY ($2::uuid[]) AND firing.status = 'fired'
    ORDER BY firing.decided_at
"""
# A lock by number, and none of the triggers' rows: an admin who mends one has its row, and waits for its firings.
_ASK_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(id::text, 0)) FROM unnest($1::uuid[]) AS id"
_FAILED_SINCE = """
    SELECT DISTINCT trigger_id FROM trigger_firings
    WHERE hotel_id = $1 AND trigger_id = ANY ($2::uuid[]) AND status = 'failed' AND decided_at >= $3
"""


def _record(row: Any) -> FiringRecord:
    values = dict(row)
    return FiringRecord(**{**values, "status": FiringStatus(values["status"])})
