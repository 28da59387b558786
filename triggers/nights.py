"""What a trigger said by day and could not leave by then, as when the channel was away, is not heard at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.base import Reason
from triggers.firing import ANSWERING, Present

# Where many messages are due just before the night, the last of them leave a little later.
UNDER_WAY = timedelta(minutes=15)


async def is_taken_back(uow: UnitOfWork, record: OutboxRecord, now: datetime) -> bool:
    """Say whether a message may not leave now; if so, its firing is decided anew in the morning, by what holds then.
    In the queue of its chat the message itself would keep answers waiting all night."""
    if record.firing_id is None or now - record.created_at <= UNDER_WAY:
        return False
    morning = Present(await uow.hotels.get(), now).quiet_until
    if morning <= now or await uow.firings.event_of(record.firing_id) in ANSWERING:
        return False
    await uow.firings.take_back(record.firing_id, morning, Reason.quiet_hours, now)
    return True
