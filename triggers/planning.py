"""Plans: which firings stand in the table for these stays and triggers, and what a change makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.storage.repositories.firings import FiringRecord, NewFiring
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import BookingStatus, OncePer
from triggers.base import Change, Event, Occurrence
from triggers.conditions import evaluate
from triggers.facts import gather, stay_times
from triggers.rules import Rule
from triggers.schedules import occurrences, useful_until

# Crontab rules have no end of their own: they are planned so far, and again at every change and every day.
HORIZON = timedelta(days=60)
OVER = frozenset({BookingStatus.cancelled, BookingStatus.no_show})


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What a change made of the plan."""

    added: int = 0
    moved: int = 0
    cancelled: int = 0


async def plan(
    uow: UnitOfWork,
    hotel: HotelRecord,
    rules: Sequence[Rule],
    stays: Sequence[StayRecord],
    now: datetime,
    correlation_id: str,
    *,
    is_stay_news: bool,
) -> PlanDiff:
    """Make the plan of these rules and stays right; return what that changed.

    `is_stay_news` says that the stays changed, which is when condition-based rules look; a new rule does not
    fire for everyone who has met its conditions for long.
    """
    wanted: list[NewFiring] = []
    for rule in rules:
        for stay in stays:
            for occurrence in await _occurrences(uow, hotel, rule, stay, now, is_stay_news):
                firing = _firing(rule, stay, occurrence, correlation_id)
                if firing.useful_until > now:
                    wanted.append(firing)
    scheduled = {rule.record.id for rule in rules if not isinstance(rule.conditions.when, Event | Change)}
    standing = [
        firing for firing in await uow.firings.planned([stay.id for stay in stays]) if firing.trigger_id in scheduled
    ]
    return await _replace(uow, standing, wanted, now)


async def _replace(
    uow: UnitOfWork, standing: Iterable[FiringRecord], wanted: Sequence[NewFiring], now: datetime
) -> PlanDiff:
    before = {(one.trigger_id, one.subject, one.occurrence): one for one in standing}
    after = {(one.trigger_id, one.subject, one.occurrence): one for one in wanted}
    gone = [before[key].id for key in before.keys() - after.keys()]
    cancelled = await uow.firings.cancel(gone, "plan_changed", now)
    news = [one for key, one in after.items() if key not in before or before[key].due_at != one.due_at]
    added = await uow.firings.plan(news, now)
    moved = sum(1 for key in after.keys() & before.keys() if before[key].due_at != after[key].due_at)
    return PlanDiff(added - moved, moved, cancelled)


async def _occurrences(
    uow: UnitOfWork, hotel: HotelRecord, rule: Rule, stay: StayRecord, now: datetime, is_stay_news: bool
) -> tuple[Occurrence, ...]:
    when, zone = rule.conditions.when, ZoneInfo(hotel.timezone)
    if isinstance(when, Event) or stay.booking_status in OVER:
        return ()
    if not isinstance(when, Change):
        return occurrences(when, stay_times(stay, zone), now, now + HORIZON)
    if not is_stay_news or stay.check_out < now:
        return ()
    case = await gather(uow, hotel, await uow.guests.get(stay.guest_id), stay, {}, None, now)
    return (Occurrence("change", now),) if evaluate(rule.conditions, case.facts).held else ()


def _firing(rule: Rule, stay: StayRecord, occurrence: Occurrence, correlation_id: str) -> NewFiring:
    return NewFiring(
        trigger_id=rule.record.id,
        subject=stay.guest_id if rule.record.once_per is OncePer.guest else stay.id,
        occurrence=occurrence.key,
        guest_id=stay.guest_id,
        stay_id=stay.id,
        due_at=occurrence.due_at,
        useful_until=useful_until(occurrence.due_at, rule.conditions.when, rule.record.useful_for),
        correlation_id=correlation_id,
        event={},
    )


def event_firing(
    rule: Rule,
    event: Event,
    guest_id: UUID,
    stay: StayRecord | None,
    happened: dict[str, object],
    zone: ZoneInfo,
    now: datetime,
    correlation_id: str,
) -> NewFiring:
    """Return the firing of an event-based rule; how often it may come decides its subject and occurrence."""
    due_at = now + event.delay
    subject, occurrence = stay.id if stay else guest_id, event.event
    match rule.record.once_per:
        case OncePer.guest:
            subject = guest_id
        case OncePer.day:
            occurrence = f"{event.event}:{now.astimezone(zone).date().isoformat()}"
        case OncePer.room:
            occurrence = f"{event.event}:{stay.room_number if stay else ''}"
        case OncePer.stay:
            pass
    return NewFiring(
        trigger_id=rule.record.id,
        subject=subject,
        occurrence=occurrence,
        guest_id=guest_id,
        stay_id=stay.id if stay else None,
        due_at=due_at,
        useful_until=useful_until(due_at, event, rule.record.useful_for),
        correlation_id=correlation_id,
        event=happened,
    )
