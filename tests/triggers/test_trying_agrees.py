"""The oracle of `try` is what the engine really did: weeks of a hotel, lived through and then played again."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.triggers import TriggerRecord
from models import TriggerFiring
from models.enums import BookingStatus, CatchUp, ConsentPurpose, ConsentState, FiringStatus, OncePer, TriggerType
from tests.databases import Database
from tests.stamps import happened
from tests.triggers.hotels import NOON, HotelDesk
from triggers.trying import try_out

DAYS = 10
_DECIDED = (FiringStatus.fired, FiringStatus.skipped, FiringStatus.expired, FiringStatus.failed)
RULES: dict[str, dict[str, Any]] = {
    "after check-in": {"conditions": {"hours_after_checkin": 2}},
    "the evening before": {"conditions": {"days_before_checkout": 1, "at": "18:00", "guest.language": "ru"}},
    "in house": {"conditions": {"cron": "30 9 * * *", "room_type": "suite"}, "once_per": OncePer.day},
    "once a guest": {"conditions": {"hours_before_checkin": 5}, "once_per": OncePer.guest},
    "in time only": {"conditions": {"hours_after_booking": 1}, "catch_up": CatchUp.skip},
    "suites": {"trigger_type": TriggerType.condition_based, "conditions": {"room_type": "suite"}},
    "in Russian": {"trigger_type": TriggerType.condition_based, "conditions": {"guest.language": "ru"}},
    "arrived": {"trigger_type": TriggerType.event_based, "conditions": {"event": "checked_in"}},
    "moved": {"trigger_type": TriggerType.event_based, "conditions": {"event": "room_changed", "room_type": "suite"}},
    "called off": {"trigger_type": TriggerType.event_based, "conditions": {"event": "booking_cancelled"}},
}


class Life:
    """What goes on in a hotel, by chance: bookings, changes, arrivals, words of guests."""

    def __init__(self, desk: HotelDesk, database: Database, seed: int) -> None:
        self._desk = desk
        self._database = database
        self._chance = Random(seed)
        self._guests: list[UUID] = []
        self._stays: list[StayRecord] = []

    async def go_on(self) -> None:
        """Let something happen, and write it down as having happened now."""
        act = self._chance.choice([self._books, self._books, self._changes, self._changes, self._speaks])
        await act()
        await happened(self._database, self._desk.clock.now())

    async def _books(self) -> None:
        number = len(self._stays)
        if not self._guests or self._chance.random() < 0.7:
            language = self._chance.choice(["ru", "en", None])
            phone = f"+4915112345{number:03}" if self._chance.random() < 0.8 else None
            self._guests.append(await self._desk.guest(f"Guest {number}", phone, language=language))
        arrival = self._desk.clock.now() + timedelta(hours=self._chance.randint(-6, 90))
        stay = await self._desk.stay(
            self._chance.choice(self._guests),
            f"BK-{number}",
            check_in=arrival,
            check_out=arrival + timedelta(hours=self._chance.randint(10, 100)),
            booked_at=self._desk.clock.now() - timedelta(minutes=self._chance.choice([0, 300])),
            room_type=self._chance.choice(["suite", "double"]),
        )
        self._stays.append(stay)

    async def _changes(self) -> None:
        if not self._stays:
            return
        now = self._desk.clock.now()
        stay = self._chance.choice(self._stays)
        changes: list[dict[str, Any]] = [
            {"room_type": self._chance.choice(["suite", "double"])},
            {"room_number": str(self._chance.randint(1, 9))},
            {"check_out": stay.check_out + timedelta(hours=self._chance.randint(1, 30))},
            {"booking_status": BookingStatus.cancelled},
            {"booking_status": BookingStatus.checked_in, "checked_in_at": now},
            {"booking_status": BookingStatus.confirmed},
        ]
        await self._desk.change(stay, **self._chance.choice(changes))

    async def _speaks(self) -> None:
        if not self._guests:
            return
        guest = self._chance.choice(self._guests)
        now = self._desk.clock.now()
        async with self._desk.database.unit(self._desk.id) as uow:
            if self._chance.random() < 0.2:
                state = self._chance.choice(list(ConsentState))
                await uow.consents.add(guest, ConsentPurpose.promotional, state, "test", now)
            else:
                await uow.guests.update(guest, language=self._chance.choice(["ru", "en"]))
                await self._desk.engine.plan_guests(uow, {guest: "c-4"})


async def wait_until(desk: HotelDesk, at: datetime) -> None:
    """Let the time pass, and the engine decide each firing at the very moment that it falls due."""
    while True:
        async with desk.database.unit(desk.id) as uow:
            statement = select(func.min(TriggerFiring.due_at)).where(
                TriggerFiring.status.in_([FiringStatus.scheduled, FiringStatus.postponed])
            )
            due = await uow.connection.scalar(statement)
        if due is None or due > at:
            break
        await desk.tick(max(due, desk.clock.now()))
    desk.clock.set(at)


async def really(desk: HotelDesk, trigger: TriggerRecord) -> set[tuple[datetime, str, str]]:
    lines = await desk.lines(trigger)
    return {
        (line.decided_at, line.status.value, str(line.reason))
        for line in lines
        if line.decided_at is not None and line.status in _DECIDED
    }


@pytest.mark.parametrize("seed", range(3))
async def test_the_past_comes_out_as_it_was_when_it_is_played_again(
    hotel: HotelDesk, clean_database: Database, seed: int
) -> None:
    triggers = []
    for name, values in RULES.items():
        async with hotel.database.unit(hotel.id) as uow:
            made = {"trigger_type": TriggerType.time_based, "message_template": name, **values}
            triggers.append(await uow.triggers.add(name, **made))
            await hotel.engine.plan_trigger(uow, triggers[-1].id, "c-1")
    life, chance = Life(hotel, clean_database, seed), Random(seed)
    while hotel.clock.now() < NOON + timedelta(days=DAYS):
        await life.go_on()
        await wait_until(hotel, hotel.clock.now() + timedelta(minutes=chance.randint(1, 900)))
    async with hotel.database.unit(hotel.id) as uow:
        for trigger in triggers:
            tried = await try_out(uow, await uow.hotels.get(), trigger, hotel.clock.now())
            told = [line for line in tried.told if not line.is_estimate]
            played = {(line.at, line.verdict.status.value, line.verdict.reason.value) for line in told}
            was = await really(hotel, trigger)
            fired = {line for line in was if line[1] == FiringStatus.fired}
            assert {line for line in played if line[1] == FiringStatus.fired} == fired, trigger.name
            assert {line for line in was if line[2] != "conditions_not_met"} <= played, trigger.name
