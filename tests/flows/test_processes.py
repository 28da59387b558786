"""Processes come and go: two serve one database, one stops under load; accounts are added and taken away."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from bot.enrolment import NewAccount, enrol_account
from bot.messages import Platform
from bot.simulator.history import Kind
from tests.flows.house import Scene, eventually

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
