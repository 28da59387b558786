"""Each migration by itself, with people living in the house, and the models as a second opinion on the whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.schema import CreateSchema

from bot.storage import migrations
from bot.storage.engine import owner_connection, provision_logins
from models import Base
from tests.bot.storage.twins import TABLES, Twin
from tests.databases import Database, TestServer, connected, open_storage
from tests.migrations.test_up_and_down import schema_of

REVISIONS = [
    script.revision for script in reversed(list(ScriptDirectory.from_config(migrations.config()).walk_revisions()))
]


@pytest.fixture
async def empty_database(postgres: TestServer, template_database: Database) -> AsyncIterator[Database]:
    """A database that was never migrated, on a server whose roles are there, alone with the roles."""
    async with postgres.new_database() as database, postgres.taking_turns():
        yield database


@pytest.fixture
async def inhabited(new_database: Database) -> Database:
    """A migrated database with a month's partition, where two hotels have a row in every table."""
    storage = open_storage(new_database)
    await storage.claims.ensure_partitions(date(2026, 12, 1), date(2026, 12, 1))
    for twin in (Twin("zqone"), Twin("zqtwo")):
        async with storage.unit(twin.hotel_id) as uow:
            await twin.move_in(uow.connection)
    await storage.close()
    return new_database


async def rows_in(database: Database) -> dict[str, int]:
    """Return how many rows every table has, whatever the policies say."""
    async with connected(database.admin_url) as admin:
        return {t.fullname: await admin.fetchval(f"SELECT count(*) FROM {t.fullname}") for t in TABLES}


def _qualified(name: str) -> str:
    return name if "." in name else f"public.{name}"


def _slow_but_for(*at_once: str) -> list[Any]:
    """Return every revision; all but these wait for the slower suite."""
    return [pytest.param(each, marks=() if each in at_once else pytest.mark.slow) for each in REVISIONS]


def test_have_one_line_of_history() -> None:
    scripts = ScriptDirectory.from_config(migrations.config())
    assert scripts.get_heads() == [migrations.head()]
    assert scripts.get_bases() == REVISIONS[:1]


@pytest.mark.parametrize("revision", _slow_but_for(REVISIONS[-1]))
async def test_leave_nothing_behind_when_one_is_run_down_and_up(empty_database: Database, revision: str) -> None:
    url, number = empty_database.owner_url, REVISIONS.index(revision)
    if number:
        await migrations.upgrade(url, REVISIONS[number - 1])
    before = schema_of(empty_database)
    await migrations.upgrade(url, REVISIONS[number])
    after = schema_of(empty_database)
    assert after != before
    await migrations.downgrade(url, REVISIONS[number - 1] if number else "base")
    gone = schema_of(empty_database)
    assert gone == before or number == 0, "what alembic itself keeps stays"
    await migrations.upgrade(url, REVISIONS[number])
    assert schema_of(empty_database) == after


# The whole way, and the newest step.
@pytest.mark.parametrize("revision", _slow_but_for(REVISIONS[0], REVISIONS[-2]))
async def test_keep_every_row_when_run_down_and_up_in_an_inhabited_house(
    postgres: TestServer, inhabited: Database, revision: str
) -> None:
    rows, schema = await rows_in(inhabited), schema_of(inhabited)
    assert set(rows.values()) == {2}
    async with postgres.taking_turns():
        await migrations.downgrade(inhabited.owner_url, revision)
        kept = {name for name in rows if f"CREATE TABLE {_qualified(name)} " in schema_of(inhabited)}
        await migrations.upgrade(inhabited.owner_url)
        await provision_logins(inhabited.owner_url)
    # What is in a table goes with the table where the older schema has none.
    assert await rows_in(inhabited) == {name: count if name in kept else 0 for name, count in rows.items()}
    assert {"hotels", "guests", "stays", "messages", "triggers", "dashboard.audits"} <= kept
    assert schema_of(inhabited) == schema


async def test_empty_the_house_when_run_down_to_the_ground(postgres: TestServer, inhabited: Database) -> None:
    async with postgres.taking_turns():
        await migrations.downgrade(inhabited.owner_url)
        assert "CREATE TABLE public.hotels" not in schema_of(inhabited)
        await migrations.upgrade(inhabited.owner_url)
        await provision_logins(inhabited.owner_url)
    assert set((await rows_in(inhabited)).values()) == {0}


async def test_say_the_same_as_the_models_when_both_build_the_tables(
    postgres: TestServer, empty_database: Database
) -> None:
    """Finer than autogenerate, which looks at no checks, no identities and no partitioning."""

    def build(connection: Connection) -> None:
        connection.execute(CreateSchema("dashboard"))
        Base.metadata.create_all(connection)

    await migrations.upgrade(empty_database.owner_url)
    async with postgres.new_database() as modelled:
        async with owner_connection(modelled.owner_url) as connection:
            await connection.run_sync(build)
            await connection.execute(text("CREATE TABLE messages_default PARTITION OF messages DEFAULT"))
            await connection.commit()
        assert await description_of(modelled) == await description_of(empty_database)


async def description_of(database: Database) -> list[asyncpg.Record]:
    """Return every column, constraint and index, without the order that columns happen to have."""
    async with connected(database.owner_url) as connection:
        return await connection.fetch("""
            SELECT attrelid::regclass::text, attname::text, concat_ws(' ',
                format_type(atttypid, atttypmod), attnotnull, attidentity, pg_get_expr(adbin, adrelid)) AS what
            FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p')
                AND relnamespace IN ('public'::regnamespace, 'dashboard'::regnamespace))
                AND attrelid <> coalesce(to_regclass('alembic_version'), 0)
            UNION ALL
            SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace IN ('public'::regnamespace, 'dashboard'::regnamespace) AND contype <> 'n'
                AND conrelid <> coalesce(to_regclass('alembic_version'), 0)
            UNION ALL
            SELECT schemaname::text || tablename::text, indexname::text, indexdef FROM pg_indexes
            WHERE schemaname IN ('public', 'dashboard') AND tablename <> 'alembic_version'
            UNION ALL
            SELECT partrelid::regclass::text, 'partitioned by', pg_get_partkeydef(partrelid)
            FROM pg_partitioned_table
            ORDER BY 1, 2, 3
        """)
