"""Two hotels in one real database; what is asked of the first must never come from the second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.storage.unit_of_work import Database
from tests.triggers.hotels import NOON, HotelDesk, open_hotel


@pytest.fixture
async def storage(storage: Database) -> Database:
    """The serving logins, and room for what is said in the months of these tests."""
    for month in (NOON, NOON + timedelta(days=40)):
        await storage.claims.ensure_partitions(month.date(), month.date())
    return storage


@pytest.fixture
async def hotel(storage: Database) -> HotelDesk:
    await open_hotel(storage, "twin")
    return await open_hotel(storage, "adler")


@pytest.fixture
async def twin(storage: Database, hotel: HotelDesk) -> HotelDesk:
    """The second hotel, with the same triggers and guests as far as a test gives it any."""
    return await open_hotel(storage, "second")
