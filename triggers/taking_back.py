"""What a trigger said and could not leave at once is looked at again as it is about to: it may not be so any more,
and what was said by day is not heard at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.base import Reason
from triggers.firing import ANSWERING, Present, end_of
from triggers.rejections import RejectedTrigger
from triggers.rules import read

# What leaves so soon was only just decided.
JUST_SAID = timedelta(seconds=10)
# Where many messages are due just before the night, the last of them leave a little later.
UNDER_WAY = timedelta(minutes=15)


async def is_taken_back(uow: UnitOfWork, record: OutboxRecord, now: datetime) -> bool:
    """Say whether a message may not leave now. Its firing is cancelled then, or decided anew in the morning, by what
    holds then: in the queue of its chat the message itself would keep answers waiting all night."""
    waited = now - record.created_at
    if record.firing_id is None or waited <= JUST_SAID:
        return False
    firing = await uow.firings.get(record.firing_id)
    trigger = await uow.triggers.get(firing.trigger_id)
    if end := await _end(uow, trigger, firing):
        await uow.firings.call_off(firing.id, end, now)
        return True
    if waited <= UNDER_WAY or (trigger and trigger.conditions.get("event") in ANSWERING):
        return False
    morning = Present(await uow.hotels.get(), now).quiet_until
    if morning <= now:
        return False
    await uow.firings.take_back(firing.id, morning, Reason.quiet_hours, now)
    return True


async def _end(uow: UnitOfWork, trigger: TriggerRecord | None, firing: FiringRecord) -> Reason | None:
    """Return why it is said no more: its trigger was paused or deleted, or its stay is over or another guest's."""
    if trigger is None or not trigger.is_active:
        return Reason.trigger_inactive
    if firing.stay_id is None:
        return None
    stay = await uow.stays.get(firing.stay_id)
    is_theirs = stay is not None and stay.guest_id == firing.guest_id
    try:
        return end_of(read(trigger), stay if is_theirs else None)
    except RejectedTrigger:
        return Reason.unreadable
