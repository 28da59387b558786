"""The application's login in one hotel, attacking the other one: it gets nothing and changes nothing."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import Table, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.storage.transactions import driver_of
from models import ChannelAccount, Company, Guest, Hotel
from tests.bot.storage import expected
from tests.bot.storage.attacks import Attack, Make, Outcome, additions, changes, pointers, reads
from tests.bot.storage.catalogue import Grant
from tests.bot.storage.conftest import Street
from tests.bot.storage.twins import TENANT_TABLES, Twin
from tests.databases import connected


def reveals(shown: object, twin: Twin) -> list[str]:
    """Return what of a hotel can be seen in something."""
    return [trace for trace in twin.traces() if trace in str(shown)]


def may(table: Table, right: str) -> bool:
    """Whether the application's role has this privilege."""
    name = table.fullname if table.schema else f"public.{table.name}"
    return Grant(expected.APP, "table", name, "", right) in expected.expected_grants()


async def carry_out(street: Street, attack: Attack) -> tuple[Outcome, list[Any]]:
    """Return what came of an attack; fails when anything of theirs was shown or changed."""
    async with street.attack() as connection:
        savepoint = await connection.begin_nested()
        try:
            result = await connection.execute(attack.statement)
            rows = list(result.all()) if result.returns_rows else [()] * result.rowcount
        except DBAPIError as error:
            await savepoint.rollback()
            return Outcome(getattr(error.orig, "sqlstate", "")), []
        assert not reveals(rows, street.theirs)
        return (Outcome.own if rows else Outcome.nothing), rows


@pytest.mark.parametrize("make", [reads, changes, additions, pointers])
@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
async def test_gets_nothing_when_one_hotel_attacks_another(street: Street, table: Table, make: Make) -> None:
    came_of = {}
    attacks = list(make(table, street.mine, street.theirs))
    for attack in attacks:
        came_of[attack.name], _ = await carry_out(street, attack)
    assert came_of == {a.name: a.outcome if may(table, a.right) else Outcome.denied for a in attacks}


async def test_finds_twins_when_it_looks_at_the_keys_within_a_hotel(street: Street) -> None:
    same = {
        table: [name for name, value in row.items() if value == street.theirs.rows[table][name] == "twin"]
        for table, row in street.mine.rows.items()
    }
    assert same["guest_identities"] == ["value"]
    assert same["inbox_events"] == ["kind", "event_id"]
    assert {"users", "stays", "chats", "knowledge_items", "triggers"} <= {name for name, keys in same.items() if keys}


async def test_keeps_both_rows_when_two_hotels_use_the_same_id(street: Street) -> None:
    theirs = street.theirs.rows["guests"]["id"]
    guest = insert(Guest).values(hotel_id=street.mine.hotel_id, id=theirs, name="mine")
    async with street.attack() as connection:
        assert (await connection.execute(guest.on_conflict_do_nothing())).rowcount == 1
        names = await connection.execute(select(Guest.name).where(Guest.id == theirs))
        assert names.scalars().all() == ["mine"]


STATEMENTS = {
    "SET ROLE bellhop_owner": "42501",
    "SET ROLE bellhop_runtime": "42501",
    "SET ROLE bellhop_dashboard": "42501",
    "SET SESSION AUTHORIZATION bellhop_owner": "42501",
    "SELECT set_config('role', 'bellhop_owner', true)": "42501",
    "SET LOCAL row_security = off; SELECT count(*) FROM guests": "42501",
    "ALTER ROLE bellhop_app BYPASSRLS": "42501",
    "GRANT bellhop_owner TO bellhop_app": "42501",
    "CREATE ROLE intruder": "42501",
    "ALTER TABLE guests DISABLE ROW LEVEL SECURITY": "42501",
    "DROP POLICY hotel_isolation ON guests": "42501",
    "CREATE POLICY mine ON guests USING (true)": "42501",
    "ALTER POLICY hotel_isolation ON guests USING (true)": "42501",
    "CREATE TRIGGER t AFTER INSERT ON guests EXECUTE FUNCTION suppress_redundant_updates_trigger()": "42501",
    "CREATE RULE r AS ON INSERT TO guests DO ALSO NOTHING": "42501",
    "CREATE TABLE public.loot (id int)": "42501",
    "CREATE TABLE dashboard.loot (id int)": "42501",
    "CREATE VIEW public.loot AS SELECT * FROM guests": "42501",
    "CREATE FUNCTION public.peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'": "42501",
    "CREATE SCHEMA loot": "42501",
    "CREATE PUBLICATION loot FOR TABLE guests": "42501",
    "CREATE STATISTICS loot ON name, language FROM guests": "42501",
    "SELECT ensure_message_partitions('2027-01-01', '2027-01-02')": "42501",
    "SELECT isolate_partition('guests')": "42501",
    "SELECT drop_oldest_month(1)": "42501",
    "SELECT forget_old(gen_random_uuid(), 1, 1)": "42501",
    "SELECT nextval('outbox_id_seq')": "42501",
    "SELECT last_value FROM inbox_events_id_seq": "42501",
    "SELECT * FROM alembic_version": "42501",
    "SELECT * FROM pg_authid": "42501",
    "SELECT * FROM pg_statistic": "42501",
    "SELECT pg_read_file('postgresql.conf')": "42501",
    "SELECT * FROM pg_ls_dir('.')": "42501",
    "ALTER SYSTEM SET work_mem = '1GB'": "25001",
    "COPY guests TO '/dev/null'": "42501",
    "COPY guests TO PROGRAM 'cat'": "42501",
    "COPY guests FROM PROGRAM 'echo'": "42501",
}


@pytest.mark.parametrize(("statement", "state"), STATEMENTS.items())
async def test_is_refused_when_it_wants_more_than_rows(street: Street, statement: str, state: str) -> None:
    assert await state_of(street, statement) == state


@pytest.mark.parametrize("partition", ["messages_2026_11", "messages_2026_12", "messages_default"])
async def test_is_refused_when_a_partition_is_named(street: Street, partition: str) -> None:
    statements = (
        f"SELECT * FROM {partition}",
        f"SELECT count(*) FROM ONLY {partition}",
        f"INSERT INTO {partition} SELECT * FROM messages",
        f"UPDATE {partition} SET content = content",
        f"DELETE FROM {partition}",
        f"TRUNCATE {partition}",
        f"COPY {partition} TO '/dev/null'",
        f"ALTER TABLE messages DETACH PARTITION {partition}",
    )
    assert {statement: await state_of(street, statement) for statement in statements} == dict.fromkeys(
        statements, "42501"
    )


async def state_of(street: Street, statement: str) -> str | None:
    """Return the SQLSTATE of what a statement of mine ends with."""
    async with street.attack() as connection:
        try:
            async with connection.begin_nested():
                await driver_of(connection).execute(statement)
        except asyncpg.PostgresError as error:
            return error.sqlstate
    return None


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
async def test_gets_own_rows_only_when_tables_are_copied_in_and_out(street: Street, table: Table) -> None:
    async with street.attack() as connection:
        driver, out = driver_of(connection), io.BytesIO()
        await driver.copy_from_query(f"SELECT * FROM {table.fullname}", output=out)
        assert str(street.mine.hotel_id).encode() in out.getvalue()
        assert not reveals(out.getvalue(), street.theirs)
        out.seek(0)
        with pytest.raises(asyncpg.PostgresError) as refused:
            async with connection.begin_nested():
                await driver.copy_to_table(table.name, schema_name=table.schema or "public", source=out)
        assert refused.value.sqlstate == "0A000", "COPY FROM does not work where policies are"


async def test_sees_no_value_of_theirs_when_an_error_repeats_what_it_read(street: Street) -> None:
    leaky = "SELECT * FROM guests WHERE hotel_id <> current_setting('app.hotel_id')::uuid AND name::int = 1"
    assert await state_of(street, leaky) is None
    async with street.attack() as connection:
        with pytest.raises(DBAPIError) as error:
            async with connection.begin_nested():
                await connection.execute(text("SELECT * FROM guests WHERE name::int = 1"))
        assert street.mine.mark in str(error.value)
        assert not reveals(error.value, street.theirs)


async def test_sees_no_value_of_theirs_when_the_planner_has_seen_them(street: Street) -> None:
    async with connected(street.urls.owner_url) as owner:
        await owner.execute("ANALYZE")
    async with street.attack() as connection:
        for view in ("pg_stats", "pg_stats_ext", "pg_stat_activity", "pg_prepared_statements"):
            shown = (await connection.execute(text(f"SELECT row::text FROM {view} AS row"))).all()
            assert street.theirs.mark not in str(shown)


@pytest.mark.parametrize("hotel", [None, "", str(UUID(int=0))])
async def test_sees_nothing_when_no_hotel_is_bound(street: Street, hotel: str | None) -> None:
    async with connected(street.urls.app_url) as fresh:
        if hotel is not None:
            await fresh.execute("SELECT set_config('app.hotel_id', $1, false)", hotel)
        assert {t.name: await fresh.fetch(f"SELECT * FROM {t.fullname}") for t in TENANT_TABLES} == {
            table.name: [] for table in TENANT_TABLES
        }
        assert await fresh.fetch("SELECT * FROM companies") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fresh.execute("INSERT INTO guests (hotel_id, id) VALUES ($1, $1)", street.theirs.hotel_id)


@pytest.mark.parametrize("hotel", ["x", "' OR true --", "00000000-0000-0000-0000-00000000000", "null", "{}", "*"])
async def test_sees_nothing_when_the_bound_hotel_is_garbage(street: Street, hotel: str) -> None:
    async with connected(street.urls.app_url) as fresh:
        await fresh.execute("SELECT set_config('app.hotel_id', $1, false)", hotel)
        for table in TENANT_TABLES:
            with pytest.raises(asyncpg.InvalidTextRepresentationError):
                await fresh.fetch(f"SELECT * FROM {table.fullname}")


async def test_learns_only_that_a_key_is_taken_when_it_is_unique_over_all_hotels(street: Street) -> None:
    """The existence oracles; the catalogue test holds the same list against every index there is."""
    collisions = {
        "uq_hotels_slug": update(Hotel).values(slug=street.theirs.rows["hotels"]["slug"]),
        "uq_companies_name": insert(Company).values(id=uuid4(), name=street.theirs.rows["companies"]["name"]),
        "pk_companies": insert(Company).values(id=street.theirs.rows["companies"]["id"], name="new"),
        "uq_channel_accounts_platform_address": update(ChannelAccount).values(
            address=street.theirs.rows["channel_accounts"]["address"]
        ),
        "uq_channel_accounts_webhook_key_hash": update(ChannelAccount).values(
            webhook_key_hash=street.theirs.rows["channel_accounts"]["webhook_key_hash"]
        ),
    }
    for constraint, statement in collisions.items():
        async with street.attack() as connection:
            with pytest.raises(IntegrityError, match=constraint) as taken:
                async with connection.begin_nested():
                    await connection.execute(statement)
            assert street.theirs.rows["guests"]["name"] not in str(taken.value)
    listed = {name.removeprefix("public.") for name in expected.UNIQUE_WITHOUT_TENANT}
    assert listed - collisions.keys() == {"pk_hotels", "pk_platforms", "alembic_version_pkc"}
