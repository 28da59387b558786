"""A hotel that took much lately gives way to those that took little, between two statements, and not for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.storage.precedence import ALLOWED, HALF_LIFE_SECONDS, MOST_WAITING, PATIENCE_SECONDS, Precedence
from bot.storage.unit_of_work import Database, UnitOfWork
from tests.bot.storage.houses import House

LONG = 20 * PATIENCE_SECONDS


@pytest.fixture
async def busy(storage: Database) -> House:
    """A hotel that took far more than its due just now."""
    house = await House(storage).build()
    await _work(house, 2 * ALLOWED)
    return house


@pytest.fixture
async def quiet(storage: Database) -> House:
    return await House(storage).build()


async def _work(house: House, statements: int) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        for _ in range(statements):
            await uow.hotels.get()


@pytest.mark.parametrize(
    "step", [lambda uow: uow.hotels.get(), lambda uow: uow.guests.search("Anna")], ids=["by the driver", "by Core"]
)
async def test_a_busy_hotel_waits_between_two_statements_when_a_quiet_one_is_at_work(
    busy: House, quiet: House, step: Callable[[UnitOfWork], Coroutine[Any, Any, object]]
) -> None:
    steps: list[str] = []
    async with busy.database.unit(busy.hotel_id) as uow:
        await step(uow)
        async with quiet.database.unit(quiet.hotel_id) as other:
            going_on = asyncio.create_task(step(uow))
            going_on.add_done_callback(lambda _: steps.append("busy"))
            for _ in range(3):
                await other.hotels.get()
                steps.append("quiet")
        await going_on
    assert steps == ["quiet", "quiet", "quiet", "busy"]


async def test_a_busy_hotel_goes_on_when_its_patience_is_at_an_end(busy: House, quiet: House) -> None:
    async with quiet.database.unit(quiet.hotel_id), asyncio.timeout(LONG):
        await _work(busy, 50)


async def test_a_quiet_hotel_never_waits_when_a_busy_one_is_at_work(busy: House, quiet: House) -> None:
    async with busy.database.unit(busy.hotel_id), asyncio.timeout(PATIENCE_SECONDS):
        await _work(quiet, 1)


async def test_nobody_waits_when_all_are_busy_alike(busy: House, quiet: House) -> None:
    await _work(quiet, 2 * ALLOWED)
    async with quiet.database.unit(quiet.hotel_id), asyncio.timeout(PATIENCE_SECONDS):
        await _work(busy, 1)


@dataclass
class Moved:
    """A clock that is moved."""

    seconds: float = 0.0
    hotels: tuple[UUID, UUID] = field(default_factory=lambda: (uuid4(), uuid4()))

    def __call__(self) -> float:
        return self.seconds


async def test_what_a_hotel_took_is_forgotten_when_time_goes_by() -> None:
    clock = Moved()
    (busy, quiet), precedence = clock.hotels, Precedence(clock)
    for _ in range(2 * ALLOWED):
        precedence.count(busy)
    with precedence.at_work(quiet):
        assert precedence.is_outdone(busy)
        clock.seconds += HALF_LIFE_SECONDS * 1.5
        assert not precedence.is_outdone(busy)


@pytest.mark.parametrize("idle", [HALF_LIFE_SECONDS * 30, 8_000_000])
async def test_counts_anew_when_the_process_was_idle(idle: float) -> None:
    clock = Moved()
    (busy, quiet), precedence = clock.hotels, Precedence(clock)
    clock.seconds += HALF_LIFE_SECONDS * 19
    for _ in range(10 * ALLOWED):
        precedence.count(quiet)
    clock.seconds += idle
    precedence.count(busy)
    with precedence.at_work(busy):
        assert not precedence.is_outdone(quiet), "it was long ago"
    for _ in range(2 * ALLOWED):
        precedence.count(busy)
    with precedence.at_work(quiet):
        assert precedence.is_outdone(busy)
        assert not precedence.is_outdone(quiet)


async def test_only_a_few_wait_in_their_midst_when_a_busy_hotel_has_many_transactions() -> None:
    (busy, quiet), precedence = Moved().hotels, Precedence()
    for _ in range(2 * ALLOWED):
        precedence.count(busy)
    with precedence.at_work(quiet):
        steps = [asyncio.create_task(precedence.turn(busy).take()) for _ in range(MOST_WAITING + 2)]
        for _ in range(3):
            await asyncio.sleep(0)
        assert [step.done() for step in steps] == [False] * MOST_WAITING + [True] * 2
    await asyncio.gather(*steps)
