"""What a trigger is about to do: whom its conditions fit now, and what is planned. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.ledger import PlannedRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.base import Reason
from triggers.dossiers import Dossier, open_dossiers
from triggers.firing import MORNINGS, Present, Question, decide

AHEAD = timedelta(days=7)
# Stays are read so many at a time: few enough for other work of the process to go on between.
_AT_ONCE = 500
# The conditions were not met, or nobody looks at such a stay: what says that a trigger is not for a stay.
_NOT_MEANT = frozenset({Reason.conditions_not_met, Reason.stay_over, Reason.other_state})


@dataclass(frozen=True, slots=True)
class Match:
    """A stay that a trigger's conditions fit now; `obstacle` is what would keep its message from going for good."""

    guest: str | None
    stay: StayRecord
    obstacle: Reason | None


@dataclass(frozen=True, slots=True)
class Preview:
    """`stays` counts the present and coming ones, `matches` are those that fit, the next to arrive first; `planned`
    is a part of the `planned_count` messages that are due soon."""

    stays: int
    matches: Sequence[Match]
    planned: Sequence[PlannedRecord]
    planned_count: int


async def look_ahead(
    uow: UnitOfWork, hotel: HotelRecord, trigger: TriggerRecord, now: datetime, skipped: int, most: int
) -> Preview:
    """Return whom a trigger fits as of now, running or not, and what it has planned: so many after those skipped."""
    count, matches, present = 0, list[Match](), Present(hotel, now)
    async for stays in uow.stays.pages_open_at(now, _AT_ONCE):
        dossiers = await open_dossiers(uow, hotel, {stay.guest_id for stay in stays}, now)
        count += len(stays)
        for stay in stays:
            matches += _matches(present, trigger, dossiers[stay.guest_id], stay)
    until = now + AHEAD
    return Preview(
        stays=count,
        matches=sorted(matches, key=lambda one: (one.stay.check_in, one.stay.id)),
        planned=await uow.ledger.planned(trigger.id, until, skipped, most),
        planned_count=await uow.ledger.count_planned(trigger.id, until),
    )


def _matches(present: Present, trigger: TriggerRecord, dossier: Dossier, stay: StayRecord) -> Iterator[Match]:
    # Just now is always in time: how long it is still useful is not the question.
    verdict = decide(present, replace(trigger, is_active=True), dossier, Question(stay.id, {}, present.now)).verdict
    if verdict.reason in _NOT_MEANT:
        return
    # At night, or once the guest has got enough for the day, it would only wait for the morning.
    goes = verdict.fires or verdict.reason in MORNINGS
    yield Match(dossier.guest.name, stay, None if goes else verdict.reason)
