"""Rules that look whenever a stay or a guest changes: they fire when their conditions become true, once a stay.

The table remembers on which side of the edge each stay is: no line, or a cancelled one, means that the conditions
did not hold when last looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bot.storage.repositories.firings import PLANNED, FiringRecord, NewFiring
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import FiringStatus
from triggers.base import Change, Occurrence, Reason
from triggers.conditions import ConditionTrace, evaluate
from triggers.dossiers import Dossier, open_dossiers
from triggers.facts import case_of
from triggers.planning import Key, Occasion, PlanDiff, diff_of, firing_of, key_of, noted, with_siblings
from triggers.rules import Rule
from triggers.schedules import useful_until

# A skipped line that stands only for "the conditions hold": once they don't, the next time they do is news.
_REMINDERS = frozenset({Reason.held_before, Reason.conditions_not_met})


@dataclass(slots=True)
class Look:
    """What was seen of a key: the firing that there would be, and whether its conditions hold, for which stays."""

    firing: NewFiring
    trace: ConditionTrace
    stays: set[UUID | None] = field(default_factory=set)

    @property
    def held(self) -> bool:
        return self.trace.held


@dataclass(slots=True)
class _Steps:
    """What is to be done to the table."""

    to_plan: list[NewFiring] = field(default_factory=list)
    to_move: list[NewFiring] = field(default_factory=list)
    to_note: list[NewFiring] = field(default_factory=list)
    to_cancel: list[UUID] = field(default_factory=list)
    to_forget: list[UUID] = field(default_factory=list)


async def plan_changes(
    uow: UnitOfWork, occasion: Occasion, rules: Iterable[Rule], stays: Sequence[StayRecord], *, is_stay_news: bool
) -> PlanDiff:
    """Plan the condition-based ones of these rules whose conditions have become true; return what that changed.

    Without `is_stay_news` it is the rules that are new: those whose conditions have held for long are noted.
    """
    changing = [rule for rule in rules if isinstance(rule.conditions.when, Change)]
    if not changing or not stays:
        return PlanDiff()
    stays = await with_siblings(uow, changing, stays)
    dossiers = await open_dossiers(uow, occasion.hotel, {stay.guest_id for stay in stays}, occasion.now)
    looked = look(occasion, changing, stays, dossiers)
    subjects = {subject for _, subject, _ in looked}
    lines = {key_of(line): line for line in await uow.firings.lines([r.record.id for r in changing], subjects)}
    steps = _steps(looked, lines, occasion.now, is_stay_news=is_stay_news)
    await uow.firings.cancel(steps.to_forget, Reason.conditions_not_met, occasion.now)
    await uow.firings.plan(steps.to_note, occasion.now)
    cancelled = await uow.firings.cancel(steps.to_cancel, Reason.conditions_not_met, occasion.now)
    added = await uow.firings.plan(steps.to_plan, occasion.now)
    return diff_of(added, await uow.firings.plan(steps.to_move, occasion.now), cancelled)


def look(
    occasion: Occasion, rules: Iterable[Rule], stays: Iterable[StayRecord], dossiers: Mapping[UUID, Dossier]
) -> dict[Key, Look]:
    """Return what is seen by key; one stay's yes is enough."""
    looked: dict[Key, Look] = {}
    for stay in stays:
        case = case_of(occasion.hotel, dossiers[stay.guest_id], stay, {}, occasion.now)
        for rule in rules:
            firing = firing_of(occasion, rule, stay.guest_id, stay, Occurrence("change", occasion.now))
            trace = evaluate(rule.conditions, case.facts)
            trace = replace(trace, held=trace.held and _is_in_time(rule, stay, occasion.now))
            seen = looked.setdefault(key_of(firing), Look(firing, trace))
            if trace.held and not seen.held:
                seen.firing, seen.trace = firing, trace
            if trace.held:
                seen.stays.add(stay.id)
    return looked


def _is_in_time(rule: Rule, stay: StayRecord, now: datetime) -> bool:
    """Whether the rule looks at such a stay, and at one that ended then."""
    ended = max(stay.check_out, stay.checked_out_at or stay.check_out)
    return rule.looks_at(stay.booking_status) and now < useful_until(ended, rule.conditions.when)


def _steps(
    looked: Mapping[Key, Look],
    lines: Mapping[Key, FiringRecord],
    now: datetime,
    *,
    is_stay_news: bool,
) -> _Steps:
    steps = _Steps()
    for key, seen in looked.items():
        line, firing = lines.get(key), seen.firing
        if seen.held and (line is None or line.status is FiringStatus.cancelled):
            if is_stay_news:
                steps.to_plan.append(firing)
            elif line is not None and _was_waiting(line, now):
                steps.to_plan.append(_going_on(firing, line))
            else:
                steps.to_note.append(noted(firing, Reason.held_before, seen.trace.checked))
        elif seen.held and line is not None and _waits_for_another(line, seen):
            steps.to_move.append(_going_on(firing, line))
        elif not seen.held and line is not None and _is_reminder(line):
            steps.to_forget.append(line.id)
    # What waits for a state that has passed, or for a room that the guest has left.
    held = {key for key, seen in looked.items() if seen.held}
    steps.to_cancel = [line.id for key, line in lines.items() if line.status in PLANNED and key not in held]
    return steps


def _was_waiting(line: FiringRecord, now: datetime) -> bool:
    """Whether the line waited to fire when its trigger was paused."""
    return line.reason == Reason.trigger_inactive and line.useful_until > now


def _waits_for_another(line: FiringRecord, seen: Look) -> bool:
    """Whether the line waits for a guest who has handed the stay on, or for a stay that it holds for no more."""
    return line.status in PLANNED and (line.guest_id != seen.firing.guest_id or line.stay_id not in seen.stays)


def _going_on(firing: NewFiring, line: FiringRecord) -> NewFiring:
    """Return the firing as what the line was planned for: nothing became true anew, so it is useful no longer."""
    return replace(firing, useful_until=line.useful_until)


def _is_reminder(line: FiringRecord) -> bool:
    return line.status is FiringStatus.skipped and line.reason in _REMINDERS
