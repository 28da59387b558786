from __future__ import annotations

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.config import load_settings
from bot.config_values import postgres_url
from bot.telemetry import configure_logging
from bot.telemetry.metrics import render_metrics
from bot.telemetry.queries import operation_of, table_of, watch_queries
from tests.databases import Database

AT_ONCE, NEVER = timedelta(), timedelta(hours=1)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    stream = io.StringIO()
    configure_logging(load_settings({"BELLHOP_LOG_LEVEL": "debug"}), stream)
    yield stream
    root.handlers[:], root.level, logging.raiseExceptions = before
    structlog.reset_defaults()


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(postgres_url(database.owner_url), pool_size=3)
    yield engine
    await engine.dispose()


def lines(stream: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, stream.getvalue().splitlines()) if line["event"] == event]


def metric(name: str) -> float:
    found = [line for line in render_metrics().decode().splitlines() if line.startswith(f"{name} ")]
    return float(found[0].split()[1]) if found else 0.0


async def test_a_slow_query_is_logged_without_its_values_when_it_is_slow(
    engine: AsyncEngine, written: io.StringIO
) -> None:
    watch_queries(engine, AT_ONCE)
    before = metric('bellhop_slow_queries_total{operation="SELECT"}')
    async with engine.connect() as connection:
        await connection.execute(text("SELECT :guest, 'Anna''s 1' FROM pg_class LIMIT 2"), {"guest": "Wilhelmine"})
    told = lines(written, "slow_query")[-1]
    assert told["level"] == "WARNING"
    assert (told["operation"], told["table"], told["rows_affected"]) == ("SELECT", "pg_class", 2)
    assert told["query_time_ms"] > 0
    assert told["sql"].startswith("SELECT $1")
    assert not any(value in written.getvalue() for value in ("Wilhelmine", "Anna"))
    assert metric('bellhop_slow_queries_total{operation="SELECT"}') > before


async def test_every_query_is_timed_but_none_is_called_slow_when_all_are_fast(
    engine: AsyncEngine, written: io.StringIO
) -> None:
    watch_queries(engine, NEVER)
    before = metric('bellhop_query_seconds_count{operation="SELECT"}')
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    assert lines(written, "slow_query") == []
    assert lines(written, "query_done")[-1]["level"] == "DEBUG"
    assert metric('bellhop_query_seconds_count{operation="SELECT"}') > before


async def test_a_failed_query_is_timed_too_when_the_database_refuses_it(
    engine: AsyncEngine, written: io.StringIO
) -> None:
    watch_queries(engine, AT_ONCE)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError):
            await connection.execute(text("DELETE FROM nowhere WHERE name = :name"), {"name": "Anna"})
    told = lines(written, "slow_query")[-1]
    assert (told["operation"], told["table"], told["rows_affected"]) == ("DELETE", "nowhere", None)
    assert "Anna" not in written.getvalue()


async def test_the_pool_is_seen_when_connections_are_in_use(engine: AsyncEngine) -> None:
    watch_queries(engine, NEVER, pool="tested")
    assert metric('bellhop_pool_size{pool="tested"}') == 3
    async with engine.connect(), engine.connect():
        assert metric('bellhop_pool_in_use{pool="tested"}') == 2
    assert metric('bellhop_pool_in_use{pool="tested"}') == 0
    await engine.dispose()
    assert metric('bellhop_pool_size{pool="tested"}') == 3


@pytest.mark.parametrize(
    ("statement", "operation", "table"),
    [
        ("SELECT hotels.id \nFROM hotels WHERE id = $1", "SELECT", "hotels"),
        ("  insert into guests (id) VALUES ($1)", "INSERT", "guests"),
        ("UPDATE ONLY outbox SET state = $1", "UPDATE", "outbox"),
        ('DELETE FROM "inbox_events" WHERE id = $1', "DELETE", "inbox_events"),
        ("WITH due AS (SELECT id FROM trigger_firings) UPDATE x SET y = 1", "OTHER", "trigger_firings"),
        ("BEGIN", "OTHER", None),
        ("", "OTHER", None),
        ("FROM" + " " * 100_000, "OTHER", None),
    ],
)
def test_the_operation_and_the_table_are_guessed_when_a_statement_is_given(
    statement: str, operation: str, table: str | None
) -> None:
    assert (operation_of(statement), table_of(statement)) == (operation, table)
