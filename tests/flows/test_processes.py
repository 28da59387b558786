"""Processes come and go: two serve one database, one stops or is killed; accounts are added and taken away."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from bot.database import Logins
from bot.enrolment import NewAccount, enrol_account
from bot.messages import Platform
from bot.simulator.history import Kind
from bot.storage.claims import SETTLED
from tests.flows.bot_process import BotProcess
from tests.flows.house import Scene, eventually
from tests.flows.proxy import Boundary, Moment, PostgresProxy

# Each process has one shared lock, by which the others see that it lives.
LIVING = """
    SELECT lock.pid, lock.classid, lock.objid FROM pg_locks AS lock JOIN pg_stat_activity AS session USING (pid)
    WHERE lock.locktype = 'advisory' AND lock.mode = 'ShareLock' AND session.datname = current_database()
"""
BOTH = pytest.mark.parametrize("platform", list(Platform))
SECOND_TOKEN = "700000002:second-second-second-second-second"


async def test_each_message_is_handled_once_when_two_processes_serve_one_database(scene: Scene) -> None:
    guests = [scene.guest(platform) for platform in Platform]
    async with scene.serving(), scene.serving():
        for guest in guests:
            for question in ("What is the wifi password?", "When is breakfast?"):
                guest.write(question)
        await scene.simulator.until(lambda: all(len(guest.said()) == 2 for guest in guests))
        scene.clock.move(timedelta(hours=2, seconds=1))
        await scene.simulator.until(lambda: all(len(guest.said()) == 3 for guest in guests))
        await eventually(lambda: scene.rows("SELECT FROM outbox HAVING every(state IN ('sent', 'delivered'))"))
    assert [guest.said()[2].text.split(" room")[0] for guest in guests] == ["Welcome to"] * 2
    assert all("sunny-terrace" in guest.said()[0].text for guest in guests)
    contested = [record for record in scene.simulator.history.of(kind=Kind.fail) if record.payload["status"] == 409]
    assert not contested


async def test_another_process_goes_on_reading_when_the_first_one_stops(scene: Scene) -> None:
    guests = [scene.guest(platform) for platform in Platform]
    async with scene.serving():
        async with scene.serving():
            for guest in guests:
                guest.write("When is breakfast?")
            await scene.simulator.until(lambda: all(guest.said() for guest in guests))
        for guest in guests:
            guest.write("What is the wifi password?")
        await scene.simulator.until(lambda: all(len(guest.said()) == 2 for guest in guests))
    assert all("sunny-terrace" in guest.said()[1].text for guest in guests)


async def test_another_process_takes_over_before_the_lease_ends_when_the_first_one_is_killed(
    scene: Scene, tmp_path: Path
) -> None:
    guest, killed, is_hunted = scene.guest(Platform.telegram), asyncio.Event(), False
    asked = ["What is the wifi password?"]

    def meet(boundary: Boundary) -> Moment | None:
        """Let it die with an attempt counted, and its guest unanswered."""
        return Moment.after if is_hunted and boundary.what == "inbox_events(attempts)" else None

    def kill() -> None:
        process.kill()
        killed.set()

    url, direct = make_url(scene.database.admin_url), scene.logins()
    async with PostgresProxy(url.host or "", url.port or 5432, meet, kill) as proxy:
        logins = Logins(None, proxy.url_for(direct.app), proxy.url_for(direct.runtime))
        process = BotProcess(scene.environ(), logins, scene.clock, tmp_path / "log")
        process.start()
        try:
            guest.write(asked[0])
            await scene.simulator.until(guest.said, within=60)
            with capture_logs() as logs:
                async with scene.serving():
                    await eventually(lambda: _both_live(scene), within=60)
                    is_hunted = True
                    # The other one may be quicker to claim what the first one has read.
                    while not killed.is_set():
                        asked.append("When is breakfast?")
                        guest.write(asked[-1])
                        await scene.simulator.until(lambda: len(guest.said()) == len(asked), within=60)
        finally:
            process.kill()
            await process.gone()
    assert ["7:00" in message.text for message in guest.said()] == ["breakfast" in question for question in asked]
    assert "orphans_released" in {line["event"] for line in logs}, "it waited until the lease ended by itself"
    rows = await scene.rows("SELECT attempts FROM inbox_events WHERE kind = 'message' ORDER BY id DESC LIMIT 1")
    assert [row["attempts"] for row in rows] == [2], "an event whose worker died is counted"


async def _both_live(scene: Scene) -> bool:
    """Whether both were there for long enough to judge each other."""
    rows = await scene.rows(f"{LIVING} AND now() - session.backend_start > $1", SETTLED)
    return len(rows) == 2


async def test_process_is_seen_to_live_again_when_its_locks_were_lost(scene: Scene) -> None:
    async with scene.serving():
        (before,) = await eventually(lambda: scene.rows(LIVING))
        await scene.rows("SELECT pg_terminate_backend($1)", before["pid"])
        (after,) = await eventually(lambda: scene.rows(f"{LIVING} AND lock.pid <> $1", before["pid"]))
    assert (after["classid"], after["objid"]) == (before["classid"], before["objid"])


@BOTH
async def test_nothing_is_lost_or_in_doubt_when_a_busy_process_is_stopped(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    questions = ["What is the wifi password?", "When is breakfast?"] * 3
    async with scene.serving():
        for question in questions:
            guest.write(question)
        await scene.simulator.until(guest.said)
        stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < 10
    assert not await scene.rows(
        "SELECT FROM outbox WHERE state IN ('sending', 'in_doubt') OR lease_token IS NOT NULL"
    )
    assert not await scene.rows("SELECT FROM chats WHERE claim_token IS NOT NULL")
    async with scene.serving():
        await scene.simulator.until(lambda: len(guest.said()) == len(questions), within=20)
    assert ["sunny-terrace" in message.text for message in guest.said()] == [True, False] * 3


async def test_bot_is_read_as_long_as_it_is_connected_when_accounts_come_and_go(scene: Scene) -> None:
    telegram = scene.simulator.telegram
    second = telegram.add_bot(SECOND_TOKEN, "second_bot")
    async with scene.serving():
        async with scene.unit() as uow:
            account = NewAccount(Platform.telegram, "@second_bot", {"bot_token": SECOND_TOKEN})
            account_id, _ = await enrol_account(uow, scene.keys(), account)
        telegram.write(scene.anna, second, "What is the wifi password?")
        await scene.simulator.until(lambda: telegram.chat(second, scene.anna).from_bot())
        async with scene.unit() as uow:
            await uow.accounts.disable(account_id)
        guest = scene.guest(Platform.telegram)
        await scene.simulator.until(lambda: _is_left_alone(scene, second.account))
        telegram.write(scene.anna, second, "Is anybody there?")
        guest.write("When is breakfast?")
        await scene.simulator.until(guest.said)
    assert telegram.pending(second)


def _is_left_alone(scene: Scene, account: str) -> bool:
    """Whether the last poll of this bot is over and the first bot was polled twice since."""
    polls = scene.simulator.history.of(server="telegram", method="getUpdates", kind=Kind.invoke)
    others = 0
    for poll in reversed(polls):
        if poll.account == account:
            break
        others += 1
    return others >= 3
