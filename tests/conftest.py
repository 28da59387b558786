"""What the tests share: one server per process, one migrated template, one database cleaned between tests."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import AsyncIterator, Generator, Iterator

import hypothesis
import pytest
import structlog
from hypothesis import HealthCheck

from bot.embedded.postgres import EmbeddedPostgres
from bot.storage import migrations
from bot.storage.engine import provision_logins
from bot.storage.unit_of_work import Database as Storage
from tests.databases import Broom, Database, TestServer, broom_for, open_storage


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: uses a PostgreSQL server; marks itself, `-m database` selects them")
    # Laws are about what is true; how long it takes depends on who else uses the machine.
    hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis.settings.load_profile("untimed")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Twice as many processes as there are processors: half of the time the tests wait for a wire."""
    return len(os.sched_getaffinity(0)) * 2


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: all that is imported stays, and looking took a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The server of TEST_DATABASE_URL, or one of our own that forgets everything."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield TestServer(url)
    else:
        with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), throwaway=True) as server:
            yield TestServer(server.superuser_url)


@pytest.fixture(scope="session")
async def template_database(postgres: TestServer) -> AsyncIterator[Database]:
    """A migrated database that nobody connects to: a source of copies."""
    await postgres.provision_owner()
    async with postgres.new_database() as template:
        async with postgres.taking_turns():
            await migrations.upgrade(template.owner_url)
            await provision_logins(template.owner_url)
        yield template


@pytest.fixture(scope="session")
async def broom(postgres: TestServer, template_database: Database) -> AsyncIterator[Broom]:
    """The process's own database with the means to empty it."""
    async with postgres.new_database(template_database) as copy, broom_for(copy) as broom:
        yield broom


@pytest.fixture(scope="session")
def database(broom: Broom) -> Database:
    """The process's own database, for tests that roll back or only read."""
    return broom.database


@pytest.fixture
async def clean_database(broom: Broom) -> AsyncIterator[Database]:
    """The same database, emptied after the test, for tests that commit."""
    yield broom.database
    await broom.sweep()


@pytest.fixture(scope="session")
async def serving_logins(database: Database) -> AsyncIterator[Storage]:
    """The serving logins of the process's own database, connected once: to connect costs more than most tests."""
    storage = open_storage(database, pool_size=4)
    yield storage
    await storage.close()


@pytest.fixture
def storage(clean_database: Database, serving_logins: Storage) -> Storage:
    """The serving logins of the database that is emptied after the test."""
    return serving_logins


@pytest.fixture
async def new_database(postgres: TestServer, template_database: Database) -> AsyncIterator[Database]:
    """A migrated database for one test alone, about 30 ms, for tests that change tables or roles."""
    async with postgres.new_database(template_database) as copy:
        yield copy


@pytest.fixture
def usual_logging() -> Iterator[None]:
    """Logs go where they went before, once a test has sent them elsewhere."""
    handlers, level, raises = logging.root.handlers[:], logging.root.level, logging.raiseExceptions
    yield
    logging.root.handlers[:], logging.raiseExceptions = handlers, raises
    logging.root.setLevel(level)
    structlog.reset_defaults()
