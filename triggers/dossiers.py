"""What the hotel knows of guests, read for many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    """One guest as triggers look at them. `received` names the triggers whose messages they got, ever;
    `received_today` counts those of this day in the hotel's zone."""

    guest: GuestRecord
    stays: tuple[StayRecord, ...]
    reach: Reach | None
    consents: Mapping[ConsentPurpose, ConsentState]
    received: frozenset[str]
    received_today: int

    def stay(self, stay_id: UUID | None) -> StayRecord | None:
        """Return one of the guest's stays."""
        return next((stay for stay in self.stays if stay.id == stay_id), None)

    def after(self, trigger: str) -> Dossier:
        """Return the dossier once this trigger has fired."""
        return replace(self, received=self.received | {trigger}, received_today=self.received_today + 1)


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
            reach=reaches.get(guest.id),
            consents=consents.get(guest.id, {}),
            received=received.get(guest.id, _NOTHING).names,
            received_today=received.get(guest.id, _NOTHING).lately,
        )
        for guest in (await uow.guests.with_ids(guest_ids)).values()
    }


def midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the hotel's day began."""
    return instant(datetime.combine(at.astimezone(zone).date(), time()), zone)
