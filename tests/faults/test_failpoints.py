"""Every commit point of the product is known to the rig, and a process dies exactly where it was told to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.messages import Platform
from tests.databases import Database
from tests.faults.failpoints import DIED_THERE, VARIABLE, Death, Failpoints
from tests.faults.points import commit_points
from tests.faults.visits import CALLED, NOT_VISITED, VISITED
from tests.faults.worker import live
from tests.flows.bot_process import BotProcess
from tests.flows.house import Scene, open_scene
from tests.flows.proxy import Moment

DIES_WITHIN = 60.0


def test_every_commit_point_is_visited_or_says_why_not() -> None:
    points = {point.name for point in commit_points()}
    assert points == {*VISITED, *CALLED, *NOT_VISITED}
    assert len(points) == len(VISITED) + len(CALLED) + len(NOT_VISITED), "each in one of them"


def test_process_has_no_failpoints_when_its_environment_orders_none() -> None:
    assert Failpoints.of({"BELLHOP_PORT": "0", "PATH": "/bin"}) is None


def test_order_is_read_as_it_was_written_when_a_process_gets_it() -> None:
    death = Death("bot.inbox:Inbox._store", Moment.after, 3)
    assert Death.read(str(death)) == death
    assert Failpoints.of({VARIABLE: str(death)}) is not None


@pytest.mark.parametrize(("moment", "stored"), [(Moment.before, 0), (Moment.after, 1)])
async def test_process_dies_on_the_right_side_of_a_commit_when_it_was_told_to(
    new_database: Database, tmp_path: Path, moment: Moment, stored: int
) -> None:
    async with open_scene(new_database) as scene:
        scene.guest(Platform.telegram).write("When is breakfast?")
        assert await _ending(scene, tmp_path, Death("bot.inbox:Inbox._store", moment)) == DIED_THERE
        assert len(await scene.rows("SELECT FROM inbox_events WHERE kind = 'message'")) == stored


async def test_message_was_sent_and_is_not_recorded_when_a_process_dies_after_the_call(
    new_database: Database, tmp_path: Path
) -> None:
    async with open_scene(new_database) as scene:
        guest = scene.guest(Platform.telegram)
        guest.write("When is breakfast?")
        assert await _ending(scene, tmp_path, Death("channel.send:telegram", Moment.after)) == DIED_THERE
        assert len(guest.said()) == 1
        assert len(await scene.rows("SELECT FROM outbox WHERE state = 'sending'")) == 1


async def _ending(scene: Scene, folder: Path, death: Death) -> int | None:
    """Run the bot until it is dead; return its exit code."""
    process = BotProcess(scene.environ() | {VARIABLE: str(death)}, scene.logins(), scene.clock, folder / "log", live)
    process.start()
    try:
        async with asyncio.timeout(DIES_WITHIN):
            return await process.gone()
    except TimeoutError:
        process.kill()
        return await process.gone()
