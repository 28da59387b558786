"""Databases for tests: made from a template, emptied between tests, dropped at the end."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import asyncpg
from sqlalchemy import URL, make_url

from bot.embedded.address import OWNER
from bot.storage.engine import APP_ROLE, RUNTIME_ROLE, login_url, make_engine
from bot.storage.unit_of_work import Database as Storage

# Roles belong to the whole server, so runs against the same one take turns; the number is merely ours.
_ROLES_LOCK = 7_230_499
_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a test server, with the URLs of everybody who logs in there."""

    admin_url: str
    owner_url: str

    @property
    def app_url(self) -> str:
        return login_url(self.owner_url, APP_ROLE)

    @property
    def runtime_url(self) -> str:
        return login_url(self.owner_url, RUNTIME_ROLE)


@dataclass(frozen=True, slots=True)
class TestServer:
    """A server and a login on it that may make roles and databases."""

    __test__ = False

    admin_url: str

    def database(self, name: str) -> Database:
        """Return the URLs of a database, whether it exists or not."""
        admin = make_url(self.admin_url).set(database=name)
        owner = admin.set(username=OWNER, password=_password_for(self.admin_url))
        return Database(_text(admin), _text(owner))

    @asynccontextmanager
    async def taking_turns(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a connection for changes of roles, one run at a time."""
        async with self._admin() as connection:
            await connection.execute(f"SELECT pg_advisory_lock({_ROLES_LOCK})")
            yield connection

    @asynccontextmanager
    async def new_database(self, template: Database | None = None) -> AsyncIterator[Database]:
        """Make a database that belongs to the owner role, copied from a template; drop it afterwards."""
        name = f"bellhop_test_{uuid4().hex[:12]}"
        source = make_url(template.owner_url).database if template else "template1"
        async with self._admin() as connection:
            await connection.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {source} STRATEGY FILE_COPY")
        try:
            yield self.database(name)
        finally:
            async with self._admin() as connection:
                await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def provision_owner(self) -> None:
        """Make the role that owns the databases, with a password that every run derives alike."""
        async with self.taking_turns() as connection:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
                await connection.execute(f"CREATE ROLE {OWNER}")
            password = _password_for(self.admin_url)
            await connection.execute(f"ALTER ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{password}'")
            if not await is_superuser(connection):
                await connection.execute(f"GRANT {OWNER} TO CURRENT_USER")

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[asyncpg.Connection]:
        async with connected(self.admin_url) as connection:
            yield connection


def open_storage(database: Database, pool_size: int = 3) -> Storage:
    """Open the two serving logins as the process does; whoever opens them closes them."""
    timeout = timedelta(seconds=5)
    return Storage(*(make_engine(url, pool_size, timeout) for url in (database.app_url, database.runtime_url)))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Open one plain connection."""
    connection = await asyncpg.connect(_text(make_url(url).set(drivername="postgresql")))
    try:
        yield connection
    finally:
        await connection.close()


async def is_superuser(connection: asyncpg.Connection) -> bool:
    """Whether the login sees every hotel's rows, whatever the policies say."""
    return bool(await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))


class Broom:
    """Empties the tables that a migration leaves empty; quick because it deletes and never truncates."""

    def __init__(self, database: Database, connection: asyncpg.Connection, script: str) -> None:
        self.database = database
        self._connection = connection
        self._script = script

    async def sweep(self) -> None:
        """Delete every row. Fails after some seconds when a test left a transaction open."""
        await self._connection.execute(self._script)


@asynccontextmanager
async def broom_for(database: Database) -> AsyncIterator[Broom]:
    """Give a broom for a freshly migrated database; what the migrations filled in is left alone."""
    async with connected(database.admin_url) as admin, connected(database.owner_url) as owner:
        all_powerful = await is_superuser(admin)
        # Policies that are forced bind the owner, too, and hide the rows: count as whoever sees them.
        tables = [row[0] for row in await admin.fetch(_TABLES)]
        empty = [table for table in tables if not await _has_rows(admin if all_powerful else owner, table)]
        script = _powerful_script(empty) if all_powerful else _owner_script(empty)
        yield Broom(database, admin if all_powerful else owner, script)


async def _has_rows(connection: asyncpg.Connection, table: str) -> bool:
    return bool(await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})"))


def _powerful_script(tables: list[str]) -> str:
    deletes = "".join(f"DELETE FROM {table};" for table in tables)
    return f"BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL session_replication_role = replica; {deletes} COMMIT"


def _owner_script(tables: list[str]) -> str:
    """Do the same without a superuser: lift the policies and triggers that bind the owner, and restore them."""
    lift = "".join(f"ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER;" for t in tables)
    restore = "".join(f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER;" for t in tables)
    # One statement, since foreign keys are looked at when the whole of it is done.
    parts = ", ".join(f"d{number} AS (DELETE FROM {table})" for number, table in enumerate(tables))
    return f"BEGIN; SET LOCAL lock_timeout = '5s'; {lift} WITH {parts} SELECT; {restore} COMMIT"


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _password_for(admin_url: str) -> str:
    return hashlib.sha256(f"owner beside {admin_url}".encode()).hexdigest()
