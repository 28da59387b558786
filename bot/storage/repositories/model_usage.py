"""How often the remote model was asked, a hotel and day."""

from __future__ import annotations

from datetime import date

from bot.storage.repositories.base import Repository
from models.base import new_id


class ModelUsages(Repository):
    async def try_count(self, day: date, most: int) -> bool:
        """Count one more call of this day; say no where there were `most` already."""
        return bool(await self._fetch(_COUNT, self.hotel_id, new_id(), day, most))


# Who counts at the same moment waits for the other's commit, and sees what it counted.
_COUNT = """
    INSERT INTO model_usage (hotel_id, id, day, calls) VALUES ($1, $2, $3, 1)
    ON CONFLICT (hotel_id, day) DO UPDATE SET calls = model_usage.calls + 1 WHERE model_usage.calls < $4
    RETURNING calls
"""
