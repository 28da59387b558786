"""The commands that run until they are told to stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

import click
import uvloop

from bot.app import open_house, run_house
from bot.channels.registry import import_clients
from bot.cli.checks.keys import try_keys
from bot.cli.context import read_settings
from bot.cli.played import PlayedBot, PlayedNumber
from bot.cli.signals import done_before, hold_signals, stop_on_signals
from bot.cli.watchdog import watched
from bot.clock import SystemClock
from bot.config import Settings
from bot.database import Logins, check_serving, database_logins, prepare_database
from bot.security.key_file import key_ring
from bot.telemetry.uncaught import log_uncaught_errors

Serve = Callable[[Settings, Logins, asyncio.Event], Awaitable[None]]

# A newcomer looks for the page's address: it must not drown in lines that say that all is well.
DEMO_DEFAULTS = {"BELLHOP_LOG_LEVEL": "warning", "BELLHOP_LOG_FORMAT": "console"}


def serve_hotels() -> None:
    """Serve the hotels of the database."""
    _serve(read_settings(), _run_hotels)


def serve_demo() -> None:
    """Serve a demo hotel with the providers played on loopback."""
    from bot.demo.stage import run_demo  # here: only the demo needs the simulator

    chosen = {name: value for name, value in os.environ.items() if value.strip()}
    # A second demo would play other phones, and another clock, on the same hotel.
    _serve(read_settings(DEMO_DEFAULTS | chosen), run_demo, alone=True)


def _serve(settings: Settings, serve: Serve, *, alone: bool = False) -> None:
    log_uncaught_errors()
    key_ring(settings)  # without keys nothing must be migrated
    import_clients()

    async def start() -> None:
        stop = stop_on_signals()
        if await done_before(stop, prepare_database(logins, settings)):
            async with watched():
                await serve(settings, logins, stop)

    with database_logins(settings, alone=alone) as logins:
        try:
            uvloop.run(start())
        finally:
            hold_signals()


async def _run_hotels(settings: Settings, logins: Logins, stop: asyncio.Event) -> None:
    async with open_house(settings, logins, SystemClock()) as house:
        await check_serving(house.database)
        await try_keys(house.database, house.keys)
        await run_house(house, stop, lambda port: click.echo(f"Bellhop serves on {settings.web.host}:{port}"))


def serve_simulator(telegram_port: int, green_port: int, played: Sequence[PlayedBot | PlayedNumber]) -> None:
    """Play the providers; print the settings that lead to them, and who is known there."""
    from bot.simulator.world import Simulator

    async def play() -> None:
        stop = stop_on_signals()
        async with Simulator(SystemClock(), telegram_port=telegram_port, green_port=green_port) as simulator:
            click.echo(f"BELLHOP_TELEGRAM_API={simulator.telegram.url}")
            click.echo(f"BELLHOP_GREEN_API={simulator.green.url}")
            for each in played:
                click.echo(each.register(simulator))
            await stop.wait()

    read_settings()
    asyncio.run(play())
