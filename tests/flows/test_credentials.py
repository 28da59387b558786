"""Credentials that can't be used: their account is out of order, staff are told, and the others go on; until new ones
are entered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.enrolment import NewAccount, enrol_account
from bot.messages import Platform
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from bot.workers import pollers
from tests.flows.house import BOT_TOKEN, HOTEL_PHONE, Scene, eventually

_DAMAGE = """
    UPDATE integrations SET credentials_encrypted = set_byte(
        credentials_encrypted, length(credentials_encrypted) - 1,
        get_byte(credentials_encrypted, length(credentials_encrypted) - 1) # 1
    )
    WHERE platform_id = 'whatsapp_green' RETURNING credentials_encrypted
"""


async def test_staff_hear_of_it_and_the_other_channel_answers_when_credentials_are_damaged(scene: Scene) -> None:
    anna, ivan = scene.guest(Platform.telegram), scene.guest(Platform.whatsapp_green)
    await scene.rows(_DAMAGE)
    async with scene.serving():
        await scene.simulator.until(lambda: any(f"{HOTEL_PHONE} is disconnected" in it for it in scene.alerts()))
        scene.clock.move(timedelta(hours=2, seconds=1))
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE purpose = 'trigger'"))
        anna.write("What is the wifi password?")
        await scene.simulator.until(anna.said)
    assert not ivan.said()
    (welcome,) = await scene.rows("SELECT state FROM outbox WHERE purpose = 'trigger'")
    assert welcome["state"] == "queued", "it waits until the credentials are entered anew"


@pytest.mark.parametrize("is_switched_off", [False, True])
async def test_bot_answers_again_when_its_new_token_is_entered_after_the_old_one_was_revoked(
    scene: Scene, is_switched_off: bool
) -> None:
    guest, account_id = scene.guest(Platform.telegram), scene.accounts[Platform.telegram]
    async with scene.serving():
        guest.write("When is breakfast?")
        await scene.simulator.until(guest.said)
        token = scene.bot.token.replace("flow", "anew")
        scene.simulator.telegram.revoke(scene.bot, token)
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts WHERE status = 'disconnected'"))
        if is_switched_off:
            async with scene.unit() as uow:
                await uow.accounts.disable(account_id)
        guest.write("What is the wifi password?")
        async with scene.unit() as uow:
            account = NewAccount(Platform.telegram, "@bellevue_bot", {"bot_token": token})
            again, _ = await enrol_account(uow, scene.keys(), account)
        await scene.simulator.until(lambda: len(guest.said()) == 2)
    assert again == account_id, "what was said with it stays its own"
    assert ["sunny-terrace" in message.text for message in guest.said()] == [False, True]


async def test_nothing_is_in_doubt_when_credentials_change_while_a_call_is_under_way(scene: Scene) -> None:
    anna = scene.guest(Platform.telegram)
    async with scene.serving():
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts HAVING every(status = 'active')"))
        scene.simulator.telegram.faults.program(Fault.slow(timedelta(seconds=3)), method="sendMessage")
        anna.write("What is the wifi password?")
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'sending'"))
        async with scene.unit() as uow:
            await enrol_account(
                uow, scene.keys(), NewAccount(Platform.telegram, "@bellevue_bot", {"bot_token": BOT_TOKEN})
            )
        scene.simulator.telegram.write(scene.maria, scene.bot, "/triggers")
        await scene.simulator.until(lambda: scene.simulator.telegram.chat(scene.bot, scene.maria).from_bot())
        await eventually(lambda: scene.rows("SELECT FROM outbox HAVING every(state = 'sent')"))
    assert len(anna.said()) == 1


async def test_staff_hear_once_of_another_reader_when_it_stays(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for pause in ("CONTESTED_PAUSE", "STATE_EVERY"):
        monkeypatch.setattr(pollers, pause, timedelta(milliseconds=50))
    taken = '{"message": "Webhook is set"}'
    scene.simulator.green.faults.program(Fault.answer(400, taken), method="receiveNotification", times=5)
    async with scene.serving():
        await scene.simulator.until(lambda: not scene.simulator.green.faults.waiting)
        guest = scene.guest(Platform.whatsapp_green)
        guest.write("What is the wifi password?")
        await scene.simulator.until(guest.said)
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts HAVING every(status = 'active')"))
        told = await scene.rows("SELECT FROM staff_notifications WHERE content LIKE '%limited%'")
    assert len(told) == 1


@pytest.mark.parametrize(("method", "public_url"), [("setWebhook", "https://hotel.example"), ("getUpdates", "")])
async def test_staff_hear_once_of_it_when_the_provider_refuses_to_push_or_to_be_read(
    scene: Scene, method: str, public_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("FIRST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(pollers, pause, timedelta(milliseconds=50))
    refusal = '{"ok": false, "error_code": 400, "description": "Bad Request: bad webhook: failed to resolve host"}'
    scene.simulator.telegram.faults.program(Fault.answer(400, refusal), method=method, times=None)
    refused = scene.simulator.history
    async with scene.serving(BELLHOP_PUBLIC_URL=public_url):
        await scene.simulator.until(lambda: any("is limited" in alert for alert in scene.alerts()))
        asked = len(refused.of(method=method, kind=Kind.fail))
        await scene.simulator.until(lambda: len(refused.of(method=method, kind=Kind.fail)) > asked + 3)
        (account,) = await scene.rows("SELECT status_reason FROM channel_accounts WHERE status = 'limited'")
    assert "failed to resolve host" in account["status_reason"]
    assert len([alert for alert in scene.alerts() if "is limited" in alert]) == 1
