"""An event is told, raised and fired by two processes that die at a commit, each of them: the guest hears once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.messages import Platform
from bot.security.signatures import hash_of, new_api_key
from models.enums import TriggerType
from tests.bot.cli.test_several import free_ports
from tests.databases import Database
from tests.faults.crew import Place
from tests.faults.failpoints import DIED_THERE, VARIABLE, Death
from tests.faults.visits import CALLED
from tests.flows.house import ROOMS, Scene, eventually, open_scene
from tests.flows.proxy import Moment

PATIENCE = 60.0
RAISED = ("handlers.step:Step._save_all", "bot.workers.ticks:Ticks._fire_due_in")
WORDS = "This is said once."
BOOKING = f"BV-{ROOMS[Platform.whatsapp_green]}"
BOTH_SIDES = pytest.mark.parametrize("moment", [Moment.after, pytest.param(Moment.before, marks=pytest.mark.slow)])


@asynccontextmanager
async def serving_by_two(scene: Scene, folder: Path, death: Death) -> AsyncIterator[Sequence[Place]]:
    """Serve by two processes, each of which dies at this point and is followed by one that does not, once both are
    ready."""
    first = free_ports(2)
    environs = [scene.environ(BELLHOP_PORT=str(port)) | {VARIABLE: str(death)} for port in (first, first + 1)]
    places = [Place(scene.clock, scene.logins(), environ, folder / "log") for environ in environs]
    async with AsyncExitStack() as stack:
        for place in places:
            await stack.enter_async_context(place)
            del place.environ[VARIABLE]
        for place in places:
            await eventually(lambda place=place: _is_ready(place), PATIENCE)  # type: ignore[misc]
        yield places


async def _is_ready(place: Place) -> bool:
    async with aiohttp.ClientSession() as session:
        try:
            async with session.get(f"http://127.0.0.1:{place.environ['BELLHOP_PORT']}/health/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


async def wait_for(scene: Scene, **conditions: Any) -> None:
    async with scene.unit() as uow:
        await uow.triggers.add("told", TriggerType.event_based, conditions, WORDS)


async def check_said_once(scene: Scene) -> None:
    """Wait until the guest was told, and then until what they ask next was answered: nothing came twice."""
    guest = scene.guest(Platform.whatsapp_green)
    await scene.simulator.until(lambda: WORDS in [message.text for message in guest.said()], PATIENCE)
    guest.write("What is the wifi password?")
    await scene.simulator.until(lambda: "sunny-terrace" in guest.said()[-1].text, PATIENCE)
    assert [message.text for message in guest.said()].count(WORDS) == 1
    fired = await scene.rows(
        "SELECT status::text FROM trigger_firings WHERE occurrence IN ('external', 'checked_out')"
    )
    assert [row["status"] for row in fired] == ["fired"]


class Spa:
    """Another system, which tells an event again, to whoever serves, until it hears an answer."""

    def __init__(self, url: str, places: Sequence[Place], key: str) -> None:
        self._urls = [f"http://127.0.0.1:{place.environ['BELLHOP_PORT']}{url}" for place in places]
        self._headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "event-1"}

    async def tell(self) -> list[tuple[int, dict[str, Any]]]:
        """Tell one process after the other until one answers; return its answer, nothing where nobody gave one."""
        async with aiohttp.ClientSession(headers=self._headers) as session:
            for url in self._urls:
                try:
                    async with session.post(url, json={"name": "spa_ready", "booking": BOOKING}) as answer:
                        return [(answer.status, await answer.json())]
                except aiohttp.ClientError:
                    continue
        return []


@BOTH_SIDES
@pytest.mark.parametrize("point", CALLED)
async def test_guest_hears_once_when_both_processes_die_of_what_another_system_tells(
    new_database: Database, tmp_path: Path, point: str, moment: Moment
) -> None:
    async with open_scene(new_database) as scene:
        await wait_for(scene, event="external", name="spa_ready")
        key = new_api_key()
        async with scene.unit() as uow:
            await uow.api_keys.add("spa", hash_of(key), scene.clock.now())
            slug = (await uow.hotels.get()).slug
        async with serving_by_two(scene, tmp_path, Death(point, moment)) as places:
            spa = Spa(f"/api/v1/hotels/{slug}/events", places, key)
            ((status, answer),) = await eventually(spa.tell, PATIENCE)
            assert [place.endings[DIED_THERE] for place in places] == [1, 1]
            await check_said_once(scene)
    was_heard = point == "bot.web.api:Api._hear" and moment is Moment.after
    assert (status, answer["planned"], answer["repeated"]) == (202, 1, was_heard)


@BOTH_SIDES
@pytest.mark.parametrize("point", RAISED)
async def test_guest_hears_once_when_processes_die_of_what_an_admin_changes(
    new_database: Database, tmp_path: Path, point: str, moment: Moment
) -> None:
    async with open_scene(new_database) as scene:
        await wait_for(scene, event="checked_out")
        async with serving_by_two(scene, tmp_path, Death(point, moment)) as places:
            scene.simulator.telegram.write(scene.maria, scene.bot, f"/stay {BOOKING} status=checked_out")
            await check_said_once(scene)
            # Whether the second dies, too, depends on who is there first: it, or who follows the first.
            assert sum(place.endings[DIED_THERE] for place in places) >= 1
