"""How this process reaches its database: the settings' server or an embedded one, and as whom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from uuid import UUID

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.embedded.postgres import EmbeddedPostgres, attach
from bot.errors import ConfigurationError
from bot.security.tenancy import is_powerful
from bot.storage import migrations
from bot.storage.engine import APP_ROLE, RUNTIME_ROLE, login_url, make_engine, provision_logins
from bot.storage.failures import DRIVER_ERRORS
from bot.storage.unit_of_work import Database
from bot.telemetry.queries import watch_queries

# Whatever can come of a database that isn't there, or isn't as it should be.
FAILURES = (OSError, TimeoutError, DBAPIError, *DRIVER_ERRORS)

# Rights are given to roles: a database that was restored where these were missing has lost them.
RESTORE_ROLES = (
    "first restore the roles of the server that it comes from (pg_dumpall --roles-only --no-role-passwords), "
    "then the database anew"
)

# SQLSTATE and what to do about it.
_REMEDIES = {
    "28P01": "the password is wrong; where only the owner's is set, `python -m bot migrate` lets the others in",
    "28000": "this login is not there or may not connect; see the server's pg_hba.conf, or `python -m bot migrate`",
    "3D000": "there is no such database; create it first",
    "53300": "the server has no connection left; raise its max_connections or lower BELLHOP_DATABASE_POOL_SIZE",
    "57P03": "the server is starting or stopping; try again in a moment",
    "42P01": "it is not migrated; run `python -m bot migrate` with the owner's BELLHOP_DATABASE_URL",
    "42501": "this login may not do it; BELLHOP_DATABASE_URL has to be the owner's, with CREATEROLE",
    "42704": f"the server lacks Bellhop's roles; {RESTORE_ROLES}",
    "55P03": "somebody holds a table for too long; try again in a moment",
    "57014": "it took too long; raise BELLHOP_DATABASE_STATEMENT_TIMEOUT, or see what keeps the server busy",
}

# A login that sees every hotel, or could, and what to do about it.
POWERFUL = "this login can get around row level security"
WITHOUT_POWER = (
    "give the process one that owns nothing, without SUPERUSER and BYPASSRLS, and in no role that has them"
)


@dataclass(frozen=True, slots=True)
class Logins:
    """How to reach the database: as the owner for migrations (where known), and as the two serving roles."""

    owner: str | None
    app: str
    runtime: str


@contextmanager
def database_logins(settings: Settings, *, alone: bool = False) -> Iterator[Logins]:
    """Return the logins of the database that the settings name, or of an embedded one, run while inside.

    An embedded server that another process of ours runs is used as it is, unless the folder must be ours `alone`:
    then ConfigurationError names the remedy.
    """
    given = settings.database
    if (given.app_url is None) != (given.runtime_url is None):
        raise ConfigurationError(
            "BELLHOP_DATABASE_APP_URL and BELLHOP_DATABASE_RUNTIME_URL belong together: set both, or only "
            "BELLHOP_DATABASE_URL"
        )
    owner = given.url.get_secret_value() if given.url else None
    if given.app_url and given.runtime_url:
        yield Logins(owner, given.app_url.get_secret_value(), given.runtime_url.get_secret_value())
    elif owner:
        yield _derived(owner)
    else:
        folder = settings.process.data_dir / "postgres"
        running = attach(folder)
        if running is not None and alone:
            raise ConfigurationError(
                f"already running on {settings.process.data_dir} (its database is process {running.pid}): stop it "
                "first, or set BELLHOP_DATA_DIR to another folder"
            )
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
    except CommandError:
        raise ConfigurationError(
            "BELLHOP_DATABASE_URL: a newer release has migrated this database: start that one, or restore a backup"
        ) from None
    except FAILURES as error:
        raise _unusable("BELLHOP_DATABASE_URL", error) from None


async def check_serving(database: Database) -> None:
    """Raise ConfigurationError unless both serving logins work on a migrated database and are bound by its walls."""
    variable = "BELLHOP_DATABASE_RUNTIME_URL"
    try:
        hotels = await database.claims.hotels()
        await _check_power(variable, database.runtime)
        variable = "BELLHOP_DATABASE_APP_URL"
        async with database.unit(next(iter(hotels.values()), UUID(int=0))) as uow:
            await uow.knowledge.all()
        await _check_power(variable, database.app)
    except FAILURES as error:
        raise _unusable(variable, error) from None


async def _check_power(variable: str, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        if await is_powerful(connection):
            raise ConfigurationError(f"{variable}: {POWERFUL}: {WITHOUT_POWER}")


def explain(error: BaseException) -> tuple[str, str]:
    """Return what happened and what to do about it, of one of `FAILURES`.

    The driver's own words may hold the address, so only their kind is said.
    """
    wrapped = getattr(error, "orig", None) or error
    cause = wrapped.__cause__ or wrapped
    remedy = _REMEDIES.get(getattr(cause, "sqlstate", None) or "", "is the server running, and the address right?")
    return f"the database can't be used ({type(cause).__name__})", remedy


def _unusable(variable: str, error: BaseException) -> ConfigurationError:
    problem, remedy = explain(error)
    return ConfigurationError(f"{variable}: {problem}: {remedy}")


@asynccontextmanager
async def open_database(settings: Settings, logins: Logins) -> AsyncIterator[Database]:
    """Open the pools of the two serving logins, watched, and close them again."""
    database = Database(
        _engine(settings, logins.app, "app", settings.database.pool_size, waits_for_disk=True),
        # It takes leases and nothing else, and whoever acts on one commits that before the outside hears of it.
        _engine(settings, logins.runtime, "runtime", max(3, settings.database.pool_size // 2), waits_for_disk=False),
    )
    try:
        yield database
    finally:
        await database.close()


def _engine(settings: Settings, url: str, pool: str, size: int, *, waits_for_disk: bool) -> AsyncEngine:
    engine = make_engine(url, size, settings.database.statement_timeout, waits_for_disk=waits_for_disk)
    watch_queries(engine, settings.process.slow_query, pool)
    return engine
