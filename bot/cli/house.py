"""The house that `run` serves; apart from the command, since all its rooms take seconds to import."""

from __future__ import annotations

import asyncio

import click

from bot.app import open_house, run_house
from bot.cli.checks.keys import try_keys
from bot.clock import SystemClock
from bot.config import Settings
from bot.database import Logins, check_serving
from bot.web.listeners import Listeners


async def run_hotels(
    settings: Settings, logins: Logins, stop: asyncio.Event, listeners: Listeners | None = None, name: str = ""
) -> None:
    """Serve the hotels of the database until `stop` is set; one of several processes is told its `name`."""
    async with open_house(settings, logins, SystemClock()) as house:
        await check_serving(house.database)
        await try_keys(house.database, house.keys)
        where = settings.web.host
        await run_house(house, stop, lambda port: click.echo(f"Bellhop serves on {where}:{port}{name}"), listeners)
