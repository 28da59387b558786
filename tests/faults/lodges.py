"""Hotels around one of their clock changes: stays, time rules of every kind, and the ledger that follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import update

from bot.hotel_settings import HotelSettings
from bot.messages import Platform
from bot.storage.repositories.guests import GuestRecord, Identity
from bot.storage.repositories.stays import NewStay, StayRecord
from bot.storage.unit_of_work import Database
from models import Hotel
from models.base import new_id
from models.enums import BookingStatus, CatchUp, FiringStatus, IdentityKind, OncePer, TriggerType
from tests.triggers.almanac import DAY, MINUTE, Almanac, almanac
from tests.triggers.expected import ON, ExpectedLedger, TimeRule, every_day_at, wall_of_change
from triggers.engine import Engine
from triggers.happenings import StayChange

OPENS, CLOSES = -3 * DAY, 4.5 * DAY
"""From when to when a lodge is looked at, counted from the day of its clock change."""
_SAVED_AT_ONCE = 200
_MINUTES = 1440
_LEDGER = """
    SELECT t.name, f.stay_id, f.decided_at, f.status::text,
           (SELECT count(*) FROM outbox o WHERE o.hotel_id = f.hotel_id AND o.firing_id = f.id) AS letters
    FROM trigger_firings f JOIN triggers t ON t.hotel_id = f.hotel_id AND t.id = f.trigger_id
    WHERE f.hotel_id = $1
"""

Fired = Mapping[tuple[str, UUID], list[datetime]]
"""When each rule spoke of each stay."""


@dataclass(slots=True)
class Wrongs:
    """What must not be, each told by the rule and the moment."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def compare(self, expected: Fired, found: Fired) -> None:
        """Hold what was fired against what should have been, of each rule and stay in the order of time."""
        for subject in expected.keys() | found.keys():
            wanted, had = sorted(expected.get(subject, ())), sorted(found.get(subject, ()))
            self.lost += [f"{subject[0]}: {at}" for at in wanted[len(had) :]]
            self.doubled += [f"{subject[0]}: {at}" for at in had[len(wanted) :]]
            for right, at in zip(wanted, had, strict=False):
                if at != right:
                    (self.early if at < right else self.late).append(f"{subject[0]}: {at} and not {right}")


@dataclass(slots=True)
class Lodge:
    """One hotel, whose clock changes around `change`, and what is expected of it."""

    id: UUID
    zone: ZoneInfo
    change: datetime
    engine: Engine
    rules: Mapping[str, TimeRule]
    stays: list[StayRecord] = field(default_factory=list)
    expected: ExpectedLedger = field(default_factory=ExpectedLedger)

    @property
    def almanac(self) -> Almanac:
        return almanac(self.zone, self.change)

    async def open(self, storage: Database, random: Random, stays: int) -> None:
        """Write the hotel, its rules and its stays into the database, and plan."""
        now = self.change + OPENS
        async with storage.unit(self.id) as uow:
            await uow.hotels.add(f"Hotel {self.zone.key}", f"lodge-{self.id.hex[-12:]}", self.zone.key, "en")
            never_quiet = HotelSettings(quiet_from=time(), quiet_until=time(), automatic_messages_a_day=100)
            await uow.hotels.save_settings(never_quiet.stored())
            number, secret = f"+{self.id.int % 10**12}", uuid4().bytes
            await uow.accounts.add(Platform.whatsapp_green, number, uuid4(), secret, "k1", secret * 2)
            for name, rule in self.rules.items():
                limits = {one: getattr(rule, one) for one in ("once_per", "catch_up", "useful_for")}
                await uow.triggers.add(name, TriggerType.time_based, rule.conditions, "Hello!", **limits)
        for start in range(0, stays, _SAVED_AT_ONCE):
            await self._book(storage, random, range(start, min(start + _SAVED_AT_ONCE, stays)))
        self._expect_plan(now)

    async def _book(self, storage: Database, random: Random, numbers: range) -> None:
        guests = [GuestRecord(new_id(), None, None, {}, ()) for _ in numbers]
        phones = {
            Identity(IdentityKind.phone, f"+7900{number:07}"): guest.id
            for number, guest in zip(numbers, guests, strict=True)
        }
        async with storage.unit(self.id) as uow:
            await uow.guests.add_all(guests)
            await uow.guests.identify_all(phones, {"by": "import"})
            wanted = [self._stay(random, number, guest.id) for number, guest in zip(numbers, guests, strict=True)]
            saved = await uow.stays.save_all(wanted)
            await self.engine.take_changes(uow, [StayChange(None, stay) for stay in saved], new_id().hex)
        self.stays += saved

    def _stay(self, random: Random, number: int, guest_id: UUID) -> NewStay:
        """Return a stay that begins, goes on or ends around the clock change."""
        comes = self.change + random.randint(-2 * _MINUTES, _MINUTES) * MINUTE
        return NewStay(
            guest_id=guest_id,
            external_id=f"L-{number}",
            source="lodge",
            booking_status=BookingStatus.confirmed,
            check_in=comes,
            check_out=comes + random.randint(60, 3 * _MINUTES) * MINUTE,
            booked_at=self.change + OPENS - random.randint(0, 2 * _MINUTES) * MINUTE,
        )

    async def plan(self, storage: Database, now: datetime) -> None:
        """Plan everything anew, as is done twice a day."""
        async with storage.unit(self.id) as uow:
            await self.engine.plan_hotel(uow, new_id().hex)
        self._expect_plan(now)

    async def move(self, storage: Database, zone: ZoneInfo, now: datetime) -> None:
        """Let the hotel have another zone from now on."""
        self.zone = zone
        async with storage.unit(self.id) as uow:
            await uow.connection.execute(update(Hotel).where(Hotel.id == self.id).values(timezone=zone.key))
            await self.engine.plan_hotel(uow, new_id().hex)
        self._expect_plan(now)

    def _expect_plan(self, now: datetime) -> None:
        for rule in self.rules.values():
            self.expected.plan(rule, self.stays, self.almanac, now)

    async def judge(self, admin: asyncpg.Connection, wrongs: Wrongs) -> int:
        """Note everything that is wrong; return how many firings were expected."""
        names = {id(rule): name for name, rule in self.rules.items()}
        expected: defaultdict[tuple[str, UUID], list[datetime]] = defaultdict(list)
        for (rule, subject, _), entry in self.expected.entries.items():
            if entry.status is FiringStatus.fired and entry.decided_at is not None:
                expected[names[id(rule)], subject].append(entry.decided_at)
        found: defaultdict[tuple[str, UUID], list[datetime]] = defaultdict(list)
        for row in await admin.fetch(_LEDGER, self.id):
            if row["status"] == FiringStatus.fired:
                found[row["name"], row["stay_id"]].append(row["decided_at"])
            if row["letters"] != (row["status"] == FiringStatus.fired):
                (wrongs.doubled if row["letters"] else wrongs.lost).append(f"{row['name']}: {row['letters']} letters")
        wrongs.compare(expected, found)
        return sum(map(len, expected.values()))


def lodge_in(zone: ZoneInfo, change: datetime, engine: Engine) -> Lodge:
    """Return a hotel whose rules mean times that its clock skips or shows twice, and others."""
    odd, ten = wall_of_change(almanac(zone, change), change), time(10)
    at, values = odd.time(), dict[str, Any](useful_for=timedelta(days=7))
    rules = (
        TimeRule("hours_after_checkin", 2, **values),
        TimeRule("minutes_before_checkin", 90, **values),
        TimeRule("days_before_checkin", 1, at, **values),
        TimeRule("days_after_checkin", 1, at, **values),
        TimeRule("days_after_checkin", 1, **values),
        TimeRule("days_before_checkout", 0, ten, **values),
        TimeRule("hours_after_checkout", 1, **values),
        TimeRule("days_after_booking", 1, ten, catch_up=CatchUp.skip, **values),
        TimeRule("minutes_after_booking", 5000, **values),
        TimeRule(ON, odd.isoformat(timespec="minutes"), **values),
        every_day_at(at, **values),
        every_day_at(time(9), time(21), once_per=OncePer.day, **values),
        every_day_at(time(12, 15), weekdays=(odd.weekday(),), **values),
    )
    return Lodge(new_id(), zone, change, engine, {f"{n} {rule.key}": rule for n, rule in enumerate(rules)})
