"""`run --processes 2` serves a hotel over the wire, one of the two is killed: nothing is lost, nothing done twice."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.hotel_settings import HotelSettings
from bot.messages import Platform
from bot.notifications import Desk
from bot.simulator.history import Kind
from bot.storage.repositories.stays import NewStay
from bot.texts import Texts
from models.base import new_id
from tests.bot.cli.test_several import free_ports
from tests.databases import Database
from tests.flows.house import Guest, Scene, WireClock, eventually, open_scene
from triggers.engine import Engine
from triggers.happenings import StayChange

QUESTIONS = ("What is the wifi password?", "When is breakfast?", "What is the wifi password?")
PATIENCE = 60.0
TWO_HOURS = timedelta(hours=2)
PROJECT = Path(__file__).parents[2]
_SERVES = re.compile(r"\(process (\d) of 2, pid (\d+)\)")
_HANDLED = re.compile(r'bellhop_messages_total{outcome="handled",platform="\w+"} ([\d.]+)')


@dataclass
class Pair:
    """The two processes: the ids that they announce, and where each has its own figures."""

    announced: asyncio.StreamReader
    first_port: int
    pids: dict[int, int]

    async def hear(self) -> int:
        """Wait for the next announcement; return the number of the process."""
        async with asyncio.timeout(PATIENCE):
            said = _SERVES.search((await self.announced.readline()).decode())
        assert said is not None
        number = int(said[1])
        self.pids[number] = int(said[2])
        return number

    async def is_ready(self, number: int) -> bool:
        return (await self._get(number, "/health/ready"))[0] == 200

    async def handled(self, number: int) -> float:
        """How many messages this process has handled in its present life."""
        _, text = await self._get(number, "/metrics")
        return sum(map(float, _HANDLED.findall(text)))

    async def _get(self, number: int, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.first_port + number}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def serving_by_two(scene: Scene, log: Path, *, pushed: bool) -> AsyncIterator[Pair]:
    """Run the command on the scene's database and providers, until both are ready; stop it afterwards."""
    port = free_ports(3)
    environ = scene.environ(
        BELLHOP_DATABASE_APP_URL=scene.database.app_url,
        BELLHOP_DATABASE_RUNTIME_URL=scene.database.runtime_url,
        BELLHOP_PORT=str(port),
        BELLHOP_METRICS_PORT=str(port + 1),
        BELLHOP_PUBLIC_URL=f"http://127.0.0.1:{port}" if pushed else "",
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = (sys.executable, "-m", "bot", "run", "--processes", "2")
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=PROJECT, env=kept | environ, stdout=asyncio.subprocess.PIPE, stderr=file
        )
    assert process.stdout is not None
    try:
        pair = Pair(process.stdout, port, {})
        assert {await pair.hear(), await pair.hear()} == {1, 2}
        for number in (1, 2):
            await eventually(lambda number=number: pair.is_ready(number), PATIENCE)  # type: ignore[misc]
        yield pair
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def scene_of_now(database: Database) -> AsyncIterator[Scene]:
    """A hotel by the real clock, which is never quiet, so that its guests can be welcomed at any time."""
    clock = WireClock()
    clock.move(datetime.now(UTC) - clock.now())
    async with open_scene(database, clock) as scene:
        async with scene.unit() as uow:
            await uow.hotels.save_settings(HotelSettings(quiet_from=time(), quiet_until=time()).stored())
        yield scene


@pytest.mark.slow
@pytest.mark.parametrize("pushed", [False, True], ids=["fetched", "pushed"])
async def test_the_other_goes_on_and_nothing_is_lost_or_doubled_when_one_process_is_killed(
    new_database: Database, tmp_path: Path, pushed: bool
) -> None:
    async with scene_of_now(new_database) as scene, serving_by_two(scene, tmp_path / "log", pushed=pushed) as pair:
        guests = [scene.guest(platform) for platform in Platform]
        await _ask(scene, guests, times=1)
        before = {number: await pair.handled(number) for number in pair.pids}
        killed, other = sorted(before, key=lambda number: before[number], reverse=True)
        os.kill(pair.pids[killed], signal.SIGKILL)
        await _ask(scene, guests, times=2)
        assert await pair.handled(other) > before[other]
        assert await pair.hear() == killed
        await eventually(lambda: pair.is_ready(killed), PATIENCE)
        await _check_in_earlier(scene, TWO_HOURS)
        await _ask(scene, guests, times=3)
        await scene.simulator.until(lambda: all(_welcomes(guest) for guest in guests), PATIENCE)
        assert [_welcomes(guest) for guest in guests] == [["Welcome to room 501!"], ["Welcome to room 214!"]]
        fired = await scene.rows("SELECT count(*) AS number FROM trigger_firings WHERE status = 'fired'")
        assert fired[0]["number"] == len(guests)
        failed = scene.simulator.history.of(kind=Kind.fail)
        assert not [record for record in failed if record.payload["status"] == 409], "two read one bot"
    (line,) = [line for line in (tmp_path / "log").read_text().splitlines() if '"process_ended"' in line]
    assert '"code":-9' in line


async def _ask(scene: Scene, guests: list[Guest], times: int) -> None:
    """Let each guest ask everything, for the `times`-th time; it is answered once, in order, and recorded."""
    for guest in guests:
        for question in QUESTIONS:
            guest.write(question)
    expected = ["wifi" in question for question in QUESTIONS] * times
    await scene.simulator.until(
        lambda: all(len(guest.said()) - len(_welcomes(guest)) >= len(expected) for guest in guests), PATIENCE
    )
    await eventually(lambda: scene.rows("SELECT FROM outbox HAVING every(state IN ('sent', 'delivered'))"), PATIENCE)
    for guest in guests:
        answers = [message.text for message in guest.said() if not message.text.startswith("Welcome")]
        assert ["sunny-terrace" in text for text in answers] == expected, answers


async def _check_in_earlier(scene: Scene, by: timedelta) -> None:
    """Learn that the guests came so much earlier than was known."""
    async with scene.unit() as uow:
        before = [stay async for stays in uow.stays.pages_open_at(scene.clock.now()) for stay in stays]
        changes = []
        for stay in before:
            told = {name: getattr(stay, name) for name in NewStay.__slots__}
            assert stay.checked_in_at is not None
            after = await uow.stays.save(NewStay(**{**told, "checked_in_at": stay.checked_in_at - by}))
            changes.append(StayChange(stay, after))
        await Engine(scene.clock, Desk(Texts(), scene.clock)).take_changes(uow, changes, new_id().hex)


def _welcomes(guest: Guest) -> list[str]:
    return [message.text.partition("!")[0] + "!" for message in guest.said() if message.text.startswith("Welcome")]
