"""How many of the present and coming stays meet the conditions of triggers now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.base import Event
from triggers.conditions import evaluate
from triggers.dossiers import open_dossiers
from triggers.facts import case_of
from triggers.rules import readable


async def count_matches(uow: UnitOfWork, records: Sequence[TriggerRecord], now: datetime) -> dict[UUID, int]:
    """Return how many stays each trigger matches; those that wait for an event, which brings facts of its own, are
    missing."""
    rules = [rule for rule in readable(records) if not isinstance(rule.conditions.when, Event)]
    matches = Counter({rule.record.id: 0 for rule in rules})
    hotel = await uow.hotels.get()
    async for stays in uow.stays.pages_open_at(now):
        dossiers = await open_dossiers(uow, hotel, {stay.guest_id for stay in stays}, now)
        for stay in stays:
            facts = case_of(hotel, dossiers[stay.guest_id], stay, {}, now).facts
            looking = (rule for rule in rules if rule.looks_at(stay.booking_status))
            matches.update(rule.record.id for rule in looking if evaluate(rule.conditions, facts).held)
    return dict(matches)
