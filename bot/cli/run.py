"""run, migrate, simulate."""

from __future__ import annotations

import asyncio
import signal

import click
import uvloop

from bot.cli.context import read_settings
from bot.clock import SystemClock
from bot.database import check_serving, database_logins, prepare_database
from bot.telemetry.uncaught import log_uncaught_errors


@click.command()
@click.option("--demo", is_flag=True, help="With a demo hotel and the simulator; prints the page's address.")
def run(demo: bool) -> None:
    """Serve the hotels until SIGTERM or SIGINT."""
    from bot.app import open_house, run_house  # here: takes seconds to import, and only this command needs it

    settings = read_settings()
    log_uncaught_errors()

    async def serve() -> None:
        await prepare_database(logins, settings)
        stop = stop_on_signals()
        if demo:
            from bot.demo.stage import run_demo

            await run_demo(settings, logins, stop)
            return
        async with open_house(settings, logins, SystemClock()) as house:
            await check_serving(house.database)
            await run_house(house, stop, lambda port: click.echo(f"Bellhop serves on {settings.web.host}:{port}"))

    with database_logins(settings) as logins:
        uvloop.run(serve())


@click.command()
def migrate() -> None:
    """Bring the database to this release's schema, as its owner, and let the serving logins in."""
    from bot.storage import migrations

    settings = read_settings()
    with database_logins(settings) as logins:
        if logins.owner is None:
            raise click.UsageError("BELLHOP_DATABASE_URL is not set: it has to name the owner's login")
        asyncio.run(prepare_database(logins, settings))
    click.echo(f"The database is at {migrations.head()}.")


@click.command()
@click.option("--telegram-port", default=8081, show_default=True, help="0: any free one.")
@click.option("--green-port", default=8082, show_default=True, help="0: any free one.")
def simulate(telegram_port: int, green_port: int) -> None:
    """Play Telegram and Green API on loopback, for a bot that runs elsewhere."""
    from bot.simulator.world import Simulator

    async def play() -> None:
        stop = stop_on_signals()
        async with Simulator(SystemClock(), telegram_port=telegram_port, green_port=green_port) as simulator:
            click.echo(f"BELLHOP_TELEGRAM_API={simulator.telegram.url}")
            click.echo(f"BELLHOP_GREEN_API={simulator.green.url}")
            await stop.wait()

    read_settings()
    asyncio.run(play())


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
