from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.config import Settings, load_settings
from bot.database import Logins, check_serving, database_logins, open_database, prepare_database
from bot.errors import ConfigurationError
from bot.storage import migrations
from bot.storage.engine import owner_connection
from tests.databases import Database, TestServer, connected

# The lock by which one process migrates at a time, and whether somebody waits for it longer than for any other lock.
MIGRATING = 7_230_411
WAITS_FOR_LONG = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'
        AND clock_timestamp() - query_start > '2.1 s')
"""
OWNER = "postgresql://owner:secret@127.0.0.1:1/bellhop"


def settings_of(**variables: str) -> Settings:
    return load_settings({f"BELLHOP_{name}": value for name, value in variables.items()})


def serving(database: Database) -> tuple[Settings, Logins]:
    settings = settings_of(
        DATABASE_URL=database.owner_url, DATABASE_APP_URL=database.app_url, DATABASE_RUNTIME_URL=database.runtime_url
    )
    with database_logins(settings) as logins:
        return settings, logins


def test_derives_the_serving_logins_when_only_the_owners_is_set() -> None:
    with database_logins(settings_of(DATABASE_URL=OWNER)) as logins:
        app, runtime = make_url(logins.app), make_url(logins.runtime)
    assert (app.username, runtime.username) == ("bellhop_app", "bellhop_runtime")
    assert len({"secret", str(app.password), str(runtime.password)}) == 3


@pytest.mark.parametrize("name", ["DATABASE_APP_URL", "DATABASE_RUNTIME_URL"])
@pytest.mark.parametrize("owner", [{}, {"DATABASE_URL": OWNER}])
def test_wants_both_serving_logins_when_one_is_set(name: str, owner: dict[str, str]) -> None:
    with (
        pytest.raises(ConfigurationError, match="belong together"),
        database_logins(settings_of(**owner, **{name: OWNER})),
    ):
        pytest.fail("one alone can't serve")


async def test_runs_and_shares_an_embedded_server_when_no_address_is_set(tmp_path: Path) -> None:
    settings = settings_of(DATA_DIR=str(tmp_path))
    with database_logins(settings) as first, database_logins(settings) as second:
        assert first == second
        await prepare_database(first, settings)
        async with open_database(settings, first) as database:
            await check_serving(database)


def test_names_the_other_process_when_the_embedded_server_is_to_be_ours_alone(tmp_path: Path) -> None:
    settings = settings_of(DATA_DIR=str(tmp_path))
    with (
        database_logins(settings, alone=True) as first,
        pytest.raises(ConfigurationError, match=r"already running on .*: stop it first, or set BELLHOP_DATA_DIR"),
        database_logins(settings, alone=True),
    ):
        pytest.fail("two are not alone")
    with database_logins(settings, alone=True) as again:
        assert make_url(again.app).username == make_url(first.app).username


async def test_migrates_and_lets_the_roles_in_when_the_database_is_new(postgres: TestServer) -> None:
    await postgres.provision_owner()
    async with postgres.new_database() as new:
        settings = settings_of(DATABASE_URL=new.owner_url)
        async with postgres.taking_turns():
            with database_logins(settings) as logins:
                await prepare_database(logins, settings)
                await prepare_database(logins, settings)
        async with open_database(settings, logins) as database:
            await check_serving(database)
        assert await migrations.current(new.owner_url) == migrations.head()


async def test_names_the_newer_release_when_it_has_migrated_the_database(new_database: Database) -> None:
    settings, logins = serving(new_database)
    async with owner_connection(new_database.owner_url) as owner:
        await owner.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_future'")
        await owner.commit()
    with pytest.raises(ConfigurationError, match="a newer release has migrated this database"):
        await prepare_database(logins, settings)


async def test_names_the_missing_right_when_the_owner_may_make_no_roles(postgres: TestServer) -> None:
    await postgres.provision_owner()
    async with postgres.new_database() as new, connected(new.admin_url) as admin:
        name = make_url(new.owner_url).database
        await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'weak'")
        url = make_url(new.owner_url).set(username=name, password="weak").render_as_string(hide_password=False)
        settings = settings_of(DATABASE_URL=url)
        try:
            with (
                pytest.raises(ConfigurationError, match=r"BELLHOP_DATABASE_URL: .* CREATEROLE"),
                database_logins(settings) as logins,
            ):
                await prepare_database(logins, settings)
        finally:
            await admin.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.mark.parametrize(("login", "variable"), [("app", "APP"), ("runtime", "RUNTIME")])
async def test_names_the_login_when_it_can_not_serve(clean_database: Database, login: str, variable: str) -> None:
    wrong = make_url(clean_database.app_url).set(password="geheim").render_as_string(hide_password=False)
    urls = {"app": clean_database.app_url, "runtime": clean_database.runtime_url, login: wrong}
    if login == "runtime":
        urls["runtime"] = wrong.replace("bellhop_app", "bellhop_runtime")
    settings, _ = serving(clean_database)
    async with open_database(settings, Logins(None, urls["app"], urls["runtime"])) as database:
        with pytest.raises(ConfigurationError, match=f"BELLHOP_DATABASE_{variable}_URL: .*password") as refusal:
            await check_serving(database)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("variable", ["APP", "RUNTIME"])
@pytest.mark.parametrize("whose", ["admin_url", "owner_url"])
async def test_refuses_to_serve_by_a_login_that_could_see_every_hotel(
    clean_database: Database, variable: str, whose: str
) -> None:
    settings, logins = serving(clean_database)
    powerful = replace(logins, **{variable.lower(): getattr(clean_database, whose)})
    async with open_database(settings, powerful) as database:
        with pytest.raises(
            ConfigurationError, match=f"BELLHOP_DATABASE_{variable}_URL: .* around row level security"
        ):
            await check_serving(database)


async def test_waits_for_its_turn_when_another_process_migrates_for_long(new_database: Database) -> None:
    settings, logins = serving(new_database)
    async with connected(new_database.owner_url) as first, connected(new_database.admin_url) as onlooker:
        await first.execute(f"SELECT pg_advisory_lock({MIGRATING})")
        second = asyncio.create_task(prepare_database(logins, settings))
        while not await onlooker.fetchval(WAITS_FOR_LONG):
            assert not second.done(), "gave up"
        await first.execute(f"SELECT pg_advisory_unlock({MIGRATING})")
        await second


async def test_says_that_somebody_is_in_the_way_when_a_table_is_held_while_it_migrates(postgres: TestServer) -> None:
    await postgres.provision_owner()
    async with postgres.new_database() as new, postgres.taking_turns():
        settings, logins = serving(new)
        await migrations.upgrade(new.owner_url, "0001_tables")
        async with connected(new.owner_url) as reader, reader.transaction():
            await reader.execute("SELECT FROM guests")
            with pytest.raises(ConfigurationError, match="somebody holds a table for too long; try again"):
                await prepare_database(logins, settings)


async def test_says_how_to_restore_when_the_servers_roles_are_missing(
    new_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.engine.APP_ROLE", "bellhop_lost")
    settings = settings_of(DATABASE_URL=new_database.owner_url)
    with (
        pytest.raises(ConfigurationError, match="lacks Bellhop's roles; first restore the roles"),
        database_logins(settings) as logins,
    ):
        await prepare_database(logins, settings)


async def test_changes_nothing_when_the_owner_is_not_known(clean_database: Database) -> None:
    settings, logins = serving(clean_database)
    await prepare_database(Logins(None, logins.app, logins.runtime), settings)
    async with open_database(settings, logins) as database:
        await check_serving(database)
