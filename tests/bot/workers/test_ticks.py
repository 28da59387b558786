"""What is due is fired hotel by hotel in turn, and the next moment is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels.connections import Connections
from bot.doubts import Doubts
from bot.knocks import MemoryKnocks
from bot.notifications import Desk
from bot.outbox import TOPIC
from bot.security.encryption import KeyRing
from bot.storage.unit_of_work import Database
from bot.workers import ticks
from bot.workers.ticks import Ticks
from tests.factories import texts
from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk, open_hotel

DUE = NOON + timedelta(hours=2)
MOMENT = timedelta(milliseconds=300)


@pytest.fixture
async def hotels(storage: Database) -> list[HotelDesk]:
    """Two hotels with five guests each, who are to be welcomed at the same moment."""
    await storage.claims.ensure_partitions(NOON.date(), NOON.date())
    desks = [await open_hotel(storage, slug) for slug in ("adler", "busch")]
    for desk in desks:
        await desk.trigger(AFTER_CHECKIN)
        for number in range(5):
            await desk.stay(await desk.guest(f"Guest {number}", f"+4915112345{number:02}"), f"BK-{number}")
    return desks


@pytest.fixture
def knocks() -> MemoryKnocks:
    return MemoryKnocks()


@pytest.fixture
async def due(hotels: list[HotelDesk], knocks: MemoryKnocks) -> AsyncIterator[Ticks]:
    """The ticks of a process that has the first hotel's clock."""
    first = hotels[0]
    async with Connections(KeyRing({}), {}, first.clock) as connections:
        doubts = Doubts(first.database, connections, first.clock, Desk(texts(), first.clock).settled)
        yield Ticks(first.database, first.engine, doubts, first.clock, knocks)


async def test_everybody_is_told_once_and_the_senders_woken_when_more_is_due_than_one_turn_takes(
    hotels: list[HotelDesk], due: Ticks, knocks: MemoryKnocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "DUE_AT_ONCE", 2)
    hotels[0].clock.set(DUE)

    assert await due.fire_due() is None

    assert [await hotel.told() for hotel in hotels] == [["Welcome!"] * 5] * 2
    assert await knocks.wait(TOPIC, 0)


async def test_no_hotel_waits_for_all_of_another_when_very_much_is_due_there(
    hotels: list[HotelDesk], due: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "DUE_AT_ONCE", 2)
    monkeypatch.setattr(ticks, "MOST_TURNS", 1)
    hotels[0].clock.set(DUE)

    assert await due.fire_due() == timedelta(), "there is more"
    assert [len(await hotel.told()) for hotel in hotels] == [2, 2]
    assert await due.fire_due() == timedelta(), "there is more"
    assert await due.fire_due() is None
    assert [len(await hotel.told()) for hotel in hotels] == [5, 5]


async def test_the_next_moment_is_told_when_it_is_near(hotels: list[HotelDesk], due: Ticks) -> None:
    hotels[0].clock.set(DUE - timedelta(minutes=1))
    assert await due.fire_due() is None
    hotels[0].clock.set(DUE - MOMENT)
    assert await due.fire_due() == MOMENT
    assert [await hotel.told() for hotel in hotels] == [[], []]
