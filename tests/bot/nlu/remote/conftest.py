"""The remote model, with a server on loopback in its place and a hotel to ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from bot.channels.wire import Wire
from bot.clock import FixedClock
from bot.nlu.advice import Asker
from bot.nlu.remote.breaker import Breaker
from bot.nlu.remote.budget import Budget
from bot.nlu.remote.completions import Completions, Endpoint
from bot.nlu.remote.model import RemoteModel
from bot.storage.unit_of_work import Database
from tests.factories import NOW
from tests.model_server import KEY, ModelServer, model_server

SOON = timedelta(seconds=0.3)
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Office:
    """Where a model is asked for one hotel."""

    server: ModelServer
    storage: Database
    wire: Wire
    clock: FixedClock
    hotel_id: UUID
    endpoint: Endpoint

    @property
    def asker(self) -> Asker:
        return Asker(self.hotel_id, self.clock.now().astimezone(BERLIN))

    def model(self, daily_calls: int = 1000, **changes: object) -> RemoteModel:
        """Return the model as a process has it that has just begun."""
        completions = Completions(self.wire, replace(self.endpoint, **changes))  # type: ignore[arg-type]
        return RemoteModel(completions, Budget(self.storage, daily_calls), Breaker(self.clock))

    async def neighbour(self) -> Asker:
        """Return another hotel to ask for."""
        return replace(self.asker, hotel_id=await _build(self.storage))


@pytest.fixture
async def office(storage: Database) -> AsyncIterator[Office]:
    async with model_server() as server, Wire() as wire:
        endpoint = Endpoint(server.url, "played", SOON, KEY)
        yield Office(server, storage, wire, FixedClock(NOW), await _build(storage), endpoint)


async def _build(storage: Database) -> UUID:
    hotel_id = uuid4()
    async with storage.unit(hotel_id) as uow:
        await uow.hotels.add("Hotel Adler", hotel_id.hex, "Europe/Berlin", "en")
    return hotel_id
