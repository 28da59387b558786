"""What the hotel knows of guests, read for many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.storage.repositories.firings import Received
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import ConsentPurpose, ConsentState
from triggers.reach import Reach, find_reaches
from triggers.schedules import instant

_NOTHING = Received()


@dataclass(frozen=True, slots=True)
class Dossier:
    """One guest as triggers look at them. `reaches` are the ways to write to them, the one they spoke by last first.

    `received` says when each trigger, by name, last spoke to them; `received_today` counts the messages of this day
    in the hotel's zone.
    """

    guest: GuestRecord
    stays: tuple[StayRecord, ...]
    reaches: tuple[Reach, ...]
    consents: Mapping[ConsentPurpose, ConsentState]
    received: Mapping[str, datetime]
    received_today: int

    def stay(self, stay_id: UUID | None) -> StayRecord | None:
        """Return one of the guest's stays."""
        return next((stay for stay in self.stays if stay.id == stay_id), None)

    def reach(self, preferred: Sequence[str] = ()) -> Reach | None:
        """Return the way by the first of these channels that there is one by, else the guest's own."""
        by_channel = {one.platform: one for one in self.reaches}
        wanted = next((by_channel[channel] for channel in preferred if channel in by_channel), None)
        return wanted or next(iter(self.reaches), None)

    def after(self, trigger: str, at: datetime) -> Dossier:
        """Return the dossier once this trigger has fired."""
        return replace(self, received={**self.received, trigger: at}, received_today=self.received_today + 1)

    def tagged(self, tags: tuple[str, ...]) -> Dossier:
        """Return the dossier once the guest has these tags."""
        return replace(self, guest=replace(self.guest, tags=tags))


async def open_dossiers(
    uow: UnitOfWork, hotel: HotelRecord, guest_ids: Collection[UUID], now: datetime
) -> dict[UUID, Dossier]:
    """Return the dossiers of these guests by guest; the number of queries does not depend on theirs."""
    stays: dict[UUID, list[StayRecord]] = {}
    for stay in await uow.stays.of_guests(guest_ids):
        stays.setdefault(stay.guest_id, []).append(stay)
    reaches = await find_reaches(uow, guest_ids)
    consents = await uow.consents.of_guests(guest_ids)
    received = await uow.firings.received_by(guest_ids, midnight(now, ZoneInfo(hotel.timezone)))
    return {
        guest.id: Dossier(
            guest=guest,
            stays=tuple(stays.get(guest.id, ())),
            reaches=reaches.get(guest.id, ()),
            consents=consents.get(guest.id, {}),
            received=received.get(guest.id, _NOTHING).latest,
            received_today=received.get(guest.id, _NOTHING).lately,
        )
        for guest in (await uow.guests.with_ids(guest_ids)).values()
    }


def nearest_stay(stays: Sequence[StayRecord], now: datetime) -> StayRecord | None:
    """Return the stay that goes on or comes next, else the last; `stays` are a guest's, the latest first."""
    ahead = [stay for stay in stays if stay.check_out >= now]
    return min(ahead, key=lambda stay: stay.check_in, default=None) or next(iter(stays), None)


def midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the hotel's day began."""
    return instant(datetime.combine(at.astimezone(zone).date(), time()), zone)
