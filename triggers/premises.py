"""What a hotel has that triggers can be about: its rooms, channels, guests' languages, other triggers, and rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.hotel_settings import HotelSettings
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import AccountStatus
from triggers.fields import FIELDS, Operator, wanted_value
from triggers.rules import Rule, readable
from triggers.satisfiability import World
from triggers.schedules import QuietHours

# What the hotel has of these is all that its guests can come to have; a new language may come any day.
_CLOSED = frozenset({"guest.channel", "received"})
# Nobody lists the hotel's room types: those of so many stays are taken for all. Room numbers are too many for that.
ESTABLISHED = 10


@dataclass(frozen=True, slots=True)
class Premises:
    """`known` are the values that there are by field, as people write them; `rules` those of the running triggers;
    `typed` is the number of stays that tell their room type."""

    now: datetime
    zone: ZoneInfo
    settings: HotelSettings
    known: Mapping[str, Collection[str]]
    rules: tuple[Rule, ...] = ()
    typed: int = 0

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def quiet(self) -> QuietHours:
        return QuietHours(self.settings.quiet_from, self.settings.quiet_until)

    @property
    def world(self) -> World:
        """The only values of some fields. A young hotel that has none or few yet may come to have any."""
        closed = _CLOSED | {"room_type"} if self.typed >= ESTABLISHED else _CLOSED
        return {name: self.folded(name) for name in closed if self.known.get(name)}

    def folded(self, name: str) -> frozenset[str]:
        """Return the known values of a field as they are compared."""
        values = (wanted_value(FIELDS[name], one, Operator.eq) for one in self.known.get(name, ()))
        return frozenset(value for value in values if isinstance(value, str))

    def with_triggers(self, names: Collection[str]) -> Premises:
        """Return the premises once there are triggers of these names, too."""
        return replace(self, known={**self.known, "received": [*self.known.get("received", ()), *names]})


async def survey(uow: UnitOfWork, hotel: HotelRecord, now: datetime) -> Premises:
    """Look at what the hotel has now."""
    records = await uow.triggers.all()
    accounts = [one for one in await uow.accounts.all() if one.status is not AccountStatus.disabled]
    told = await uow.stays.vocabulary()
    known: dict[str, Collection[str]] = {
        **told,
        "guest.language": await uow.guests.languages(),
        "guest.channel": [account.platform for account in accounts],
        "received": [record.name for record in records],
    }
    settings = HotelSettings.model_validate(hotel.settings)
    rules, typed = tuple(readable(records)), sum(told["room_type"].values())
    return Premises(now, ZoneInfo(hotel.timezone), settings, known, rules, typed)
