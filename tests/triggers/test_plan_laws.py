"""The plan in the table against brute force: any stays and time rules, in twelve zones, around both clock changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import Database
from models import Hotel
from models.enums import CatchUp, FiringStatus, OncePer
from tests.triggers.almanac import MINUTE, ZONES, almanac, changes
from tests.triggers.expected import CRON, ON, ExpectedLedger, TimeRule, every_day_at
from tests.triggers.hotels import HotelDesk, open_hotel
from triggers.base import Anchor

TIMES = st.builds(time, st.integers(0, 4) | st.integers(0, 23), st.sampled_from((0, 1, 15, 29, 30, 31, 59)))
LIMITS = st.fixed_dictionaries(
    {
        "once_per": st.sampled_from(OncePer),
        "catch_up": st.sampled_from(CatchUp),
        "useful_for": st.none() | st.builds(timedelta, hours=st.integers(1, 72)),
    }
)
MOST = {"minutes": 3000, "hours": 60, "days": 3}


@dataclass(frozen=True, slots=True)
class Booked:
    """A stay of one of two guests, in minutes from the clock change, or from when the guest comes."""

    guest: int
    comes: int
    lasts: int
    booked_before: int | None
    is_late_by: int | None


@dataclass(frozen=True, slots=True)
class Play:
    """A hotel near a clock change, whose admin may move it to another zone `later`."""

    zone: ZoneInfo
    change: datetime
    now: datetime
    stays: tuple[Booked, ...]
    rules: tuple[TimeRule, ...]
    later: timedelta
    other_zone: ZoneInfo


@st.composite
def rules(draw: st.DrawFn, change: datetime) -> TimeRule:
    limits: dict[str, Any] = draw(LIMITS)
    kind = draw(st.sampled_from((CRON, ON, *MOST)))
    if kind == CRON:
        hours = draw(st.sets(st.integers(0, 23), min_size=1, max_size=2))
        minute = draw(st.sampled_from((0, 15, 30)))
        days = draw(st.just(set(range(7))) | st.sets(st.integers(0, 6), min_size=1))
        return every_day_at(*(time(hour, minute) for hour in sorted(hours)), weekdays=days, **limits)
    if kind == ON:
        day = change.date() + timedelta(days=draw(st.integers(-2, 3)))
        return TimeRule(ON, datetime.combine(day, draw(TIMES)).isoformat(timespec="minutes"), **limits)
    side, anchor = draw(st.sampled_from(("before", "after"))), draw(st.sampled_from(Anchor))
    at = draw(st.none() | TIMES) if kind == "days" else None
    return TimeRule(f"{kind}_{side}_{anchor}", draw(st.integers(0, MOST[kind])), at, **limits)


BOOKED = st.builds(
    Booked,
    guest=st.integers(0, 1),
    comes=st.integers(-2 * 1440, 2 * 1440),
    lasts=st.integers(1, 4 * 1440),
    booked_before=st.none() | st.integers(0, 3 * 1440),
    is_late_by=st.none() | st.integers(1, 600),
)


@st.composite
def plays(draw: st.DrawFn) -> Play:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    change = draw(st.sampled_from(changes(zone)))
    return Play(
        zone,
        change,
        change + draw(st.integers(-3 * 1440, 3 * 1440)) * MINUTE,
        tuple(draw(st.lists(BOOKED, min_size=1, max_size=3))),
        tuple(draw(st.lists(rules(change), min_size=1, max_size=3))),
        draw(st.integers(0, 2 * 1440)) * MINUTE,
        ZoneInfo(draw(st.sampled_from(ZONES))),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(plays(), st.booleans())
async def test_plan_is_as_by_brute_force_when_stays_rules_and_zone_are_any(
    storage: Database, play: Play, is_rule_first: bool
) -> None:
    hotel, expected = await open_hotel(storage, f"law-{uuid4().hex[:12]}"), ExpectedLedger()
    hotel.clock.set(play.now)
    await _move(hotel, play.zone)
    made = [] if is_rule_first else await _book(hotel, play)
    triggers = {(await _make(hotel, rule)): rule for rule in play.rules}
    made = made or await _book(hotel, play)
    for rule in play.rules:
        expected.plan(rule, made, almanac(play.zone, play.change), play.now)
    assert await _planned(hotel, triggers) == _lines(expected, play.now)

    hotel.clock.set(play.now + play.later)
    await _move(hotel, play.other_zone)
    for rule in play.rules:
        expected.plan(rule, made, almanac(play.other_zone, play.change), play.now + play.later)
    assert await _planned(hotel, triggers) == _lines(expected, play.now + play.later), "in the other zone"


async def _book(hotel: HotelDesk, play: Play) -> list[StayRecord]:
    guests = [await hotel.guest(phone=None) for _ in range(2)]
    made = []
    for number, one in enumerate(play.stays):
        comes = play.change + one.comes * MINUTE
        stay = await hotel.stay(
            guests[one.guest],
            f"BK-{number}",
            check_in=comes,
            check_out=comes + one.lasts * MINUTE,
            booked_at=None if one.booked_before is None else comes - one.booked_before * MINUTE,
            checked_in_at=None if one.is_late_by is None else comes + min(one.is_late_by, one.lasts) * MINUTE,
        )
        made.append(stay)
    return made


async def _make(hotel: HotelDesk, rule: TimeRule) -> UUID:
    limits = {name: getattr(rule, name) for name in ("once_per", "catch_up", "useful_for")}
    return (await hotel.trigger(rule.conditions, **limits)).id


async def _move(hotel: HotelDesk, zone: ZoneInfo) -> None:
    async with hotel.database.unit(hotel.id) as uow:
        await uow.connection.execute(update(Hotel).where(Hotel.id == hotel.id).values(timezone=zone.key))
        await hotel.engine.plan_hotel(uow, "move")


Line = tuple[TimeRule, UUID, datetime, FiringStatus]


def _is_moot(rule: TimeRule, status: FiringStatus) -> bool:
    """Whether it is over for a guest with several stays: which of the moments that passed is remembered is no law."""
    return rule.once_per is OncePer.guest and status is FiringStatus.skipped


async def _planned(hotel: HotelDesk, triggers: dict[UUID, TimeRule]) -> Counter[Line]:
    """What stands in the table and may still go, or might have."""
    now = hotel.clock.now()
    return Counter(
        (triggers[line.trigger_id], line.subject, line.due_at, line.status)
        for line in await hotel.lines()
        if line.status is not FiringStatus.cancelled
        and line.useful_until > now
        and not _is_moot(triggers[line.trigger_id], line.status)
    )


def _lines(expected: ExpectedLedger, now: datetime) -> Counter[Line]:
    return Counter(
        (rule, subject, entry.due_at, entry.status)
        for (rule, subject, _), entry in expected.entries.items()
        if entry.due_at + rule.useful > now and not _is_moot(rule, entry.status)
    )
