"""An alert that can't be told by one way is told by the next, whatever became of the ones before."""

from __future__ import annotations

import pytest

from bot.enrolment import NewAccount, enrol_account
from bot.messages import Platform
from bot.simulator.chats import ChatMessage
from bot.simulator.faults import Fault
from models.enums import Severity
from tests.flows.house import Scene, eventually
from tests.flows.test_alerts import raise_all

NEW_TOKEN = "700000002:second-second-second-second-second"


def _told_to_maria(scene: Scene) -> list[ChatMessage]:
    return scene.simulator.telegram.chat(scene.bot, scene.maria).from_bot()


@pytest.mark.parametrize("second", [Fault.reset(), Fault.answer(403)])
async def test_alert_reaches_the_admin_when_the_group_was_tried_in_vain_after_a_doubt(
    scene: Scene, second: Fault
) -> None:
    scene.simulator.telegram.faults.program(Fault.reset(), method="sendMessage")
    scene.simulator.telegram.faults.program(second, method="sendMessage")
    async with scene.serving() as house:
        await raise_all(scene, house, Severity.critical, "smoke in room 7")
        (alert,) = await scene.simulator.until(lambda: _told_to_maria(scene))
        await eventually(lambda: scene.rows("SELECT FROM staff_notifications WHERE status = 'sent'"))
    assert "smoke in room 7" in alert.text
    assert not scene.alerts()


async def test_alert_is_said_twice_at_most_by_each_way_when_every_call_breaks_off(scene: Scene) -> None:
    scene.simulator.telegram.faults.program(Fault.reset(took_effect=True), method="sendMessage", times=None)
    async with scene.serving() as house:
        await raise_all(scene, house, Severity.critical, "smoke in room 7")
        await eventually(lambda: scene.rows("SELECT FROM staff_notifications WHERE status = 'failed'"))
    assert (len(scene.alerts()), len(_told_to_maria(scene))) == (2, 2)
    assert not scene.alerts()[0].startswith("(Repeated")
    assert all(text.startswith("(Repeated") for text in [scene.alerts()[1], *(m.text for m in _told_to_maria(scene))])


async def test_complaint_reaches_the_admin_by_the_new_bot_when_the_groups_bot_was_switched_off(scene: Scene) -> None:
    telegram, guest = scene.simulator.telegram, scene.guest(Platform.whatsapp_green)
    new = telegram.add_bot(NEW_TOKEN, "new_bot")
    telegram.befriend(scene.maria, new)
    async with scene.unit() as uow:
        await enrol_account(uow, scene.keys(), NewAccount(Platform.telegram, "@new_bot", {"bot_token": NEW_TOKEN}))
        await uow.accounts.disable(scene.accounts[Platform.telegram])
    async with scene.serving():
        guest.write("The room is filthy and nobody answers")
        (alert,) = await scene.simulator.until(lambda: telegram.chat(new, scene.maria).from_bot())
    assert "filthy" in alert.text


async def test_complaint_reaches_the_admin_when_they_unblock_the_bot_and_the_group_is_gone(scene: Scene) -> None:
    telegram, guest = scene.simulator.telegram, scene.guest(Platform.whatsapp_green)
    telegram.faults.program(Fault.answer(403), method="sendMessage")
    async with scene.serving():
        telegram.block(scene.maria, scene.bot)
        guest.write("The room is filthy and nobody answers")
        await eventually(lambda: scene.rows("SELECT FROM staff_notifications WHERE status = 'failed'"))
        telegram.unblock(scene.maria, scene.bot)
        (alert,) = await scene.simulator.until(lambda: _told_to_maria(scene))
        await eventually(lambda: scene.rows("SELECT FROM staff_notifications WHERE status = 'sent'"))
    assert "filthy" in alert.text
