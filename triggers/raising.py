"""Rules that wait for an event: what happened becomes firings, and what no longer waits is taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from bot.storage.repositories.firings import NewFiring
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.base import Event, Occurrence, Reason
from triggers.happenings import Happening, holds
from triggers.planning import Occasion, comes_late, firing_of, key_of, noted
from triggers.rules import Rule, why_left_alone

Waiting = tuple[Rule, Event, Happening]


def waiting_for(rules: Iterable[Rule], happenings: Sequence[Happening]) -> list[Waiting]:
    """Return each rule with what it waited for."""
    return [
        (rule, when, happening)
        for rule in rules
        if isinstance(when := rule.conditions.when, Event)
        for happening in happenings
        if (when.event, when.name) == (happening.event, happening.name)
    ]


async def plan_events(uow: UnitOfWork, hotel: HotelRecord, now: datetime, waiting: Sequence[Waiting]) -> int:
    """Plan what happened; return how many firings are news.

    What is too late to be useful, or is not so any more, is nothing to speak of.
    """
    ids = {happening.stay_id for *_, happening in waiting if happening.stay_id}
    stays = {stay.id: stay for stay in await uow.stays.with_ids(list(ids))} if ids else {}
    firings, late = [], []
    for rule, when, happening in waiting:
        stay = stays.get(happening.stay_id) if happening.stay_id else None
        firing = event_firing(Occasion(hotel, now, happening.correlation_id), rule, when, happening, stay)
        if firing.useful_until <= now or not (stay is None or holds(when.event, stay)):
            continue
        if comes_late(rule, firing, now):
            late.append(noted(firing, Reason.came_late))
        else:
            firings.append(firing)
    await uow.firings.raise_again(once(late), now)
    return await uow.firings.raise_again(once(firings), now)


def once(firings: Sequence[NewFiring]) -> Collection[NewFiring]:
    """Return each firing once: of several, as when a guest writes in two chats at once, the first counts."""
    return {key_of(firing): firing for firing in reversed(firings)}.values()


def event_firing(
    occasion: Occasion, rule: Rule, when: Event, happening: Happening, stay: StayRecord | None
) -> NewFiring:
    """Return the firing that something which happened gives a rule that waited for it."""
    at = min(happening.at or occasion.now, occasion.now)
    occurrence = Occurrence(when.event, at + when.delay)
    return firing_of(occasion, rule, happening.guest_id, stay, occurrence, happening.facts)


async def withdraw_untrue(uow: UnitOfWork, rules: Iterable[Rule], stays: Iterable[StayRecord], now: datetime) -> int:
    """Cancel what waits because of something that is not so any more with these stays; return how many."""
    events = {rule.record.id: when.event for rule in rules if isinstance(when := rule.conditions.when, Event)}
    by_id = {stay.id: stay for stay in stays}
    if not events or not by_id:
        return 0
    gone: dict[Reason, list[UUID]] = defaultdict(list)
    for line in await uow.firings.standing(events.keys(), by_id.keys(), ()):
        stay = by_id.get(line.stay_id) if line.stay_id else None
        if stay is not None and not holds(events[line.trigger_id], stay):
            gone[why_left_alone(stay.booking_status)].append(line.id)
    return sum([len(await uow.firings.cancel(ids, reason, now)) for reason, ids in gone.items()])


async def withdraw(uow: UnitOfWork, rules: Iterable[Rule], event: str, guest_id: UUID, now: datetime) -> int:
    """Cancel what waits for a guest because of an event that is settled; return how many."""
    waiting = [rule.record.id for rule in rules if _waits_for(rule, event)]
    return await uow.firings.cancel_for(guest_id, waiting, Reason.replied, now) if waiting else 0


def _waits_for(rule: Rule, event: str) -> bool:
    return isinstance(rule.conditions.when, Event) and rule.conditions.when.event == event
