"""doctor: looks at everything that has to be right, changes nothing, and says what to do about the rest."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import click
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from bot.channels.connections import Connections
from bot.cli.checks import database as databases
from bot.cli.checks.channels import check_account, check_public_url
from bot.cli.checks.finding import Finding
from bot.cli.checks.hotels import check_hotel
from bot.cli.checks.keys import check_sealed, read_keys
from bot.cli.checks.queues import check_queues
from bot.cli.settings import read_settings
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.database import FAILURES, Logins, database_logins, explain, open_database
from bot.demo.accounts import is_played
from bot.errors import ConfigurationError
from bot.messages import Platform
from bot.security.encryption import KeyRing
from bot.storage.engine import owner_connection
from bot.storage.unit_of_work import Database
from models.enums import AccountStatus

REDIS_PATIENCE_SECONDS = 2


@click.command()
def doctor() -> None:
    """Say what is wrong, and what to do about it; exit code 1 when anything is."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ✓ is no reason to fail
    try:
        settings = read_settings()
        _say(Finding("settings", "readable"))
        with database_logins(settings) as logins:
            is_well = asyncio.run(_examine_all(settings, logins))
    except ConfigurationError as error:
        _say(Finding("start", problem=str(error), remedy="then ask again"))
        is_well = False
    sys.exit(0 if is_well else 1)


def _say(finding: Finding) -> None:
    click.echo(finding.line())


async def _examine_all(settings: Settings, logins: Logins) -> bool:
    is_well = True
    async for finding in examine(settings, logins, SystemClock()):
        _say(finding)
        is_well = is_well and finding.is_well
    return is_well


async def examine(settings: Settings, logins: Logins, clock: Clock) -> AsyncIterator[Finding]:
    """Give the findings as they come. What can't be looked at, because of an earlier one, is left out."""
    keys, finding = read_keys(settings)
    yield finding
    yield check_public_url(settings.web.public_url)
    if settings.redis.url is not None:
        yield await _check_redis(settings.redis.url.get_secret_value())
    if settings.model.url is not None:
        from bot.cli.checks.model import check_model  # here: most houses do without

        yield await check_model(settings.model)
    is_usable = True
    async for finding in _examine_server(logins, clock):
        is_usable = is_usable and finding.is_well
        yield finding
    if not is_usable:
        return
    async with open_database(settings, logins) as database:
        try:
            async for finding in _examine_hotels(settings, database, keys, clock):
                yield finding
        except FAILURES as error:
            problem, remedy = explain(error)
            yield Finding("database", problem=problem, remedy=remedy)


async def _check_redis(url: str) -> Finding:
    """Without Redis nothing is lost, but another process's work is noticed later."""
    about = "BELLHOP_REDIS_URL"
    try:
        async with asyncio.timeout(REDIS_PATIENCE_SECONDS), Redis.from_url(url) as redis:
            await redis.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return Finding(
            about,
            problem=f"Redis doesn't answer ({type(error).__name__})",
            remedy="is it running, and are address and password right?",
        )
    return Finding(about, "reachable")


async def _examine_server(logins: Logins, clock: Clock) -> AsyncIterator[Finding]:
    """Look at the server through each login; what every login sees alike is looked at through the first."""
    named = {"owner's login": logins.owner, "app login": logins.app, "runtime login": logins.runtime}
    reached: dict[str, str] = {}
    for about, url in named.items():
        if url is not None:
            finding = await databases.check_login(about, url)
            yield finding
            if finding.is_well:
                reached[about] = url
    if not reached:
        return
    async with owner_connection(next(iter(reached.values()))) as connection:
        yield databases.check_version(int((await connection.execute(text("SHOW server_version_num"))).scalar_one()))
        yield await databases.check_roles(connection)
        if logins.owner in reached.values():
            yield await databases.check_revision(str(logins.owner))
        else:
            yield await databases.check_tables(connection)
        yield await databases.check_partitions(connection, clock.now().date())
    for about, url in reached.items():
        if url != logins.owner:
            yield await databases.check_walls(about, url)


async def _examine_hotels(
    settings: Settings, database: Database, keys: KeyRing | None, clock: Clock
) -> AsyncIterator[Finding]:
    addresses = {
        Platform.telegram.value: settings.channels.telegram_api,
        Platform.whatsapp_green.value: settings.channels.green_api,
    }
    yield await databases.check_clock(database.claims, clock)
    if keys is not None:
        yield await check_sealed(database.claims, keys)
    async for finding in check_queues(database, clock):
        yield finding
    for slug, hotel_id in sorted((await database.claims.hotels()).items()):
        async with database.unit(hotel_id) as uow:
            accounts = await uow.accounts.all()
            async for finding in check_hotel(slug, uow):
                yield finding
        if keys is not None:
            connections = Connections(keys, addresses, clock)
            for account in accounts:
                if is_played(slug, account.platform, account.address):
                    about = f"{slug}: {account.platform} {account.address}"
                    yield Finding(about, "the demo's own, so no provider is asked")
                elif account.status is not AccountStatus.disabled:
                    yield await check_account(slug, hotel_id, account, connections, settings.web.public_url)
