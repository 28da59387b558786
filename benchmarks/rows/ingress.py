"""python -m benchmarks.rows.ingress run: the product's own ingress and nothing behind it, as a process."""

from __future__ import annotations

import asyncio

import uvloop

from bot.app import open_house
from bot.channels.registry import import_clients
from bot.cli.settings import read_settings
from bot.cli.signals import stop_on_signals
from bot.clock import SystemClock
from bot.config import Settings
from bot.database import database_logins
from bot.inbox import Inbox
from bot.loading import load_apart
from bot.web.app import serve
from bot.web.health import Health
from bot.web.listeners import listen
from bot.web.webhooks import Webhooks


async def _serve(settings: Settings) -> None:
    stop, clock = stop_on_signals(), SystemClock()
    with database_logins(settings) as logins:
        async with open_house(settings, logins, clock) as house:
            inbox = Inbox(house.database, clock, house.knocks)
            health = Health(house.database, clock)
            routes = [*Webhooks(house.database, house.connections, inbox).routes(), *health.routes()]
            async with serve(listen(settings.web.host, settings.web.port), routes), asyncio.TaskGroup() as group:
                # As the product does once it answers, so that no search for garbage goes over all that it imported.
                await load_apart(import_clients)
                beating = group.create_task(_beat(health))
                await stop.wait()
                beating.cancel()


async def _beat(health: Health) -> None:
    while True:
        await health.beat()
        await asyncio.sleep(2)


if __name__ == "__main__":
    uvloop.run(_serve(read_settings()))
