"""What was put off until a morning that comes at another time now, since the hotel's clock or its nights changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.hotel_settings import HotelSettings
from bot.storage.repositories.firings import FiringRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.firing import MORNINGS, waits_until
from triggers.planning import Occasion, PlanDiff

# For how long anything waits at the utmost: until tomorrow, and then for a night that lasts all day.
_LONGEST = timedelta(days=3)


async def put_off_anew(uow: UnitOfWork, occasion: Occasion) -> PlanDiff:
    """Let what waits for a morning wait for the right one, counted from when it was put off; return what moved.

    Whether it goes then is decided then.
    """
    waiting = await uow.firings.postponed(occasion.now + _LONGEST)
    if not waiting:
        return PlanDiff()
    settings = HotelSettings.model_validate(occasion.hotel.settings)
    right = [(one, _morning(one, settings, occasion.zone)) for one in waiting]
    return PlanDiff(
        moved=await uow.firings.put_off({one.id: due_at for one, due_at in right if due_at != one.due_at})
    )


def _morning(one: FiringRecord, settings: HotelSettings, zone: ZoneInfo) -> datetime:
    """Return when a firing that was put off is due; what waits for something else keeps its time."""
    if one.decided_at is None or one.reason not in MORNINGS:
        return one.due_at
    return waits_until(MORNINGS[one.reason], one.decided_at, settings, zone)
