"""run, migrate, simulate. What they need is imported inside: it takes seconds, and they can be stopped before."""

from __future__ import annotations

import sys

import click

from bot.cli.played import BotToken, GreenNumber, PlayedBot, PlayedNumber
from bot.cli.signals import hold_signals, leave_on_signals
from bot.config import MOST_PROCESSES
from bot.errors import ConfigurationError


@click.command()
@click.option("--demo", is_flag=True, help="With a demo hotel and the simulator; prints the page's address.")
@click.option(
    "--processes", type=click.IntRange(1, MOST_PROCESSES), help="How many; unset: as BELLHOP_PROCESSES says."
)
def run(demo: bool, processes: int | None) -> None:
    """Serve the hotels until SIGTERM or SIGINT."""
    leave_on_signals()
    from bot.cli.settings import read_demo_settings, read_settings
    from bot.security.key_file import key_ring

    settings = read_demo_settings() if demo else read_settings()
    number = processes or settings.process.processes
    if demo and number > 1:
        raise ConfigurationError(
            "--demo is one process, since it plays the providers itself: leave out --processes and BELLHOP_PROCESSES"
        )
    key_ring(settings)  # without keys nothing must be migrated
    from bot.cli.serving import serve_demo, serve_hotels
    from bot.cli.several import serve_by_several

    if demo:
        serve_demo(settings)
    elif number == 1:
        serve_hotels(settings)
    elif not serve_by_several(settings, number):
        sys.exit(1)
    hold_signals()


@click.command()
def migrate() -> None:
    """Bring the database to this release's schema, as its owner, and let the serving logins in."""
    import asyncio

    from bot.cli.settings import read_settings

    settings = read_settings()
    from bot.database import database_logins, prepare_database
    from bot.errors import ConfigurationError
    from bot.storage import migrations

    with database_logins(settings) as logins:
        if logins.owner is None:
            raise ConfigurationError("BELLHOP_DATABASE_URL is not set: set it to the login that owns the schema")
        asyncio.run(prepare_database(logins, settings))
    click.echo(f"The database is at {migrations.head()}.")


@click.command()
@click.option("--telegram-port", default=8081, show_default=True, help="0: any free one.")
@click.option("--green-port", default=8082, show_default=True, help="0: any free one.")
@click.option(
    "--telegram-token", "bots", type=BotToken(), multiple=True, help="A bot that is known there; repeatable."
)
@click.option(
    "--green", "numbers", type=GreenNumber(), multiple=True, help="A number that is known there; repeatable."
)
def simulate(
    telegram_port: int, green_port: int, bots: tuple[PlayedBot, ...], numbers: tuple[PlayedNumber, ...]
) -> None:
    """Play Telegram and Green API on loopback, for a bot that runs elsewhere with a hotel of its own."""
    leave_on_signals()
    from bot.cli.serving import serve_simulator

    serve_simulator(telegram_port, green_port, (*bots, *numbers))
