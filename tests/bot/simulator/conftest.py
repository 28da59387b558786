"""A simulator on loopback, and the real clients that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiogram import Bot as Client
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from whatsapp_api_client_python.API import GreenAPI

from bot.clock import FixedClock
from bot.simulator.green.instance import Instance
from bot.simulator.telegram.people import Bot, User
from bot.simulator.world import Simulator

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
INSTANCE_TOKEN = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345"
GUEST = "+79001234568"

Call = Callable[..., Coroutine[Any, Any, tuple[int, Any]]]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))


@pytest.fixture
async def simulator(clock: FixedClock) -> AsyncIterator[Simulator]:
    async with Simulator(clock, wire_second=0.02) as simulator:
        yield simulator


@pytest.fixture
def hotel_bot(simulator: Simulator) -> Bot:
    return simulator.telegram.add_bot(TOKEN, "hotel_bot")


@pytest.fixture
def anna(simulator: Simulator) -> User:
    return simulator.telegram.add_user("Anna", "Ivanova", language="ru", phone="+79005550101")


@pytest.fixture
def instance(simulator: Simulator) -> Instance:
    simulator.green.name(GUEST, "Ivan")
    return simulator.green.add_instance(1101000001, INSTANCE_TOKEN, "+4930111222")


@pytest.fixture
async def aiogram_bot(simulator: Simulator) -> AsyncIterator[Client]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(simulator.telegram.url))
    async with Client(TOKEN, session=session).context() as bot:
        yield bot


@pytest.fixture
def green_api(simulator: Simulator) -> GreenAPI:
    return GreenAPI("1101000001", INSTANCE_TOKEN, host=simulator.green.url)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def telegram(simulator: Simulator, http: aiohttp.ClientSession) -> Call:
    """Call a method of the Bot API with JSON; returns the status and the body."""

    async def call(method: str, *, token: str = TOKEN, **params: Any) -> tuple[int, Any]:
        async with http.post(f"{simulator.telegram.url}/bot{token}/{method}", json=params) as reply:
            return reply.status, await reply.json()

    return call


@pytest.fixture
def green(simulator: Simulator, http: aiohttp.ClientSession) -> Call:
    """Call a method of Green API; returns the status and the body."""

    async def call(
        verb: str,
        method: str,
        *,
        token: str = INSTANCE_TOKEN,
        number: str = "1101000001",
        tail: str = "",
        **body: Any,
    ) -> tuple[int, Any]:
        url = f"{simulator.green.url}/waInstance{number}/{method}/{token}{tail}"
        async with http.request(verb, url, json=body or None) as reply:
            return reply.status, await reply.json()

    return call
