"""A hotel of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.databases import Database
from tests.flows.house import Scene, open_scene


@pytest.fixture
async def scene(new_database: Database) -> AsyncIterator[Scene]:
    async with open_scene(new_database) as scene:
        yield scene
