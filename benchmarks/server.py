"""The PostgreSQL that everything is measured on: durable, and the same for us and for the yardsticks."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bot.embedded.account import server_account
from bot.embedded.binaries import binaries_for
from bot.embedded.postgres import EmbeddedPostgres, forget
from bot.storage import migrations
from bot.storage.engine import APP_ROLE, RUNTIME_ROLE, login_url, provision_logins

VARIABLE = "BELLHOP_DATABASE_URL"
FOLDER = Path(".data/benchmarks/postgres")
_PREFIX = "bellhop_bench_"
_TOLD = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")


class UnfitServer(Exception):
    """The server can't be measured on."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a row's own, and the logins to it. `url` is the superuser's: it fills, and looks at results."""

    url: str

    @property
    def app_url(self) -> str:
        return login_url(self.url, APP_ROLE)

    @property
    def runtime_url(self) -> str:
        return login_url(self.url, RUNTIME_ROLE)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Open one connection as the superuser, whom row level security doesn't bind."""
        connection = await asyncpg.connect(self.url)
        try:
            yield connection
        finally:
            await connection.close()

    async def settle(self) -> None:
        """Let the work of filling end before anything is measured: statistics known, dirty pages written."""
        async with self.connection() as connection:
            await connection.execute("VACUUM (ANALYZE)")
            await connection.execute("CHECKPOINT")


class Server:
    """Makes databases on one server, and takes them away again."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self.name = name
        self._template: Database | None = None
        self._made = 0

    async def settings(self) -> dict[str, str]:
        """Return what of the server a reader must know. Raises UnfitServer for one that may forget commits."""
        async with Database(self._url).connection() as connection:
            if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
                raise UnfitServer(f"{VARIABLE}: give a superuser of a server that is kept for benchmarks")
            told = {name: str(await connection.fetchval(f"SHOW {name}")) for name in _TOLD}
        if told["fsync"] != "on" or told["synchronous_commit"] == "off":
            raise UnfitServer(f"{VARIABLE}: commits there are not durable; set fsync and synchronous_commit on")
        return told

    @asynccontextmanager
    async def database(self, *, migrated: bool = True) -> AsyncIterator[Database]:
        """Make a database, with our schema or empty, and drop it afterwards."""
        template = await self._migrated() if migrated else None
        database = await self._create(template)
        try:
            yield database
        finally:
            await self._drop(database)

    async def close(self) -> None:
        """Drop what is left."""
        if self._template is not None:
            await self._drop(self._template)

    async def _migrated(self) -> Database:
        if self._template is None:
            template = await self._create(None)
            await migrations.upgrade(template.url)
            await provision_logins(template.url)
            self._template = template
        return self._template

    async def _create(self, template: Database | None) -> Database:
        self._made += 1
        name = f"{_PREFIX}{os.getpid()}_{self._made}"
        source = f" TEMPLATE {_name_of(template.url)}" if template else ""
        async with Database(self._url).connection() as connection:
            await connection.execute(f"CREATE DATABASE {name}{source}")
        return Database(urlunsplit(urlsplit(self._url)._replace(path=f"/{name}")))

    async def _drop(self, database: Database) -> None:
        async with Database(self._url).connection() as connection:
            await connection.execute(f"DROP DATABASE IF EXISTS {_name_of(database.url)} WITH (FORCE)")


def _name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def open_server() -> Iterator[Server]:
    """Run an embedded server on the disk, or use the one that the environment names. Blocks; in the main thread."""
    if given := os.environ.get(VARIABLE):
        yield Server(given, f"the server of {VARIABLE}")
        return
    try:
        with EmbeddedPostgres(FOLDER) as embedded:
            yield Server(embedded.superuser_url, "the embedded server")
    finally:
        forget(FOLDER)


def program(name: str) -> str:
    """Return the path of one of the programs that come with the embedded server, such as pgbench."""
    return str(binaries_for(server_account()).folder / name)
