"""Plans: which firings stand in the table for these stays and rules, and what a change makes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import nsmallest
from operator import itemgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.storage.repositories.firings import FiringRecord, NewFiring, PlannedLine
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import CatchUp, FiringStatus, OncePer
from triggers.base import Change, ConditionResult, Cron, Event, Occurrence, Offset, Reason, Verdict
from triggers.facts import stay_times
from triggers.rules import Rule, why_left_alone
from triggers.schedules import occurrences, useful_until

# Crontab rules have no end of their own: they are planned so far, and again at every change and every day.
HORIZON = timedelta(days=60)
# What a source tells takes a moment to be told, and is in time still.
ON_TIME = timedelta(minutes=1)
# So many lines of a diff are told; the others are counted.
FIRST_SHOWN = 3
_KINDS = ("added", "moved", "cancelled")

Key = tuple[UUID, UUID, str]


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What a change made of the plan: how many messages were added, moved and cancelled, and the first of each."""

    added: int = 0
    moved: int = 0
    cancelled: int = 0
    first: Mapping[str, Sequence[PlannedLine]] = field(default_factory=dict, compare=False)

    def __add__(self, other: PlanDiff) -> PlanDiff:
        first = {kind: _first([*self.first.get(kind, ()), *other.first.get(kind, ())]) for kind in _KINDS}
        return PlanDiff(self.added + other.added, self.moved + other.moved, self.cancelled + other.cancelled, first)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {kind: getattr(self, kind) for kind in _KINDS}


def diff_of(
    added: Sequence[PlannedLine] = (), moved: Sequence[PlannedLine] = (), cancelled: Sequence[PlannedLine] = ()
) -> PlanDiff:
    """Return the diff that these rows are, by what was done to them."""
    first = dict(zip(_KINDS, map(_first, (added, moved, cancelled)), strict=True))
    return PlanDiff(len(added), len(moved), len(cancelled), first)


def _first(lines: Sequence[PlannedLine]) -> list[PlannedLine]:
    return nsmallest(FIRST_SHOWN, lines, key=lambda line: line.due_at)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a plan is made for: the hotel, the moment, and what the planning comes from; for some guests that may be
    something of their own."""

    hotel: HotelRecord
    now: datetime
    correlation_id: str
    correlations: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hotel.timezone)


async def plan_times(
    uow: UnitOfWork, occasion: Occasion, rules: Iterable[Rule], stays: Sequence[StayRecord]
) -> PlanDiff:
    """Make the plan of the time-based ones of these rules right; return what that changed."""
    timed = [rule for rule in rules if not isinstance(rule.conditions.when, Event | Change)]
    if not timed or not stays:
        return PlanDiff()
    stays = await with_siblings(uow, timed, stays)
    ids = [rule.record.id for rule in timed]
    standing = await uow.firings.standing(ids, [stay.id for stay in stays], {stay.guest_id for stay in stays})
    before = {key_of(one): one for one in standing}
    wanted = wanted_times(occasion, timed, stays, before)
    late = _late(occasion, timed, before, wanted)
    in_time = {key: one for key, one in wanted.items() if key not in late}
    gone = _gone(timed, stays, [before[key] for key in before.keys() - in_time.keys()])
    diff = await _replace(uow, before, in_time, occasion.now)
    cancelled = [line for reason, ids in gone.items() for line in await uow.firings.cancel(ids, reason, occasion.now)]
    await uow.firings.plan([noted(one, Reason.came_late) for one in late.values()], occasion.now)
    return diff + diff_of(cancelled=cancelled)


async def with_siblings(uow: UnitOfWork, rules: Iterable[Rule], stays: Sequence[StayRecord]) -> Sequence[StayRecord]:
    """Return the stays, with all others of their guests where a rule speaks once a guest: it weighs them all."""
    if not any(rule.record.once_per is OncePer.guest for rule in rules):
        return stays
    return await uow.stays.of_guests({stay.guest_id for stay in stays})


def wanted_times(
    occasion: Occasion,
    rules: Iterable[Rule],
    stays: Sequence[StayRecord],
    before: Mapping[Key, FiringRecord | NewFiring],
) -> dict[Key, NewFiring]:
    """Return what should be planned where this was before.

    Of several moments for one key it is the earliest; one that comes too late counts only where all do.
    """
    now, found = occasion.now, dict[Key, list[tuple[bool, datetime, NewFiring]]]()
    for rule in rules:
        for stay in stays:
            for firing in _firings(occasion, rule, stay):
                standing = before.get(key_of(firing))
                if _is_past(rule, firing, now) and not _waits(standing, firing):
                    continue
                if firing.useful_until > now:
                    is_late = _is_late(rule, standing, firing, now)
                    found.setdefault(key_of(firing), []).append((is_late, firing.due_at, firing))
    return {key: min(several, key=itemgetter(0, 1))[2] for key, several in found.items()}


def _late(
    occasion: Occasion, rules: Iterable[Rule], before: Mapping[Key, FiringRecord], wanted: Mapping[Key, NewFiring]
) -> dict[Key, NewFiring]:
    """Return what became known only after its moment, by rules that send nothing late."""
    by_id = {rule.record.id: rule for rule in rules}
    return {
        key: one for key, one in wanted.items() if _is_late(by_id[one.trigger_id], before.get(key), one, occasion.now)
    }


def _is_late(rule: Rule, standing: FiringRecord | NewFiring | None, firing: NewFiring, now: datetime) -> bool:
    return comes_late(rule, firing, now) and not (standing and _has_moment(standing, firing.due_at))


def comes_late(rule: Rule, firing: NewFiring, now: datetime) -> bool:
    """Whether the moment of a firing passed before it could be planned, and its rule sends nothing late."""
    return rule.record.catch_up is CatchUp.skip and now - firing.due_at > ON_TIME


def noted(firing: NewFiring, reason: Reason, checked: tuple[ConditionResult, ...] = ()) -> NewFiring:
    """Return the line that only notes why nothing is planned."""
    verdict = Verdict(FiringStatus.skipped, reason, checked)
    return replace(firing, status=verdict.status, reason=verdict.reason, verdict=verdict.to_json())


def _firings(occasion: Occasion, rule: Rule, stay: StayRecord) -> Iterable[NewFiring]:
    if not rule.looks_at(stay.booking_status):
        return ()
    since, until = looks_back_to(rule, occasion.now), occasion.now + HORIZON
    found = occurrences(rule.conditions.when, stay_times(stay, occasion.zone), since, until)
    return (firing_of(occasion, rule, stay.guest_id, stay, one) for one in found)


def _is_past(rule: Rule, firing: NewFiring, now: datetime) -> bool:
    """Whether a crontab line's moment has passed: there will be others, so that none is caught up with."""
    return isinstance(rule.conditions.when, Cron) and firing.due_at < now


def _waits(before: FiringRecord | NewFiring | None, firing: NewFiring) -> bool:
    """Whether this very moment was planned and has not had its turn, as when it was put off until the morning."""
    return before is not None and (before.due_at == firing.due_at or before.useful_until == firing.useful_until)


def firing_of(
    occasion: Occasion,
    rule: Rule,
    guest_id: UUID,
    stay: StayRecord | None,
    occurrence: Occurrence,
    happened: Mapping[str, object] | None = None,
) -> NewFiring:
    """Return one firing of a rule; how often it may come decides its subject and its occurrence's key."""
    subject, key = stay.id if stay else guest_id, occurrence.key
    match rule.record.once_per:
        case OncePer.guest:
            subject = guest_id
        case OncePer.room:
            key = f"{key}/{(stay.room_number if stay else None) or ''}"
        case OncePer.day if isinstance(rule.conditions.when, Event | Cron):
            key = f"day/{occurrence.due_at.astimezone(occasion.zone).date().isoformat()}"
        case OncePer.day | OncePer.stay:
            pass  # other rules look at a stay only once, whatever the day
    return NewFiring(
        trigger_id=rule.record.id,
        subject=subject,
        occurrence=key,
        guest_id=guest_id,
        stay_id=stay.id if stay else None,
        due_at=occurrence.due_at,
        useful_until=useful_until(occurrence.due_at, rule.conditions.when, rule.record.useful_for),
        correlation_id=occasion.correlations.get(guest_id, occasion.correlation_id),
        event=dict(happened or {}),
    )


def _gone(
    rules: Iterable[Rule], stays: Iterable[StayRecord], unwanted: Iterable[FiringRecord]
) -> Mapping[Reason, list[UUID]]:
    """Return the firings that are no longer wanted, by the reason for it."""
    rule_by_id, stay_by_id = {rule.record.id: rule for rule in rules}, {stay.id: stay for stay in stays}
    gone: dict[Reason, list[UUID]] = defaultdict(list)
    for one in unwanted:
        stay = stay_by_id.get(one.stay_id) if one.stay_id else None
        gone[_why_gone(rule_by_id[one.trigger_id], stay)].append(one.id)
    return gone


def _why_gone(rule: Rule, stay: StayRecord | None) -> Reason:
    if stay is None or rule.looks_at(stay.booking_status):
        return Reason.plan_changed
    return why_left_alone(stay.booking_status)


async def _replace(
    uow: UnitOfWork, before: Mapping[Key, FiringRecord], after: Mapping[Key, NewFiring], now: datetime
) -> PlanDiff:
    """Plan what is new or stands otherwise."""
    news = [one for key, one in after.items() if key not in before]
    changed = [after[key] for key in after.keys() & before.keys() if not _stands(before[key], after[key])]
    added, moved = await uow.firings.plan(news, now), await uow.firings.plan(changed, now)
    return diff_of(added=added, moved=moved)


def key_of(one: FiringRecord | NewFiring) -> Key:
    return one.trigger_id, one.subject, one.occurrence


def _stands(before: FiringRecord, after: NewFiring) -> bool:
    """Whether a planned firing is as it should be; a postponed one keeps the moment until which it is useful."""
    same_people = (before.guest_id, before.stay_id) == (after.guest_id, after.stay_id)
    return _has_moment(before, after.due_at) and same_people and before.useful_until == after.useful_until


def _has_moment(before: FiringRecord | NewFiring, due_at: datetime) -> bool:
    return before.status is FiringStatus.postponed or before.due_at == due_at


def looks_back_to(rule: Rule, now: datetime) -> datetime:
    """Return how long ago a stay may have ended for the rule to have something to say about it still."""
    when = rule.conditions.when
    behind = when.length if isinstance(when, Offset) and when.amount > 0 else timedelta()
    return now - behind - (useful_until(now, when, rule.record.useful_for) - now)
