"""The operator says for how long messages are kept; guests are served all the while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Platform
from bot.workers import ticks
from tests.databases import connected
from tests.flows.house import Scene, eventually

FIFTY_YEARS = "600"


@pytest.fixture
async def old_scene(scene: Scene) -> Scene:
    """A hotel that has messages of long ago, and a clock that goes with the server's."""
    scene.clock.move(datetime.now(UTC) - scene.clock.now())
    await scene.rows("SELECT ensure_message_partitions('1970-01-01', '1970-02-01')")
    return scene


async def ask(scene: Scene) -> None:
    """Let a guest write and be answered."""
    guest = scene.guest(Platform.telegram)
    guest.write("When is breakfast?")
    await scene.simulator.until(guest.said)


async def old_months(scene: Scene) -> int:
    names = "('messages_1970_01', 'messages_1970_02')"
    return len(await scene.rows(f"SELECT FROM pg_class WHERE relname IN {names}"))


async def are_gone(scene: Scene) -> bool:
    return await old_months(scene) == 0


async def test_forgets_one_old_month_after_the_other_when_it_is_told_how_many_to_keep(old_scene: Scene) -> None:
    async with old_scene.serving(BELLHOP_DATABASE_KEEP_MONTHS=FIFTY_YEARS):
        await ask(old_scene)
        await eventually(lambda: are_gone(old_scene))
    assert await old_scene.rows("SELECT FROM messages"), "what was said just now is kept"


async def test_serves_guests_while_a_month_is_in_use_and_forgets_it_afterwards(
    old_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "IN_USE", timedelta(milliseconds=100))
    async with connected(old_scene.database.admin_url) as reader:
        reading = reader.transaction()
        await reading.start()
        await reader.execute("SELECT FROM messages")
        async with old_scene.serving(BELLHOP_DATABASE_KEEP_MONTHS=FIFTY_YEARS):
            await ask(old_scene)
            assert await old_months(old_scene) == 2
            await reading.rollback()
            await eventually(lambda: are_gone(old_scene))


async def test_keeps_all_months_when_nobody_says_otherwise(old_scene: Scene) -> None:
    async with old_scene.serving():
        await ask(old_scene)
    assert await old_months(old_scene) == 2


async def test_forgets_nothing_by_a_clock_that_is_days_from_the_servers(old_scene: Scene) -> None:
    old_scene.clock.move(timedelta(days=3))
    async with old_scene.serving(BELLHOP_DATABASE_KEEP_MONTHS=FIFTY_YEARS):
        await ask(old_scene)
    assert await old_months(old_scene) == 2
