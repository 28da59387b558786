"""The runtime sees all hotels' ids and no word of any; the dashboard reads one hotel and writes its own schema."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import Table

from tests.bot.storage import expected
from tests.bot.storage.conftest import Street
from tests.bot.storage.twins import TABLES, TENANT_TABLES
from tests.databases import connected


def public(table: Table) -> str:
    return table.fullname if table.schema else f"public.{table.name}"


async def refusals(connection: asyncpg.Connection, statements: list[str]) -> list[str]:
    """Return the statements that were not denied."""
    let_through = []
    for statement in statements:
        try:
            async with connection.transaction():
                await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            continue
        let_through.append(statement)
    return let_through


@pytest.fixture
async def runtime(street: Street) -> AsyncIterator[asyncpg.Connection]:
    async with connected(street.urls.runtime_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()


@pytest.fixture
async def dashboard(street: Street) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of the dashboard's role, bound to mine; nobody logs in by it yet."""
    async with connected(street.urls.admin_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SET LOCAL ROLE bellhop_dashboard")
        await connection.execute("SELECT set_config('app.hotel_id', $1, true)", str(street.mine.hotel_id))
        yield connection
        await transaction.rollback()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_shows_the_runtime_ids_only_when_it_reads(runtime: asyncpg.Connection, table: Table) -> None:
    readable = expected.RUNTIME_READS.get(public(table), "").split()
    hidden = [column.name for column in table.columns if column.name not in readable]
    reads = [f"SELECT {column} FROM {table.fullname}" for column in hidden]
    reads += [f"SELECT count(*) FROM {table.fullname} WHERE {column} IS NOT NULL" for column in hidden]
    reads += [f"SELECT 1 FROM {table.fullname} ORDER BY {column}" for column in hidden]
    whole = [f"SELECT * FROM {table.fullname}", f"SELECT row::text FROM {table.fullname} AS row"]
    assert await refusals(runtime, [*reads, *(whole if hidden else [])]) == []
    for column in readable:
        assert len(await runtime.fetch(f"SELECT {column} FROM {table.fullname}")) == 2, "both hotels' rows"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_lets_the_runtime_change_leases_only_when_it_writes(runtime: asyncpg.Connection, table: Table) -> None:
    leases = expected.RUNTIME_LEASES.get(public(table), "").split()
    fixed = [column.name for column in table.columns if column.name not in leases]
    writes = [f"UPDATE {table.fullname} SET {column} = DEFAULT" for column in fixed]
    writes += [
        f"DELETE FROM {table.fullname}",
        f"TRUNCATE {table.fullname}",
        f"INSERT INTO {table.fullname} DEFAULT VALUES",
    ]
    writes += [f"UPDATE {table.fullname} SET {lease} = {lease} RETURNING *" for lease in leases]
    assert await refusals(runtime, writes) == []
    for lease in leases:
        assert await runtime.execute(f"UPDATE {table.fullname} SET {lease} = {lease}") == "UPDATE 2"


async def test_shows_the_runtime_no_statistics_when_the_planner_has_some(street: Street) -> None:
    async with connected(street.urls.owner_url) as owner, connected(street.urls.runtime_url) as runtime:
        await owner.execute("ANALYZE")
        shown = await runtime.fetch("SELECT row::text FROM pg_stats AS row WHERE schemaname = 'public'")
    assert street.theirs.mark not in str(shown)


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
async def test_shows_the_dashboard_its_own_hotel_when_it_reads(
    street: Street, dashboard: asyncpg.Connection, table: Table
) -> None:
    secret = {
        "integrations": {"credentials_encrypted", "encryption_key_id"},
        "users": {"password_hash"},
        "inbox_events": {"payload", "event_id"},
        "outbox": {"content"},
        "api_keys": {"key_hash"},
        "api_requests": {"idempotency_key", "body_hash"},
    }.get(table.name, set[str]())
    reads = [f"SELECT {column} FROM {table.fullname}" for column in secret]
    assert await refusals(dashboard, [*reads, *([f"SELECT * FROM {table.fullname}"] if secret else [])]) == []
    if not secret:
        (row,) = await dashboard.fetch(f"SELECT row::text FROM {table.fullname} AS row")
        assert not [trace for trace in street.theirs.traces() if trace in str(row)]


@pytest.mark.parametrize("table", [t for t in TABLES if t.schema is None], ids=lambda table: table.name)
async def test_refuses_the_dashboard_when_it_writes_the_hotels_tables(
    dashboard: asyncpg.Connection, table: Table
) -> None:
    writes = [f"UPDATE {table.fullname} SET {column.name} = DEFAULT" for column in table.columns]
    writes += [
        f"DELETE FROM {table.fullname}",
        f"TRUNCATE {table.fullname}",
        f"INSERT INTO {table.fullname} DEFAULT VALUES",
    ]
    assert await refusals(dashboard, [*writes, "CREATE TABLE public.loot ()", "CREATE TABLE dashboard.loot ()"]) == []


async def test_lets_the_dashboard_add_to_its_own_trail_only_when_it_audits(
    street: Street, dashboard: asyncpg.Connection
) -> None:
    add = (
        "INSERT INTO dashboard.audits (hotel_id, id, action, description, created_at)"
        " VALUES ('{}', gen_random_uuid(), 'login', 'x', now())"
    )
    await dashboard.execute(add.format(street.mine.hotel_id))
    refused = [
        add.format(street.theirs.hotel_id),
        "DELETE FROM dashboard.audits",
        "UPDATE dashboard.audits SET action = ''",
    ]
    assert await refusals(dashboard, refused) == []
