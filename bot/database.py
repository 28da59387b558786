"""How this process reaches its database: the settings' server or an embedded one, and as whom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from uuid import UUID

from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.embedded.postgres import EmbeddedPostgres, attach
from bot.errors import ConfigurationError
from bot.storage import migrations
from bot.storage.engine import APP_ROLE, RUNTIME_ROLE, login_url, make_engine, provision_logins
from bot.storage.unit_of_work import Database
from bot.telemetry.queries import watch_queries

# SQLSTATE and what to do about it.
_REMEDIES = {
    "28P01": "the password is wrong; where only the owner's is set, `python -m bot migrate` lets the others in",
    "28000": "this login may not connect; see the server's pg_hba.conf",
    "3D000": "there is no such database; create it first",
    "42P01": "it is not migrated; run `python -m bot migrate` with the owner's BELLHOP_DATABASE_URL",
    "42501": "this login may not do it; BELLHOP_DATABASE_URL has to be the owner's, with CREATEROLE",
}


@dataclass(frozen=True, slots=True)
class Logins:
    """How to reach the database: as the owner for migrations (where known), and as the two serving roles."""

    owner: str | None
    app: str
    runtime: str


@contextmanager
def database_logins(settings: Settings) -> Iterator[Logins]:
    """Return the logins of the database that the settings name, or of an embedded one, run while inside.

    An embedded server that another process of ours runs is used as it is.
    """
    given = settings.database
    if given.url is not None:
        owner = given.url.get_secret_value()
        yield Logins(
            owner,
            given.app_url.get_secret_value() if given.app_url else login_url(owner, APP_ROLE),
            given.runtime_url.get_secret_value() if given.runtime_url else login_url(owner, RUNTIME_ROLE),
        )
    elif given.app_url is not None and given.runtime_url is not None:
        yield Logins(None, given.app_url.get_secret_value(), given.runtime_url.get_secret_value())
    elif given.app_url is not None or given.runtime_url is not None:
        raise ConfigurationError(
            "BELLHOP_DATABASE_APP_URL and BELLHOP_DATABASE_RUNTIME_URL belong together: set both, or only "
            "BELLHOP_DATABASE_URL"
        )
    else:
        folder = settings.process.data_dir / "postgres"
        running = attach(folder)
        if running is not None:
            yield _derived(running.owner_url)
        else:
            with EmbeddedPostgres(folder) as server:
                yield _derived(server.owner_url)


def _derived(owner: str) -> Logins:
    return Logins(owner, login_url(owner, APP_ROLE), login_url(owner, RUNTIME_ROLE))


async def prepare_database(logins: Logins, settings: Settings) -> None:
    """Migrate as the owner, where one is known, and let the serving roles in.

    Raises ConfigurationError in one line when the database can't be reached or used.
    """
    if logins.owner is None:
        return
    try:
        await migrations.upgrade(logins.owner)
        if settings.database.app_url is None:
            await provision_logins(logins.owner)
    except (OSError, TimeoutError, DBAPIError, PostgresError) as error:
        raise _unusable("BELLHOP_DATABASE_URL", error) from None


async def check_serving(database: Database) -> None:
    """Raise ConfigurationError unless both serving logins work on a migrated database."""
    try:
        hotels = await database.claims.hotels()
        async with database.unit(next(iter(hotels.values()), UUID(int=0))) as uow:
            await uow.knowledge.all()
    except (OSError, TimeoutError, DBAPIError, PostgresError) as error:
        raise _unusable("BELLHOP_DATABASE_APP_URL and BELLHOP_DATABASE_RUNTIME_URL", error) from None


def _unusable(variable: str, error: BaseException) -> ConfigurationError:
    """Return the operator's sentence; the driver's own words may hold the address, so only their kind is said."""
    cause = getattr(error, "orig", None) or error
    remedy = _REMEDIES.get(getattr(cause, "sqlstate", None) or "", "is the server running, and the address right?")
    return ConfigurationError(f"{variable}: the database can't be used ({type(cause).__name__}): {remedy}")


@asynccontextmanager
async def open_database(settings: Settings, logins: Logins) -> AsyncIterator[Database]:
    """Open the pools of the two serving logins, watched, and close them again."""
    database = Database(
        _engine(settings, logins.app, "app", settings.database.pool_size),
        _engine(settings, logins.runtime, "runtime", max(3, settings.database.pool_size // 2)),
    )
    try:
        yield database
    finally:
        await database.close()


def _engine(settings: Settings, url: str, pool: str, size: int) -> AsyncEngine:
    engine = make_engine(url, size, settings.database.statement_timeout)
    watch_queries(engine, settings.process.slow_query, pool)
    return engine
