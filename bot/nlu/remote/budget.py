"""What the operator is willing to pay for one hotel and day. Counted in the database: so no restart forgets it, and
several processes share it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from bot.storage.unit_of_work import Database


class Budget:
    """So many calls a hotel and day, counted before they are made: a call that dies may have cost its price."""

    def __init__(self, database: Database, daily_calls: int) -> None:
        self._database = database
        self._daily_calls = daily_calls
        self._spent: dict[UUID, date] = {}

    async def try_spend(self, hotel_id: UUID, day: date) -> bool:
        """Count one call, by a commit of its own; say no where the day's are spent. `day` is the hotel's."""
        if self._spent.get(hotel_id) == day:
            return False
        async with self._database.unit(hotel_id) as uow:
            is_counted = await uow.model_usage.try_count(day, self._daily_calls)
        if not is_counted:
            self._spent[hotel_id] = day
        return is_counted
