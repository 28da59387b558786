"""The commands that run until they are told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import click
import uvloop

from bot.cli.played import PlayedBot, PlayedNumber
from bot.cli.settings import read_settings
from bot.cli.signals import done_before, hold_signals, stop_on_signals
from bot.cli.watchdog import watched
from bot.clock import SystemClock
from bot.config import Settings
from bot.database import Logins, database_logins, prepare_database
from bot.loading import load_apart
from bot.telemetry.uncaught import log_uncaught_errors

Serve = Callable[[Settings, Logins, asyncio.Event], Awaitable[None]]


def serve_hotels(settings: Settings) -> None:
    """Serve the hotels of the database."""

    def load() -> Serve:
        from bot.cli.house import run_hotels

        return run_hotels

    _serve(settings, load)


def serve_demo(settings: Settings) -> None:
    """Serve a demo hotel with the providers played on loopback."""

    def load() -> Serve:
        from bot.demo.stage import run_demo

        return run_demo

    # A second demo would play other phones, and another clock, on the same hotel.
    _serve(settings, load, alone=True)


def _serve(settings: Settings, load: Callable[[], Serve], *, alone: bool = False) -> None:
    log_uncaught_errors()
    with database_logins(settings, alone=alone) as logins:
        serve_database(settings, logins, load)


def serve_database(settings: Settings, logins: Logins, load: Callable[[], Serve]) -> None:
    """Find out whether the database can be used, then `load` what serves, since that takes seconds to import."""

    async def make_ready() -> None:
        await prepare_database(logins, settings)
        await load_apart(load)

    async def start() -> None:
        stop = stop_on_signals()
        if await done_before(stop, make_ready()):
            async with watched():
                await load()(settings, logins, stop)

    try:
        uvloop.run(start())
    finally:
        hold_signals()


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
