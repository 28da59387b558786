"""The wall between the hotels, read from PostgreSQL's own catalogue; and faults planted to see the checks bite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.bot.storage import checks, expected
from tests.bot.storage.catalogue import Catalogue, read_catalogue
from tests.bot.storage.faults import FAULTS
from tests.databases import Database, connected


@pytest.fixture
async def planting(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's transaction in a migrated database with two months' partitions; nothing of it stays."""
    async with connected(database.admin_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        first = date(2026, 11, 1)
        await connection.execute("SELECT public.ensure_message_partitions($1, $2)", first, first + timedelta(days=40))
        yield connection
        await transaction.rollback()


@pytest.fixture(scope="session")
def migrated(template_database: Database) -> str:
    """The name of the database that the migrations ran in."""
    return make_url(template_database.owner_url).database or ""


@pytest.fixture
async def catalogue(planting: asyncpg.Connection, migrated: str) -> Catalogue:
    return await read_catalogue(planting, migrated)


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
async def test_finds_nothing_wrong_when_the_database_is_migrated(
    catalogue: Catalogue, check: Callable[[Catalogue], list[str]]
) -> None:
    assert check(catalogue) == []


async def test_sees_every_kind_of_thing_when_the_database_is_migrated(catalogue: Catalogue) -> None:
    names = {relation.name for relation in catalogue.relations}
    assert {"public.messages", "public.messages_default", "public.messages_2026_11", "dashboard.audits"} <= names
    assert {relation.kind for relation in catalogue.relations} == {"r", "p", "S"}
    assert len(catalogue.foreign_keys) > 40
    assert len(catalogue.functions) == len(expected.FUNCTIONS)


async def test_lists_no_exception_that_is_not_needed(catalogue: Catalogue) -> None:
    tables = {relation.name: relation for relation in catalogue.relations if relation.is_table}
    assert not [name for name in expected.NO_TENANT if tables[name].has_hotel]
    assert not [name for name in expected.NO_POLICY if tables[name].has_rls]
    indexes = {index.name: index for index in catalogue.indexes}
    assert not [name for name in expected.UNIQUE_WITHOUT_TENANT if "hotel_id" in indexes[name].columns]
    policies = {(policy.table, policy.name) for policy in catalogue.policies}
    assert policies >= expected.EXTRA_POLICIES.keys()


@pytest.mark.parametrize(("fault", "sentence"), FAULTS.items())
async def test_says_so_when_a_fault_is_planted(
    planting: asyncpg.Connection, migrated: str, fault: str, sentence: str
) -> None:
    await planting.execute(fault.replace("DATABASE migrated", f"DATABASE {migrated}"))
    found = checks.violations(await read_catalogue(planting, migrated))
    assert any(sentence in violation for violation in found), found
