"""What happens around the commit of `sending`, before the call: the call is not made, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import make_url, text

from bot.app import House, open_house
from bot.database import Logins
from bot.errors import LeaseLost
from bot.inbox import TOPIC as INBOX_TOPIC
from bot.messages import OutgoingMessage, Platform
from bot.outbox import Letter, enqueue, follow_chat
from bot.pace import Pace
from bot.sending import Sender
from bot.storage.claims import LEASE
from models.enums import OutboxPurpose, Severity
from tests.bot.storage.houses import waits_for_lock
from tests.flows.house import Scene
from tests.flows.proxy import Boundary, Moment, PostgresProxy
from tests.flows.test_alerts import raise_all

Meanwhile = Callable[[Pace, str], float]
"""Changes something while a message is being begun, and returns the seconds that went by."""


def _stood_still(pace: Pace, account: str) -> float:
    return LEASE.total_seconds() + 1


def _asked_for_quiet(pace: Pace, account: str) -> float:
    pace.hold(account, 7)
    return 0.1


async def _queue(scene: Scene, house: House, text: str) -> None:
    """Let something wait that must leave for the guest in WhatsApp."""
    guest, account = scene.guest(Platform.whatsapp_green), scene.accounts[Platform.whatsapp_green]
    async with house.database.unit(scene.hotel_id) as uow:
        chat = await uow.chats.at(account, guest.address)
        letter = Letter(account, chat, guest.platform, OutboxPurpose.reply, timedelta(hours=1), "c0ffee")
        await enqueue(uow, letter, OutgoingMessage(text), scene.clock.now())


@pytest.mark.parametrize(
    ("meanwhile", "reason"), [(_stood_still, "stood still before the call"), (_asked_for_quiet, "was put to rest")]
)
async def test_a_message_whose_moment_passed_before_the_call_stays_and_goes_later(
    scene: Scene, meanwhile: Meanwhile, reason: str
) -> None:
    guest, account = scene.guest(Platform.whatsapp_green), scene.accounts[Platform.whatsapp_green]
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await _queue(scene, house, "Breakfast is from 7:00.")
        (lease,) = await house.database.claims.claim_outbox(scene.clock.now(), 1)
        pace, began = Pace(), iter([0.001])

        def monotonic() -> float:
            return next(began, None) or meanwhile(pace, str(account))

        sender = Sender(
            house.database, house.connections, scene.clock, pace, house.knocks, house.desk.settled, monotonic
        )
        await sender.send(lease)
        await sender.close()
    assert not guest.said()
    (row,) = await scene.rows("SELECT state, reason FROM outbox")
    assert row["state"] == "queued"
    assert reason in row["reason"]

    async with scene.serving():
        scene.clock.move(timedelta(seconds=10))
        await scene.simulator.until(guest.said)
    assert [message.text for message in guest.said()] == ["Breakfast is from 7:00."]


@pytest.mark.parametrize("moment", Moment)
async def test_a_message_leaves_once_and_in_no_doubt_when_the_database_fails_at_its_beginning(
    scene: Scene, moment: Moment
) -> None:
    failed: list[Boundary] = []

    def fail(boundary: Boundary) -> Moment | None:
        if failed or not boundary.what.startswith("outbox(state attempts "):
            return None
        failed.append(boundary)
        return moment

    guest = scene.guest(Platform.telegram)
    url, direct = make_url(scene.database.admin_url), scene.logins()
    async with PostgresProxy(url.host or "", url.port or 5432, fail, lambda: None) as proxy:
        logins = Logins(None, proxy.url_for(direct.app), proxy.url_for(direct.runtime))
        guest.write("What is the wifi password?")
        async with scene.serving(logins):
            await scene.simulator.until(guest.said)
            guest.write("When is breakfast?")
            await scene.simulator.until(lambda: any("7:00" in message.text for message in guest.said()))
    assert failed
    assert ["sunny-terrace" in message.text for message in guest.said()] == [True, False]
    assert not scene.alerts(), "nothing was in doubt"


async def test_a_message_leaves_once_when_its_process_stood_still_and_claimed_it_anew(scene: Scene) -> None:
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await _queue(scene, house, "Breakfast is from 7:00.")
        (stale,) = await house.database.claims.claim_outbox(scene.clock.now(), 1, lease=timedelta(seconds=-1))
        (fresh,) = await house.database.claims.claim_outbox(scene.clock.now(), 1)
        sender = Sender(house.database, house.connections, scene.clock, Pace(), house.knocks, house.desk.settled)
        # Both are begun together, as what was held up by a slow database is.
        first, second = await asyncio.gather(sender.send(stale), sender.send(fresh), return_exceptions=True)
        await sender.close()
    assert isinstance(first, LeaseLost)
    assert not isinstance(second, BaseException)
    assert [message.text for message in scene.guest(Platform.whatsapp_green).said()] == ["Breakfast is from 7:00."]


async def test_answers_leave_and_an_alert_follows_its_group_when_the_group_is_just_moving(scene: Scene) -> None:
    account = scene.accounts[Platform.telegram]
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await raise_all(scene, house, Severity.critical, "smoke")
        await _queue(scene, house, "Breakfast is from 7:00.")
        leases = await house.database.claims.claim_outbox(scene.clock.now(), 10)
        sender = Sender(house.database, house.connections, scene.clock, Pace(), house.knocks, house.desk.settled)
        async with house.database.unit(scene.hotel_id) as uow:
            (group,) = (await uow.chats.known_at(account, [str(scene.group.id)])).values()
            await uow.chats.lock([group.id])
            await asyncio.gather(*map(sender.send, leases))
            assert [one.text for one in scene.guest(Platform.whatsapp_green).said()] == ["Breakfast is from 7:00."]
            await follow_chat(uow, group, "-1009")
        await sender.close()
    assert not scene.alerts()
    (alert,) = await scene.rows(
        "SELECT state, attempts, address FROM outbox JOIN chats ON chats.id = chat_id AND address LIKE '-%'"
    )
    assert tuple(alert) == ("queued", 0, "-1009")


async def test_the_inbox_is_looked_at_again_when_a_chat_was_passed_over_because_its_answer_was_being_recorded(
    scene: Scene,
) -> None:
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await _queue(scene, house, "Breakfast is from 7:00.")
        (lease,) = await house.database.claims.claim_outbox(scene.clock.now(), 1)
        sender = Sender(house.database, house.connections, scene.clock, Pace(), house.knocks, house.desk.settled)
        async with house.database.unit(scene.hotel_id) as uow:
            await uow.chats.wake(lease.chat_id)
            sending = asyncio.ensure_future(sender.send(lease))
            await waits_for_lock(house.database, sending)
        assert not await house.knocks.wait(INBOX_TOPIC, 0)
        await sending
        assert await house.knocks.wait(INBOX_TOPIC, 0)
        await sender.close()


async def test_more_is_looked_for_when_something_was_passed_over_while_the_one_before_it_was_being_recorded(
    scene: Scene,
) -> None:
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        claims = house.database.claims
        await _queue(scene, house, "Breakfast is from 7:00.")
        (lease,) = await claims.claim_outbox(scene.clock.now(), 1)
        sender = Sender(house.database, house.connections, scene.clock, Pace(), house.knocks, house.desk.settled)
        async with house.database.unit(scene.hotel_id) as uow:
            # Its counters are noted when it is known already whether more wait.
            await uow.connection.execute(text("SELECT FROM channel_accounts FOR NO KEY UPDATE"))
            sending = asyncio.ensure_future(sender.send(lease))
            await waits_for_lock(house.database, sending)
            await _queue(scene, house, "The pool is open.")
            assert await claims.claim_outbox(scene.clock.now(), 1) == [], "the first is on its way"
        assert await sending
        assert len(await claims.claim_outbox(scene.clock.now(), 1)) == 1
        await sender.close()


async def test_nothing_is_looked_for_when_nothing_waits_behind_what_was_sent(scene: Scene) -> None:
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await _queue(scene, house, "Breakfast is from 7:00.")
        (lease,) = await house.database.claims.claim_outbox(scene.clock.now(), 1)
        sender = Sender(house.database, house.connections, scene.clock, Pace(), house.knocks, house.desk.settled)
        assert not await sender.send(lease)
        await sender.close()


async def test_a_message_that_was_stopped_is_found_in_the_log_by_its_correlation_id(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        await _queue(scene, house, "Breakfast is from 7:00.")
        scene.clock.move(timedelta(hours=2))
        (lease,) = await house.database.claims.claim_outbox(scene.clock.now(), 1)
        sender = Sender(house.database, house.connections, scene.clock, Pace(), house.knocks, house.desk.settled)
        await sender.send(lease)
        await sender.close()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "message_stopped" in line]
    assert "correlation_id=c0ffee" in line
    assert str(scene.hotel_id) in line
