"""Bookings and stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import AnySelect, Repository
from models import Guest, Stay
from models.base import new_id
from models.enums import BookingStatus

_KEY = ("hotel_id", "source", "external_id")


@dataclass(frozen=True, slots=True)
class StayRecord:
    """A stay; `check_in` and `check_out` are planned instants, `checked_…_at` the real ones."""

    id: UUID
    guest_id: UUID
    external_id: str
    source: str
    booking_status: BookingStatus
    room_type: str | None
    room_number: str | None
    booked_at: datetime | None
    check_in: datetime
    check_out: datetime
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    adults: int | None
    children: int | None
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class NewStay:
    """A stay as its source tells it; `external_id` is the booking number there."""

    guest_id: UUID
    external_id: str
    source: str
    booking_status: BookingStatus
    check_in: datetime
    check_out: datetime
    room_type: str | None = None
    room_number: str | None = None
    booked_at: datetime | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    adults: int | None = None
    children: int | None = None
    amount: Decimal | None = None
    currency: str | None = None


class Stays(Repository):
    async def get(self, stay_id: UUID) -> StayRecord | None:
        """Return one stay."""
        row = (await self._run(self._select().where(Stay.id == stay_id))).one_or_none()
        return StayRecord(*row) if row else None

    async def of_guest(self, guest_id: UUID) -> list[StayRecord]:
        """Return the guest's stays, latest first."""
        return await self.of_guests([guest_id])

    async def by_number(self, external_id: str) -> list[tuple[StayRecord, str | None]]:
        """Return the stays with this booking number, however it is cased, each with its guest's name."""
        statement = (
            self._select()
            .add_columns(Guest.name)
            .join(Guest, (Guest.hotel_id == Stay.hotel_id) & (Guest.id == Stay.guest_id))
            .where(func.lower(Stay.external_id) == external_id.lower())
        )
        return [(StayRecord(*row[:-1]), row[-1]) for row in await self._run(statement)]

    async def with_ids(self, ids: Sequence[UUID]) -> list[StayRecord]:
        """Return these stays."""
        return [_record(row) for row in await self._fetch(_WITH_IDS, self.hotel_id, list(ids))]

    async def of_guests(self, guest_ids: Collection[UUID]) -> list[StayRecord]:
        """Return the stays of these guests, latest first."""
        return [_record(row) for row in await self._fetch(_OF_GUESTS, self.hotel_id, list(guest_ids))]

    async def keep_still(self, guest_ids: Collection[UUID], *, waits: bool = True) -> None:
        """Wait for whoever changes stays of these guests, and let nobody else until the transaction ends. Whoever
        does not wait fails, for a passing reason."""
        await self._fetch(_KEEP_STILL if waits else f"{_KEEP_STILL} NOWAIT", self.hotel_id, list(guest_ids))

    async def pages_open_at(self, at: datetime, size: int = 1000) -> AsyncIterator[list[StayRecord]]:
        """Give the stays that have not ended by `at`, so many at a time."""
        last = _BEFORE_ALL
        while True:
            page = [_record(row) for row in await self._fetch(_OPEN_AT, self.hotel_id, at, last, size)]
            if page:
                yield page
            if len(page) < size:
                return
            last = page[-1].id

    async def keyed(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], StayRecord]:
        """Return the known ones of the stays with these sources and booking numbers."""
        sources, numbers = [source for source, _ in keys], [number for _, number in keys]
        stays = [_record(row) for row in await self._fetch(_KEYED, self.hotel_id, sources, numbers)]
        return {(stay.source, stay.external_id): stay for stay in stays}

    async def save(self, stay: NewStay) -> StayRecord:
        """Add a stay, or change the one with the same source and booking number."""
        return (await self.save_all([stay]))[0]

    async def save_all(self, stays: Collection[NewStay]) -> list[StayRecord]:
        """Add stays, or change those with the same source and booking number; in no particular order."""
        if not stays:
            return []
        statement = insert(Stay)
        changes = {name: statement.excluded[name] for name in NewStay.__slots__ if name not in _KEY}
        is_same_guest = Stay.guest_id == statement.excluded.guest_id
        statement = statement.on_conflict_do_update(
            index_elements=list(_KEY),
            set_={
                **changes,
                "updated_at": func.now(),
                "verification_data": case((is_same_guest, Stay.verification_data), else_=_WITHOUT_LINK),
                "verified_at": case((is_same_guest, Stay.verified_at)),
            },
        )
        # In one order, so that two imports which share stays lock them alike and can't deadlock.
        rows = [
            {
                "hotel_id": self.hotel_id,
                "id": new_id(),
                **{name: getattr(stay, name) for name in NewStay.__slots__},
            }
            for stay in sorted(stays, key=lambda one: (one.source, one.external_id))
        ]
        return [StayRecord(*row) for row in await self._run(statement.returning(*_COLUMNS), rows)]

    async def vocabulary(self) -> dict[str, dict[str, int]]:
        """Return the room types, room numbers and sources that the hotel's stays have ever had, each with the number
        of these stays."""
        rows = await self._fetch(_VOCABULARY, self.hotel_id)
        return {name: {row[name]: row["stays"] for row in rows if row[name]} for name in _TOLD}

    async def update(self, stay_id: UUID, **values: Any) -> None:
        """Change columns of a stay."""
        await self._run(update(Stay).where(self._own(Stay.hotel_id), Stay.id == stay_id).values(**values))

    async def hand_on(self, stay_id: UUID, guest_id: UUID) -> None:
        """Let a stay be another guest's, who has proven nothing yet."""
        await self.update(stay_id, guest_id=guest_id, verification_data=_WITHOUT_LINK, verified_at=None)

    async def link_token(self, stay_id: UUID) -> str | None:
        """Return the secret part of the stay's link; None for a stay that never had one, or that is unknown."""
        token = Stay.verification_data["link_token"].astext
        return (
            await self._run(select(token).where(self._own(Stay.hotel_id), Stay.id == stay_id))
        ).scalar_one_or_none()

    async def keep_link_token(self, stay_id: UUID, fresh: str) -> str | None:
        """Make `fresh` the secret part of the stay's link unless it has one; return which counts, None if unknown."""
        kept = func.jsonb_build_object("link_token", fresh).op("||")(Stay.verification_data)
        statement = update(Stay).where(self._own(Stay.hotel_id), Stay.id == stay_id).values(verification_data=kept)
        token = Stay.verification_data["link_token"].astext
        return (await self._run(statement.returning(token))).scalar_one_or_none()

    def _select(self) -> AnySelect:
        return select(*_COLUMNS).where(self._own(Stay.hotel_id))


# The link that the guest of before has must not open another's stay.
_WITHOUT_LINK = Stay.verification_data.op("-")(literal("link_token", Text))
_COLUMNS = tuple(getattr(Stay, name) for name in StayRecord.__slots__)
_SELECT = f"SELECT {', '.join(StayRecord.__slots__)} FROM stays WHERE hotel_id = $1"
_WITH_IDS = f"{_SELECT} AND id = ANY ($2::uuid[])"
_KEYED = f"{_SELECT} AND (source, external_id) IN (SELECT * FROM unnest($2::text[], $3::text[]))"
_OF_GUESTS = f"{_SELECT} AND guest_id = ANY ($2::uuid[]) ORDER BY check_in DESC"
_KEEP_STILL = "SELECT FROM stays WHERE hotel_id = $1 AND guest_id = ANY ($2::uuid[]) ORDER BY id FOR SHARE"
_OPEN_AT = f"{_SELECT} AND (check_out >= $2 OR checked_out_at >= $2) AND id > $3 ORDER BY id LIMIT $4"
_TOLD = ("room_type", "room_number", "source")
# All of them in one reading of the hotel's stays, which may be many, and without sorting these.
_VOCABULARY = f"""
    SELECT {", ".join(_TOLD)}, count(*) AS stays FROM stays WHERE hotel_id = $1
    GROUP BY GROUPING SETS ({", ".join(f"({name})" for name in _TOLD)})
"""
_BEFORE_ALL = UUID(int=0)


def _record(row: Any) -> StayRecord:
    values = dict(row)
    return StayRecord(**{**values, "booking_status": BookingStatus(values["booking_status"])})
