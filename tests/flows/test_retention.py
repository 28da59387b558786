"""The operator says for how long messages are kept; guests are served all the while."""

from __future__ import annotations

import pytest

from bot.messages import Platform
from tests.flows.house import Scene, eventually

FIFTY_YEARS = "600"
_OLD_MONTHS = "SELECT relname FROM pg_class WHERE relname IN ('messages_1970_01', 'messages_1970_02')"


@pytest.fixture
async def old_scene(scene: Scene) -> Scene:
    """A hotel that has messages of long ago."""
    await scene.rows("SELECT ensure_message_partitions('1970-01-01', '1970-02-01')")
    return scene


async def ask(scene: Scene) -> None:
    """Let a guest write and be answered."""
    guest = scene.guest(Platform.telegram)
    guest.write("When is breakfast?")
    await scene.simulator.until(guest.said)


async def test_forgets_one_old_month_after_the_other_when_it_is_told_how_many_to_keep(old_scene: Scene) -> None:
    async def are_gone() -> bool:
        return not await old_scene.rows(_OLD_MONTHS)

    async with old_scene.serving(BELLHOP_DATABASE_KEEP_MONTHS=FIFTY_YEARS):
        await ask(old_scene)
        await eventually(are_gone)
    assert await old_scene.rows("SELECT FROM messages"), "what was said just now is kept"


async def test_keeps_all_months_when_nobody_says_otherwise(old_scene: Scene) -> None:
    async with old_scene.serving():
        await ask(old_scene)
    assert len(await old_scene.rows(_OLD_MONTHS)) == 2
