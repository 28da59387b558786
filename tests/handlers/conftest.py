"""Two hotels whose data look alike; whatever a test asks of the first must not come from the second."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from bot.channels.wire import Wire
from bot.clock import FixedClock
from bot.config import load_settings
from bot.messages import Platform
from bot.nlu.remote.opening import open_adviser
from bot.storage.unit_of_work import Database
from tests.factories import NOW
from tests.handlers.conversing import House
from tests.model_server import ModelServer, model_server


@pytest.fixture
async def storage(storage: Database) -> Database:
    """The serving logins, and room for what is said this month."""
    await storage.claims.ensure_partitions(NOW.date(), NOW.date())
    return storage


@pytest.fixture
async def house(storage: Database) -> House:
    return await _open(storage, "Hotel Adler", "adler")


@pytest.fixture
async def other_house(storage: Database) -> House:
    return await _open(storage, "Hotel Bär", "baer")


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as server:
        yield server


@pytest.fixture
async def advised_house(house: House, server: ModelServer) -> AsyncIterator[House]:
    """The first hotel, with a larger model to ask."""
    async with Wire() as wire:
        settings = load_settings(server.environ()).model
        yield replace(house, adviser=open_adviser(settings, wire, house.database, house.clock))


async def _open(storage: Database, name: str, slug: str) -> House:
    hotel_id = uuid4()
    async with storage.unit(hotel_id) as uow:
        await uow.hotels.add(name, slug, "Europe/Berlin", "en")
        accounts: dict[Platform, UUID] = {}
        for platform in Platform:
            accounts[platform] = await uow.accounts.add(
                platform, f"{slug}-{platform}", uuid4(), b"sealed", "k1", uuid4().bytes * 2
            )
        await uow.knowledge.save(
            "wifi_password",
            {"en": ["What is the wifi password?"], "ru": ["Какой пароль от wifi?"]},
            {"en": f"The password is {slug}-guest.", "ru": f"Пароль: {slug}-guest."},
        )
    return House(hotel_id, storage, FixedClock(NOW), accounts)
