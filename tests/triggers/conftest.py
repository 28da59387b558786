"""Two hotels in one real database; what is asked of the first must never come from the second."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database
from tests.databases import Database as TestDatabase
from tests.triggers.hotels import NOON, HotelDesk, open_hotel


@pytest.fixture
async def storage(clean_database: TestDatabase) -> AsyncIterator[Database]:
    """The serving process's own logins: the application role, and the one that claims."""
    urls = (clean_database.app_url, clean_database.runtime_url)
    database = Database(*(make_engine(url, 3, timedelta(seconds=5)) for url in urls))
    for month in (NOON, NOON + timedelta(days=40)):
        await database.claims.ensure_partitions(month.date(), month.date())
    yield database
    await database.close()


@pytest.fixture
async def hotel(storage: Database) -> HotelDesk:
    await open_hotel(storage, "twin")
    return await open_hotel(storage, "adler")


@pytest.fixture
async def twin(storage: Database, hotel: HotelDesk) -> HotelDesk:
    """The second hotel, with the same triggers and guests as far as a test gives it any."""
    return await open_hotel(storage, "second")
