"""A larger model beside the house, over the wire: it answers, is silent, or is asked when the bot dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Platform
from tests.flows.bot_process import BotProcess
from tests.flows.house import Scene, eventually
from tests.model_server import CALM, KEY, ModelServer, be_silent, model_server, refuse_key

BOTH = pytest.mark.parametrize("platform", list(Platform))
# The embedded model finds nothing that is written down for it.
STRANGE = "Can my poodle stay with us?"


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as server:
        yield server


def cite_breakfast(given: Mapping[str, Any]) -> Mapping[str, Any]:
    (item,) = [item["id"] for item in given["items"] if "breakfast" in item["question"]]
    return {**CALM, "answer": {"item": item, "text": None}}


@BOTH
async def test_guest_is_answered_in_the_hotels_words_when_the_model_cites_them(
    scene: Scene, server: ModelServer, platform: Platform
) -> None:
    server.answer = cite_breakfast
    guest = scene.guest(platform)
    async with scene.serving(None, **server.environ()):
        guest.write(STRANGE)
        (answer,) = await scene.simulator.until(guest.said)
    assert answer.text.startswith("It is from 7:00 to 10:30.")
    assert scene.alerts() == []
    assert [dict(row) for row in await scene.rows("SELECT calls FROM model_usage")] == [{"calls": 1}]


async def test_smoke_is_reported_and_others_are_answered_when_the_model_is_silent(
    scene: Scene, server: ModelServer
) -> None:
    go_on = asyncio.Event()
    server.always = be_silent(go_on)
    waiting, other = scene.guest(Platform.telegram), scene.guest(Platform.whatsapp_green)
    async with scene.serving(None, **server.environ(), BELLHOP_MODEL_DEADLINE="8"):
        waiting.write(STRANGE)
        await eventually(lambda: _asked(server, 1))
        other.write("There is smoke in the corridor")
        await scene.simulator.until(scene.alerts)
        other.write("What is the wifi password?")
        await scene.simulator.until(lambda: any("sunny-terrace" in said.text for said in other.said()))
        assert waiting.said() == []
        go_on.set()
        await scene.simulator.until(waiting.said)
    assert len(server.asked) == 1, "nobody asks about smoke"


@BOTH
async def test_smoke_is_reported_when_the_model_still_thinks_about_what_the_guest_wrote_before(
    scene: Scene, server: ModelServer, platform: Platform
) -> None:
    server.always = be_silent(asyncio.Event())
    guest = scene.guest(platform)
    async with scene.serving(None, **server.environ(), BELLHOP_MODEL_DEADLINE="8"):
        guest.write(STRANGE)
        await eventually(lambda: _asked(server, 1))
        guest.write("There is smoke in my room")
        await scene.simulator.until(lambda: any("smoke" in alert for alert in scene.alerts()), within=5)
    assert len(server.asked) == 1


async def test_a_question_is_passed_on_when_the_model_does_not_answer_in_time(
    scene: Scene, server: ModelServer
) -> None:
    server.always = be_silent(asyncio.Event())
    guest = scene.guest(Platform.telegram)
    async with scene.serving(None, **server.environ(), BELLHOP_MODEL_DEADLINE="0.3"):
        guest.write(STRANGE)
        (answer,) = await scene.simulator.until(guest.said)
        (alert,) = await scene.simulator.until(scene.alerts)
    assert "I won't guess" in answer.text
    assert STRANGE in alert


@pytest.mark.parametrize(
    "platform", [Platform.telegram, pytest.param(Platform.whatsapp_green, marks=pytest.mark.slow)]
)
async def test_guest_is_answered_once_when_the_bot_dies_while_the_model_thinks(
    scene: Scene, server: ModelServer, tmp_path: Path, platform: Platform
) -> None:
    server.always = be_silent(asyncio.Event())
    guest, log = scene.guest(platform), tmp_path / "log"
    environ = scene.environ(**server.environ(), BELLHOP_MODEL_DEADLINE="8")
    dying, other = (BotProcess(environ, scene.logins(), scene.clock, log) for _ in range(2))
    dying.start()
    guest.write(STRANGE)
    await eventually(lambda: _asked(server, 1))
    dying.kill()
    await dying.gone()
    other.start()
    await scene.simulator.until(scene.alerts)
    guest.write("What is the wifi password?")
    await scene.simulator.until(lambda: any("sunny-terrace" in said.text for said in guest.said()))
    other.kill()
    await other.gone()
    assert len(guest.said()) == 2
    assert len(scene.alerts()) == 1
    assert len(server.asked) == 1, "what was in hand when a worker died is not asked again"


async def test_the_key_is_nowhere_to_be_read_when_the_model_refuses_it(
    scene: Scene, server: ModelServer, tmp_path: Path
) -> None:
    server.always = refuse_key
    guest, log = scene.guest(Platform.telegram), tmp_path / "log"
    environ = scene.environ(**server.environ(), BELLHOP_LOG_LEVEL="debug")
    process = BotProcess(environ, scene.logins(), scene.clock, log)
    process.start()
    guest.write(STRANGE)
    await scene.simulator.until(scene.alerts)
    process.kill()
    await process.gone()
    written = log.read_text()
    assert "model_refused" in written
    assert KEY not in written
    assert not await scene.rows("SELECT FROM staff_notifications WHERE content LIKE '%' || $1 || '%'", KEY)


@BOTH
async def test_staff_read_a_guest_in_their_language_when_they_press_below_the_alert(
    scene: Scene, server: ModelServer, platform: Platform
) -> None:
    server.answer = {"text": "The sheets are dirty."}
    async with scene.serving(None, **server.environ()):
        scene.guest(platform).write("Простыни грязные, и никто не отвечает!")
        (alert,) = await scene.simulator.until(scene.alert_messages)
        scene.simulator.telegram.press(scene.olga, alert, "Translate")
        await scene.simulator.until(lambda: "The sheets are dirty." in scene.alerts()[-1])
        scene.simulator.telegram.press(scene.olga, alert, "I'm on it")
        taken = await scene.simulator.until(lambda: [one for one in scene.alert_messages() if "✓" in one.text])
    assert [button.label for button in taken[0].buttons][-2:] == ["Translate", "Sum up"]


async def _asked(server: ModelServer, times: int) -> bool:
    return len(server.asked) >= times
