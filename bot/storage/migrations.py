"""Brings a database to the schema of this release, as its owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.storage.engine import owner_connection

SCRIPTS = Path(__file__).parents[2] / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Return alembic's configuration; there is no alembic.ini, the address comes from our settings."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    return config


def head() -> str:
    """Return the newest revision that this release knows."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    assert revision is not None, "the release ships migrations"
    return revision


async def upgrade(owner_url: str, revision: str = "head") -> None:
    """Migrate the database at `owner_url` up to `revision`; does nothing when it is there already."""
    await _run(owner_url, lambda config: command.upgrade(config, revision))


async def downgrade(owner_url: str, revision: str = "base") -> None:
    """Migrate the database at `owner_url` down to `revision`; `base` empties it."""
    await _run(owner_url, lambda config: command.downgrade(config, revision))


async def current(owner_url: str) -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    async with owner_connection(owner_url) as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def _run(owner_url: str, migrate: Callable[[Config], None]) -> None:
    async with owner_connection(owner_url) as connection:
        await connection.run_sync(lambda sync: migrate(config(sync)))
