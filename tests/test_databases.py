"""The tests' own ground: what one test commits, no other one sees, whoever the given login is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.embedded.address import DATABASE, OWNER
from bot.embedded.postgres import EmbeddedPostgres
from bot.storage import migrations
from tests.databases import Database, TestServer, broom_for, connected

ADD_HOTEL = """
    SELECT set_config('app.hotel_id', 'e3a51c2e-5d3c-4d6f-9a55-0c6f0d6c2f10', false);
    INSERT INTO hotels (id, slug, name, timezone, default_language)
    VALUES ('e3a51c2e-5d3c-4d6f-9a55-0c6f0d6c2f10', 'attic', 'The Attic', 'UTC', 'en');
    INSERT INTO guests (hotel_id, id) VALUES ('e3a51c2e-5d3c-4d6f-9a55-0c6f0d6c2f10', gen_random_uuid())
"""


@pytest.fixture
async def modest_server(tmp_path: Path) -> AsyncIterator[TestServer]:
    """A server where only a login that may make roles and databases, and nothing more, is given."""
    with EmbeddedPostgres(tmp_path, throwaway=True) as server:
        url = make_url(server.superuser_url).set(database="postgres")
        async with connected(url.render_as_string(hide_password=False)) as superuser:
            await superuser.execute(f"DROP DATABASE {DATABASE}")
            await superuser.execute(f"DROP ROLE {OWNER}")
            await superuser.execute("CREATE ROLE modest LOGIN CREATEROLE CREATEDB PASSWORD 'modest'")
        yield TestServer(url.set(username="modest", password="modest").render_as_string(hide_password=False))


async def migrated_hotels(server: TestServer) -> list[int]:
    """Return the number of hotels that their owner sees: after one was added, and after the broom."""
    counts = []
    async with server.new_database() as database:
        await migrations.upgrade(database.owner_url)
        async with broom_for(database) as broom, connected(database.owner_url) as owner:
            await owner.execute(ADD_HOTEL)
            counts.append(await owner.fetchval("SELECT count(*) FROM hotels"))
            await broom.sweep()
            counts.append(await owner.fetchval("SELECT count(*) FROM hotels"))
            assert await owner.fetchval("SELECT count(*) FROM platforms") > 0, "what migrations fill in stays"
            assert await owner.fetchval("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'hotels'")
    return counts


async def test_sweeps_what_a_test_committed_when_the_login_is_a_superuser(
    postgres: TestServer, template_database: Database
) -> None:
    assert await migrated_hotels(postgres) == [1, 0]


async def test_sweeps_what_a_test_committed_when_the_login_may_only_make_roles_and_databases(
    modest_server: TestServer,
) -> None:
    await modest_server.provision_owner()
    await modest_server.provision_owner()
    assert await migrated_hotels(modest_server) == [1, 0]
