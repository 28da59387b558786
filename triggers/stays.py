"""Stays that a source tells of: saved with their guests, and planned for, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.integrations.base import StayRow
from bot.storage.repositories.stays import NewStay, StayRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from models.enums import BookingStatus
from triggers.engine import Engine
from triggers.guestbook import Guestbook, Key, in_parts, key_of
from triggers.happenings import StayChange
from triggers.planning import PlanDiff

_ARRIVED = frozenset({BookingStatus.checked_in, BookingStatus.checked_out})


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving changed; `guests` counts the new ones."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    guests: int = 0
    plan: PlanDiff = field(default_factory=PlanDiff)

    def __add__(self, other: Saved) -> Saved:
        return Saved(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.guests + other.guests,
            self.plan + other.plan,
        )


async def import_stays(
    database: Database,
    hotel_id: UUID,
    rows: Sequence[StayRow],
    engine: Engine,
    on_progress: Callable[[int], None],
    correlation_id: str,
) -> Saved:
    """Save and plan all rows or, when anything fails, none; `on_progress` is told how many are done."""
    async with database.unit(hotel_id) as uow, uow.acting_as("import"):
        return await save_stays(uow, engine, rows, correlation_id, on_progress)


async def save_stays(
    uow: UnitOfWork,
    engine: Engine,
    rows: Sequence[StayRow],
    correlation_id: str,
    on_progress: Callable[[int], None] = lambda done: None,
) -> Saved:
    """Save rows with different booking numbers, and plan them; what is as it should be stays untouched.

    A row of a stay that is not known must tell `check_in` and `check_out`.
    """
    # In one order, so that two imports at once lock the stays they share alike and can't deadlock.
    rows = sorted(rows, key=key_of)
    known: dict[Key, StayRecord] = {}
    for part in in_parts(rows):
        known |= await uow.stays.keyed([key_of(row) for row in part])
    book = await Guestbook.open(uow, rows, known)
    saved, done = Saved(guests=await book.save(uow, {"by": "import"})), 0
    for part in in_parts(rows):
        saved += await _save_part(uow, engine, part, book, known, correlation_id)
        done += len(part)
        on_progress(done)
    return saved


async def _save_part(
    uow: UnitOfWork,
    engine: Engine,
    rows: Sequence[StayRow],
    book: Guestbook,
    known: dict[Key, StayRecord],
    correlation_id: str,
) -> Saved:
    wanted = {key_of(row): _wanted(row, book.guest_of(row), known.get(key_of(row))) for row in rows}
    different = {key: stay for key, stay in wanted.items() if key not in known or _differs(stay, known[key])}
    stays = await uow.stays.save_all(different.values())
    changes = [StayChange(known.get((stay.source, stay.external_id)), stay) for stay in stays]
    of_known = {book.guest_of(row) for row in rows if key_of(row) in known and book.has_news_of(row)}
    others = of_known - {stay.guest_id for stay in stays}
    plan = await engine.plan_guests(uow, dict.fromkeys(others, correlation_id))
    added = len(different.keys() - known.keys())
    return Saved(
        added=added,
        changed=len(different) - added,
        unchanged=len(rows) - len(different),
        plan=plan + await engine.take_changes(uow, changes, correlation_id),
    )


def _wanted(row: StayRow, guest_id: UUID, before: StayRecord | None) -> NewStay:
    """Return the stay as the row tells it; what the row does not tell stays as it was, as far as it can be so in the
    state that the row tells."""
    values: dict[str, Any] = {"booking_status": BookingStatus.confirmed}
    if before is not None:
        values = {name: getattr(before, name) for name in NewStay.__slots__}
        values |= real_times(before, row.stay.get("booking_status", before.booking_status))
    named = {"guest_id": guest_id, "external_id": row.external_id, "source": row.source}
    return NewStay(**{**values, **row.stay, **named})


def real_times(stay: StayRecord, status: BookingStatus) -> dict[str, datetime | None]:
    """Return when the guest really came and left, as far as that still holds once the stay is in this state: of a
    stay that was called off and is booked again nobody has come yet."""
    if status is stay.booking_status:
        return {"checked_in_at": stay.checked_in_at, "checked_out_at": stay.checked_out_at}
    return {
        "checked_in_at": stay.checked_in_at if status in _ARRIVED else None,
        "checked_out_at": stay.checked_out_at if status is BookingStatus.checked_out else None,
    }


def _differs(stay: NewStay, before: StayRecord) -> bool:
    return any(getattr(stay, name) != getattr(before, name) for name in NewStay.__slots__)
