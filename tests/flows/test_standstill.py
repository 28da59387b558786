"""A process stands still, as one does whose machine is suspended or swaps, and goes on when others did its work."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.channels.base import JOURNAL_LAG
from bot.database import Logins
from bot.messages import Platform
from tests.flows.bot_process import BotProcess
from tests.flows.house import Scene, eventually
from tests.flows.proxy import Boundary, Moment, PostgresProxy


@pytest.mark.parametrize(
    "platform", [pytest.param(Platform.telegram, marks=pytest.mark.slow), Platform.whatsapp_green]
)
async def test_others_go_on_and_nothing_is_said_twice_when_a_process_stands_still_just_before_it_sends(
    scene: Scene, platform: Platform, tmp_path: Path
) -> None:
    guest, log = scene.guest(platform), tmp_path / "log"
    stands_still = asyncio.Event()

    def meet(boundary: Boundary) -> Moment | None:
        if boundary.what.startswith("outbox(state attempts ") and not stands_still.is_set():
            frozen.freeze()
            stands_still.set()
        return None

    url, direct = make_url(scene.database.admin_url), scene.logins()
    async with PostgresProxy(url.host or "", url.port or 5432, meet, lambda: None) as proxy:
        logins = Logins(None, proxy.url_for(direct.app), proxy.url_for(direct.runtime))
        frozen = BotProcess(scene.environ(BELLHOP_LOG_LEVEL="info"), logins, scene.clock, log)
        guest.write("What is the wifi password?")
        frozen.start()
        try:
            async with asyncio.timeout(60):
                await stands_still.wait()
            async with scene.serving():
                await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'in_doubt'"), within=60)
                guest.write("When is breakfast?")
                await scene.simulator.until(lambda: any("7:00" in it.text for it in guest.said()), within=60)
                if platform is Platform.whatsapp_green:
                    await scene.wait_for_journal()
                    await scene.simulator.until(lambda: len(guest.said()) == 2, within=60)
                else:
                    scene.clock.move(JOURNAL_LAG)
                    await scene.simulator.until(lambda: any("It is unknown" in it for it in scene.alerts()))
            # Alone and awake again, with a call to make for which the moment has passed.
            frozen.thaw()
            guest.write("And when is breakfast tomorrow?")
            await scene.simulator.until(lambda: sum("7:00" in it.text for it in guest.said()) == 2, within=60)
        finally:
            frozen.kill()
            await frozen.gone()
    said = sum("sunny-terrace" in it.text for it in guest.said())
    assert said == (1 if platform is Platform.whatsapp_green else 0), "what is in doubt at Telegram is the staff's"
