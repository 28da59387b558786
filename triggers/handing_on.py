"""Stays that were handed on: what waited for the guest of before is told to the new one, or to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from bot.storage.repositories.firings import FiringRecord, NewFiring
from bot.storage.unit_of_work import UnitOfWork
from triggers.base import Change, Event, Reason
from triggers.happenings import StayChange, is_about_stay
from triggers.planning import PlanDiff
from triggers.raising import once
from triggers.rules import Rule


async def hand_on(
    uow: UnitOfWork, rules: Iterable[Rule], changes: Iterable[StayChange], now: datetime, correlation_id: str
) -> PlanDiff:
    """Take back what still waits for the guests of before, and let the new ones hear what happened to their stays;
    return what that changed.

    What follows from the stays themselves was planned for the new guests before. What a guest said or did is theirs.
    """
    guests = {change.after.id: change.after.guest_id for change in changes if change.is_handed_on}
    waiting_for = {rule.record.id: rule.conditions.when for rule in rules}
    events = {trigger_id: when.event for trigger_id, when in waiting_for.items() if isinstance(when, Event)}
    edges = {trigger_id for trigger_id, when in waiting_for.items() if isinstance(when, Change)}
    if not guests or not (events or edges):
        return PlanDiff()
    standing = await uow.firings.standing(events.keys() | edges, guests.keys(), ())
    left = [line for line in standing if line.stay_id and line.guest_id != guests[line.stay_id]]
    cancelled = await uow.firings.cancel([line.id for line in left], Reason.handed_on, now)
    told = [
        _for_another(line, guests[line.stay_id], now, correlation_id)
        for line in left
        if line.stay_id and is_about_stay(events.get(line.trigger_id, ""))
    ]
    moved = await uow.firings.raise_again(once(told), now)
    return PlanDiff(moved=moved, cancelled=max(len(cancelled) - moved, 0))


def _for_another(line: FiringRecord, guest_id: UUID, now: datetime, correlation_id: str) -> NewFiring:
    """Return what waits as it is planned for another guest: whatever it waited for is asked again."""
    return NewFiring(
        trigger_id=line.trigger_id,
        subject=guest_id if line.subject == line.guest_id else line.subject,
        occurrence=line.occurrence,
        guest_id=guest_id,
        stay_id=line.stay_id,
        due_at=min(line.due_at, now),
        useful_until=line.useful_until,
        correlation_id=correlation_id,
        event=line.event,
    )
