"""The hotel's clock and its nights: the zone and the quiet hours changed, and the whole plan with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from bot.hotel_settings import HotelSettings
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.ledger import ComingRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.audits import Author
from triggers.engine import Engine
from triggers.planning import PlanDiff
from triggers.rejections import nearest

# Etc/GMT+3 is three hours behind, not ahead, which nobody who writes GMT+3 means; the rest are no hotel's clock.
_NO_PLACES = ("Etc/", "GMT+", "GMT-", "GMT0", "localtime", "Factory")


@dataclass(frozen=True, slots=True)
class HotelTimes:
    """An IANA zone, and the local times between which nothing is sent of the hotel's own accord; equal ones mean
    never quiet."""

    timezone: str
    quiet_from: time
    quiet_until: time

    @classmethod
    def of(cls, hotel: HotelRecord) -> HotelTimes:
        """Return those of a hotel."""
        settings = HotelSettings.model_validate(hotel.settings)
        return cls(hotel.timezone, settings.quiet_from, settings.quiet_until)

    def to_json(self) -> dict[str, str]:
        """Return plain values."""
        return {
            "timezone": self.timezone,
            "quiet_from": f"{self.quiet_from:%H:%M}",
            "quiet_until": f"{self.quiet_until:%H:%M}",
        }

    def changes(self, before: HotelTimes) -> dict[str, str]:
        """Return what differs from the times before, as plain values."""
        old = before.to_json()
        return {name: value for name, value in self.to_json().items() if value != old[name]}

    def changed(self, changes: Mapping[str, str]) -> HotelTimes:
        """Return these times with what `changes` gave for others."""
        values = {**self.to_json(), **changes}
        quiet = (time.fromisoformat(values[name]) for name in ("quiet_from", "quiet_until"))
        return HotelTimes(values["timezone"], *quiet)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What new times would do: the hotel as it would be, what becomes of the plan, and what is sent next."""

    hotel: HotelRecord
    diff: PlanDiff
    coming: Sequence[ComingRecord]


async def change_times(uow: UnitOfWork, engine: Engine, times: HotelTimes, author: Author) -> PlanDiff:
    """Set the times, plan everything anew by them, and note it. Stays keep their instants."""
    old = HotelTimes.of(await uow.hotels.hold())
    await uow.hotels.set_timezone(times.timezone)
    nights = HotelSettings.changes(quiet_from=times.quiet_from, quiet_until=times.quiet_until)
    await uow.hotels.change_settings(nights)
    diff = await engine.plan_by_new_times(uow, author.correlation_id)
    await uow.audits.add(
        "hotel.times",
        "The time zone or the quiet hours were changed",
        author.at,
        user_id=author.user_id,
        metadata={"old": old.to_json(), "new": times.to_json(), "plan": diff.counts},
        correlation_id=author.correlation_id,
    )
    return diff


async def rehearse_times(uow: UnitOfWork, engine: Engine, times: HotelTimes, author: Author, most: int) -> Prospect:
    """Change the times and take it back; tell what came of it, with so many of the next messages."""
    undone = await uow.connection.begin_nested()
    try:
        diff = await change_times(uow, engine, times, author)
        return Prospect(await uow.hotels.get(), diff, await uow.ledger.coming(most))
    finally:
        await undone.rollback()


def zone_called(text: str) -> str | None:
    """Return the zone of this name, however it is cased, or whose last part is called so where that is one alone."""
    name = "_".join(text.casefold().split())
    zones = _zones()
    ending = [zone for folded, zone in zones.items() if folded.endswith(f"/{name}")]
    return zones.get(name) or (ending[0] if len(ending) == 1 else None)


def nearest_zone(text: str) -> str | None:
    """Return the zone whose name, or its last part, is most like this."""
    zones = _zones()
    cities = {folded.rpartition("/")[2]: zone for folded, zone in zones.items()}
    found = nearest("_".join(text.split()), zones.keys() | cities.keys())
    return (zones | cities)[found] if found else None


@cache
def _zones() -> dict[str, str]:
    """Return every zone by its name in small letters."""
    named = (zone for zone in available_timezones() if not zone.startswith(_NO_PLACES))
    return {zone.casefold(): zone for zone in sorted(named)}
