"""The web server on a real database, and a hotel with a bot and a number behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID, uuid4

import aiohttp
import pytest

from bot.channels.connections import Connections, WebhookCredentials
from bot.clock import FixedClock
from bot.enrolment import NewAccount, enrol_account
from bot.inbox import Inbox
from bot.knocks import MemoryKnocks
from bot.messages import Platform
from bot.notifications import Desk
from bot.security.encryption import KeyRing, new_key
from bot.storage.unit_of_work import Database
from bot.web.api import Api
from bot.web.app import serve
from bot.web.health import Health
from bot.web.listeners import listen
from bot.web.webhooks import Webhooks
from tests.databases import Database as Place
from tests.databases import open_storage
from tests.factories import NOW, texts
from triggers.engine import Engine

CREDENTIALS = {
    Platform.telegram: {"bot_token": "1:token"},
    Platform.whatsapp_green: {"id_instance": "1101", "api_token": "token"},
}


@dataclass
class Site:
    """The running server; `seconds` is its monotonic time, which tests move."""

    storage: Database
    hotel_id: UUID
    session: aiohttp.ClientSession
    url: str = ""
    seconds: float = 0.0
    accounts: dict[Platform, UUID] = field(default_factory=dict)
    hooks: dict[Platform, WebhookCredentials] = field(default_factory=dict)
    health: Health = field(init=False)

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.text()

    async def push(self, platform: Platform, body: bytes, key: str | None = None, secret: str | None = None) -> int:
        """Push as the provider does; give the status."""
        hook = self.hooks[platform]
        secret = hook.secret if secret is None else secret
        headers = {
            Platform.telegram: {"X-Telegram-Bot-Api-Secret-Token": secret},
            Platform.whatsapp_green: {"Authorization": f"Bearer {secret}"},
        }[platform]
        url = f"{self.url}/webhooks/{platform.replace('_', '-')}/{key or hook.key}"
        async with self.session.post(url, data=BytesIO(body), headers=headers if secret else {}) as answer:
            return answer.status

    async def stored(self) -> list[bytes]:
        """Give the payloads in the inbox, in order."""
        async with self.storage.unit(self.hotel_id) as uow:
            rows = await uow.connection.exec_driver_sql("SELECT payload FROM inbox_events ORDER BY id")
            return [bytes(row.payload) for row in rows]


@asynccontextmanager
async def open_site(storage: Database) -> AsyncIterator[Site]:
    keys, clock, hotel_id = KeyRing.from_setting(f"k1:{new_key()}"), FixedClock(NOW), uuid4()
    async with aiohttp.ClientSession() as session:
        site = Site(storage, hotel_id, session)
        async with storage.unit(hotel_id) as uow:
            await uow.hotels.add("Hotel Adler", "adler", "Europe/Berlin", "en")
            for platform, credentials in CREDENTIALS.items():
                account = NewAccount(platform, f"adler-{platform}", credentials)
                site.accounts[platform], site.hooks[platform] = await enrol_account(uow, keys, account)
        site.health = Health(storage, clock, monotonic=lambda: site.seconds)
        await site.health.beat()
        hooks = Webhooks(storage, Connections(keys, {}, clock), Inbox(storage, clock, MemoryKnocks()))
        engine = Engine(clock, Desk(texts(), clock))
        api = Api(storage, engine, clock, monotonic=lambda: site.seconds)
        routes = [*hooks.routes(), *api.routes(), *site.health.routes(), *site.health.metrics_routes()]
        async with serve(listen("127.0.0.1", 0), routes) as port:
            site.url = f"http://127.0.0.1:{port}"
            yield site
    await storage.close()


@pytest.fixture
async def site(clean_database: Place) -> AsyncIterator[Site]:
    async with open_site(open_storage(clean_database)) as site:
        yield site
