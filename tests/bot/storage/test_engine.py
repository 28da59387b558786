"""How the process reaches PostgreSQL, as whom, and what it makes of the database's bad moments."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.engine import APP_ROLE, RUNTIME_ROLE, driver_url, login_url, make_engine, role_password
from bot.storage.failures import is_overload, is_passing
from tests.bot.storage.conftest import Street
from tests.bot.storage.houses import House
from tests.bot.storage.twins import NOW
from tests.databases import Database, connected, open_storage

_WAITING = text("SELECT id FROM outbox WHERE state = 'queued' AND not_before <= :now ORDER BY hotel_id, account_id")
_ROWS_READ = text("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'outbox'")
_DONE_LONG_AGO = """
    INSERT INTO outbox (hotel_id, account_id, chat_id, purpose, content, correlation_id, created_at, not_before,
                        not_after, state, attempts, sent_at)
    SELECT $1, $2, $3, 'reply', '{}', 'c', now(), now(), now(), 'sent', 1, now() FROM generate_series(1, 5000)
"""


def test_takes_any_postgres_address_when_it_is_given() -> None:
    url = driver_url("postgres://anna:geheim@db.example:6432/desk?sslmode=require&application_name=x")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://anna:geheim@db.example:6432/desk?application_name=x&ssl=require"
    )
    assert driver_url("postgresql://anna@db/desk").query == {}


def test_gives_each_role_its_own_password_when_the_owner_has_one() -> None:
    app, runtime = (make_url(login_url("postgresql://o:p%40ss@db/desk", role)) for role in (APP_ROLE, RUNTIME_ROLE))
    assert (app.username, app.database, app.host) == ("bellhop_app", "desk", "db")
    assert len({app.password, runtime.password, "p@ss", role_password("other", APP_ROLE)}) == 4
    assert make_url(login_url("postgresql://o@db/desk", APP_ROLE)).password is None


async def test_lets_the_roles_in_by_their_derived_passwords_only(street: Street) -> None:
    async with connected(street.urls.app_url) as app:
        assert await app.fetchval("SELECT session_user") == "bellhop_app"
    async with connected(street.urls.admin_url) as admin:
        method = await admin.fetchval("SELECT auth_method FROM pg_hba_file_rules WHERE type = 'host' LIMIT 1")
        verifier = await admin.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = 'bellhop_app'")
    assert verifier.startswith("SCRAM-SHA-256$4096:")
    if method != "trust":
        wrong = make_url(street.urls.app_url).set(password="wrong").render_as_string(hide_password=False)
        with pytest.raises(asyncpg.InvalidPasswordError):
            async with connected(wrong):
                pass


async def test_ends_statements_and_idle_transactions_when_they_take_too_long(database: Database) -> None:
    engine = make_engine(database.app_url, 1, timedelta(milliseconds=200))
    async with engine.connect() as connection:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone")
        shown = [(await connection.execute(text(f"SHOW {name}"))).scalar_one() for name in names]
        assert shown == ["200ms", "2s", "5s", "UTC"]
        with pytest.raises(DBAPIError) as slow:
            await connection.execute(text("SELECT pg_sleep(10)"))
        assert not is_passing(slow.value), "the same statement would take as long again"
    await engine.dispose()


@pytest.mark.parametrize("waits", [True, False])
async def test_commits_wait_for_the_disk_when_they_are_promises(new_database: Database, waits: bool) -> None:
    async with connected(new_database.admin_url) as admin:
        name = await admin.fetchval("SELECT current_database()")
        await admin.execute(f"ALTER ROLE bellhop_runtime IN DATABASE {name} SET synchronous_commit = remote_apply")
    engine = make_engine(new_database.runtime_url, 1, timedelta(seconds=5), waits_for_disk=waits)
    async with engine.connect() as connection:
        shown = (await connection.execute(text("SHOW synchronous_commit"))).scalar_one()
    await engine.dispose()
    assert shown == ("remote_apply" if waits else "off")


async def test_calls_a_lost_connection_passing_and_a_wrong_value_not(street: Street) -> None:
    storage = open_storage(street.urls, pool_size=1)
    async with storage.app.connect() as connection, connected(street.urls.admin_url) as admin:
        pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await admin.execute("SELECT pg_terminate_backend($1)", pid)
        with pytest.raises(DBAPIError) as lost:
            await connection.execute(text("SELECT 1"))
    assert is_passing(lost.value)
    async with storage.unit(street.mine.hotel_id) as uow:
        assert (await uow.hotels.get()).id == street.mine.hotel_id, "the next checkout gets a new connection"
    async with street.attack() as connection:
        statement = text("UPDATE triggers SET number = NULL")
        with pytest.raises(IntegrityError) as taken:
            async with connection.begin_nested():
                await connection.execute(statement)
    assert not is_passing(taken.value)
    await storage.close()


@pytest.mark.parametrize(
    ("error", "passing"),
    [(OSError(), True), (TimeoutError(), True), (PoolTimeout(), True), (ValueError(), False), (KeyError(), False)],
)
def test_tells_the_databases_moments_from_our_mistakes(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing


async def test_a_loop_goes_on_when_a_statement_was_too_slow_for_once(database: Database) -> None:
    engine = make_engine(database.app_url, 1, timedelta(milliseconds=50))
    try:
        with pytest.raises(DBAPIError) as slow:
            async with engine.begin() as connection:
                await connection.execute(text("SELECT pg_sleep(1)"))
    finally:
        await engine.dispose()
    assert is_overload(slow.value)
    assert not is_overload(ValueError("a mistake of ours"))


async def test_reads_only_what_waits_when_a_queue_grew_under_an_open_connection(new_database: Database) -> None:
    storage = open_storage(new_database)
    house = await House(storage).build(1)
    engine = make_engine(new_database.runtime_url, 1, timedelta(seconds=5))
    async with connected(new_database.admin_url) as admin, engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await admin.execute("VACUUM (ANALYZE) outbox")
        for _ in range(10):  # from its sixth time on the server may keep one plan for a statement
            assert (await connection.execute(_WAITING, {"now": NOW})).all() == []
        waiting = await house.post("asks")
        await admin.execute(_DONE_LONG_AGO, house.hotel_id, house.account_id, house.chats[0])
        before = await _rows_read_one_by_one(connection)
        assert [row.id for row in await connection.execute(_WAITING, {"now": NOW})] == [waiting]
        assert await _rows_read_one_by_one(connection) == before
    await engine.dispose()
    await storage.close()


async def _rows_read_one_by_one(connection: AsyncConnection) -> int:
    await connection.execute(text("SELECT pg_stat_force_next_flush()"))
    return int((await connection.execute(_ROWS_READ)).scalar_one())
