"""Commands as an operator gives them, against a real database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import asyncpg
import pytest
from click.testing import CliRunner, Result

from bot.cli import commands
from bot.security.encryption import new_key
from tests.databases import Database, connected


@dataclass(frozen=True)
class Operator:
    """Types commands. What is not one of our own sentences, such as a traceback, fails the test."""

    def tries(self, *words: str, typed: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(commands, words, input=typed, prog_name="python -m bot")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def does(self, *words: str, typed: str | bytes | None = None) -> str:
        """Give what a command that has to succeed prints."""
        result = self.tries(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def fails(self, *words: str, typed: str | bytes | None = None) -> str:
        """Give what a command that has to fail, with code 1 and one line, says on standard error."""
        result = self.tries(*words, typed=typed)
        assert result.exit_code == 1, result.output
        assert result.stderr.count("\n") == 1, result.stderr
        return result.stderr

    def account(self, slug: str = "adler") -> str:
        """Give the id of the hotel's first account."""
        return self.does("hotel", "channel", "list", "--hotel", slug).split("\t")[0]


@dataclass(frozen=True)
class Reader:
    """Sees one hotel's rows as the application does."""

    database: Database

    def rows(self, slug: str, statement: str) -> list[asyncpg.Record]:
        return asyncio.run(self.fetch(slug, statement))

    async def fetch(self, slug: str, statement: str) -> list[asyncpg.Record]:
        async with connected(self.database.runtime_url) as runtime:
            hotel_id = await runtime.fetchval("SELECT id FROM hotels WHERE slug = $1", slug)
        async with connected(self.database.app_url) as app:
            await app.execute("SELECT set_config('app.hotel_id', $1, false)", str(hotel_id))
            return await app.fetch(statement)


@pytest.fixture
def reader(settings: Database) -> Reader:
    return Reader(settings)


@pytest.fixture(autouse=True)
def commands_logging(usual_logging: None) -> None:
    """Commands send the logs to a stream that ends with them."""


@pytest.fixture
def settings(clean_database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An environment with a database and keys of its own. Roles are the server's, so nobody's password is changed."""
    monkeypatch.setenv("BELLHOP_DATABASE_URL", clean_database.owner_url)
    monkeypatch.setenv("BELLHOP_DATABASE_APP_URL", clean_database.app_url)
    monkeypatch.setenv("BELLHOP_DATABASE_RUNTIME_URL", clean_database.runtime_url)
    monkeypatch.setenv("BELLHOP_ENCRYPTION_KEYS", f"main:{new_key()}")
    return clean_database


@pytest.fixture
def operator(settings: Database) -> Operator:
    return Operator()


@pytest.fixture
def hotel(operator: Operator) -> Operator:
    """An operator who has added two hotels, each with a bot."""
    for slug, name, token in (("adler", "Hotel Adler", "1:adler"), ("baer", "Hotel Bär", "2:baer")):
        operator.does(
            "hotel", "add", "--name", name, "--slug", slug, "--timezone", "Europe/Berlin", "--language", "de"
        )
        operator.does("hotel", "channel", "add-telegram", "--hotel", slug, "--username", f"{slug}_bot", typed=token)
    return operator
