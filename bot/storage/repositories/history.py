"""What stays and guests were before: read to ask what was known at some moment of the past."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.storage.repositories.base import Repository


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """At this moment `old` became `new`: those columns that differ, as JSON writes their values."""

    at: datetime
    actor: str | None
    old: dict[str, Any]
    new: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PastRecord:
    """Since when something is in the database, since when its changes are on record, and these, earliest first."""

    created_at: datetime
    known_since: datetime
    changes: list[ChangeRecord] = field(default_factory=list)


class History(Repository):
    """Lines are written by the database itself; see `keep_stay_change`."""

    async def of_stays(self, stay_ids: Collection[UUID]) -> dict[UUID, PastRecord]:
        """Return the past of these stays."""
        return await self._of(_STAYS, _STAY_CHANGES, stay_ids)

    async def of_guests(self, guest_ids: Collection[UUID]) -> dict[UUID, PastRecord]:
        """Return the past of these guests."""
        return await self._of(_GUESTS, _GUEST_CHANGES, guest_ids)

    async def _of(self, beginnings: str, changes: str, ids: Collection[UUID]) -> dict[UUID, PastRecord]:
        rows = await self._fetch(beginnings, self.hotel_id, list(ids))
        found = {row["id"]: PastRecord(row["created_at"], row["known_since"]) for row in rows}
        for subject, *columns in await self._fetch(changes, self.hotel_id, list(ids)):
            found[subject].changes.append(ChangeRecord(*columns))
        return found


_BEGINNINGS = "SELECT id, created_at, known_since FROM {table} WHERE hotel_id = $1 AND id = ANY ($2::uuid[])"
_CHANGES = """
    SELECT {one}_id, at, actor, old, new FROM {one}_changes
    WHERE hotel_id = $1 AND {one}_id = ANY ($2::uuid[]) ORDER BY id
"""
_STAYS, _GUESTS = (_BEGINNINGS.format(table=table) for table in ("stays", "guests"))
_STAY_CHANGES, _GUEST_CHANGES = (_CHANGES.format(one=one) for one in ("stay", "guest"))
