"""Something goes wrong: a payload, a handler, a provider, an account. Nothing vanishes and somebody is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import make_url

from bot.app import open_house
from bot.channels.registry import connect
from bot.database import Logins
from bot.inbox import Inbox
from bot.lanes import replay
from bot.messages import Platform
from bot.nlu.analysis import Analyser
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from bot.storage.claims import AccountHead
from bot.updates import Updates
from bot.workers.inbox import MOST_ATTEMPTS, InboxWorker
from bot.workers.leases import Leases
from handlers.base import Outcome, Reply, Turn
from handlers.router import Route, Router
from handlers.step import Step
from handlers.turns import TurnLoader
from tests.flows.house import BOT_TOKEN, SORRY, WELCOME, Scene, eventually
from tests.flows.proxy import Boundary, Moment, PostgresProxy

BOTH = pytest.mark.parametrize("platform", list(Platform))


@BOTH
async def test_next_message_is_answered_when_one_before_it_can_not_be_read(scene: Scene, platform: Platform) -> None:
    guest = scene.guest(platform)
    if platform is Platform.telegram:
        scene.simulator.telegram.push(scene.bot, {"message": {"date": "never", "chat": {"id": scene.anna.id}}})
    else:
        body = {"typeWebhook": "incomingMessageReceived", "idMessage": "X1", "senderData": {"chatId": guest.address}}
        scene.simulator.green.push(scene.instance, body)
    guest.write("What is the wifi password?")
    async with scene.serving():
        (reply, *_) = await scene.simulator.until(guest.said)
        await scene.simulator.until(lambda: any("was set aside" in alert for alert in scene.alerts()))
    assert "sunny-terrace" in reply.text
    (event,) = await scene.rows("SELECT last_error FROM inbox_events WHERE state = 'quarantined'")
    assert event["last_error"].startswith("could not be read: ")


class Breaks(Reply):
    """A handler with a mistake in it."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        raise LookupError("a mistake in a handler")


async def test_poison_is_set_aside_and_answered_later_when_its_handler_was_mended(scene: Scene) -> None:
    guest = scene.guest(Platform.telegram)
    guest.write("poison")
    guest.write("thanks")
    await _handle_with_a_mistake(scene)
    (event,) = await scene.rows("SELECT * FROM inbox_events WHERE state = 'quarantined'")
    assert event["attempts"] == 3
    assert event["last_error"] == "LookupError"
    async with scene.serving():
        (reply, *_) = await scene.simulator.until(guest.said)
        await scene.simulator.until(lambda: any("3 times" in alert for alert in scene.alerts()))
        async with scene.unit() as uow:
            replayed = await replay(uow, event["id"])
        assert replayed is not None
        await eventually(lambda: scene.rows("SELECT FROM messages WHERE content = 'poison'"))
        await scene.simulator.until(lambda: len(guest.said()) == 2)
    assert reply.text == "You're very welcome!"


async def _handle_with_a_mistake(scene: Scene) -> None:
    """Let a worker of an older release handle what Telegram has."""
    async with open_house(scene.settings(), scene.logins(), scene.clock) as house:
        head = AccountHead(scene.hotel_id, scene.accounts[Platform.telegram], Platform.telegram, "active")
        url = scene.simulator.telegram.url
        async with connect(Platform.telegram, {"bot_token": BOT_TOKEN}, api_url=url, clock=scene.clock) as channel:
            batch = await channel.fetch()
            await Inbox(house.database, scene.clock, house.knocks).accept(head, batch.events)
        mistaken = Route("mistaken", lambda turn: turn.text == "poison", Breaks())
        answering = Route("guest", lambda turn: turn.guest is not None, Answers())
        analyser = Analyser()
        analyser.analyse("Load the models before anybody's transaction waits for them.")
        loader = TurnLoader(analyser, house.texts, scene.clock)
        step = Step(house.database, loader, Router([mistaken, answering]), house.desk, house.engine)
        leases = Leases(house.database.claims)
        worker = InboxWorker(house.database, step, Updates(house.desk), house.desk, scene.clock, house.knocks, leases)
        stop = asyncio.Event()
        renewing, working = asyncio.create_task(leases.run()), asyncio.create_task(worker.run(stop))
        await eventually(lambda: scene.rows("SELECT FROM inbox_events HAVING every(state <> 'queued')"))
        stop.set()
        await working
        renewing.cancel()


class Answers(Reply):
    """The rest of that release."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((turn.reply("thanks-reply"),))


@BOTH
async def test_message_waits_as_long_as_asked_when_the_provider_is_too_busy(scene: Scene, platform: Platform) -> None:
    guest, busy = scene.guest(platform), Fault.answer(429, retry_after=1)
    server = "telegram" if platform is Platform.telegram else "green"
    faults = scene.simulator.telegram.faults if platform is Platform.telegram else scene.simulator.green.faults
    method = "sendMessage" if platform is Platform.telegram else "sendInteractiveButtonsReply"
    faults.program(busy, method=method)
    async with scene.serving():
        guest.write("What is the wifi password?")
        await scene.simulator.until(guest.said)
    (refused, *_) = scene.simulator.history.of(server=server, method=method, kind=Kind.fail)
    sent = [r for r in scene.simulator.history.of(server=server, kind=Kind.invoke) if r.method.startswith("send")][-1]
    assert sent.at - refused.at >= timedelta(seconds=1)
    assert len(guest.said()) == 1


async def test_bot_stays_quiet_as_long_as_asked_when_another_process_takes_over(scene: Scene) -> None:
    guest = scene.guest(Platform.telegram)
    scene.simulator.telegram.faults.program(Fault.answer(429, retry_after=3), method="sendMessage")
    async with scene.serving():
        guest.write("What is the wifi password?")
        await eventually(lambda: scene.rows("SELECT FROM channel_accounts WHERE rests_until IS NOT NULL"))
    scene.simulator.telegram.write(scene.maria, scene.bot, "/triggers")
    async with scene.serving():
        await scene.simulator.until(lambda: scene.simulator.telegram.chat(scene.bot, scene.maria).from_bot())
        await scene.simulator.until(guest.said)
    history = scene.simulator.history
    (refused, *_) = history.of(server="telegram", method="sendMessage", kind=Kind.fail)
    sends = history.of(server="telegram", method="sendMessage", kind=Kind.invoke)[1:]
    assert min(send.at for send in sends) - refused.at >= timedelta(seconds=3)


async def test_message_is_not_tried_without_a_pause_when_the_provider_sends_it_in_circles(scene: Scene) -> None:
    guest = scene.guest(Platform.telegram)
    moved = f'{{"ok": false, "error_code": 400, "parameters": {{"migrate_to_chat_id": {guest.address}}}}}'
    scene.simulator.telegram.faults.program(Fault.answer(400, moved), method="sendMessage", times=None)
    async with scene.serving():
        guest.write("What is the wifi password?")
        await eventually(
            lambda: scene.rows("SELECT FROM outbox WHERE attempts = 2 AND not_before > $1", scene.clock.now())
        )
    assert len(scene.simulator.history.of(method="sendMessage", kind=Kind.fail)) == 2


async def test_staff_hear_that_a_reply_was_lost_when_the_guest_blocked_the_bot(scene: Scene) -> None:
    guest = scene.guest(Platform.telegram)
    guest.write("What is the wifi password?")
    scene.simulator.telegram.block(scene.anna, scene.bot)
    async with scene.serving():
        await scene.simulator.until(lambda: any("did not get this" in alert for alert in scene.alerts()))
        await eventually(
            lambda: scene.rows("SELECT FROM chats WHERE address = $1 AND NOT is_reachable", guest.address)
        )
        scene.clock.move(timedelta(hours=2, seconds=1))
        await eventually(lambda: scene.rows("SELECT FROM trigger_firings WHERE reason = 'unreachable'"))
    assert not guest.said()


async def test_message_waits_when_whatsapp_was_logged_out_and_goes_when_it_is_back(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        await _log_out(scene)
        scene.clock.move(timedelta(hours=2, seconds=1))
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'queued' AND purpose = 'trigger'"))
        assert not guest.said()
        scene.simulator.green.set_state(scene.instance, "authorized")
        (welcome,) = await scene.simulator.until(guest.said)
    assert welcome.text == WELCOME.replace("{{ stay.room_number }}", "214")


async def test_message_is_not_sent_any_more_when_whatsapp_comes_back_too_late(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        await _log_out(scene)
        scene.clock.move(timedelta(hours=2, seconds=1))
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'queued' AND purpose = 'trigger'"))
        scene.clock.move(timedelta(hours=13))
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'expired'"))
        scene.simulator.green.set_state(scene.instance, "authorized")
        guest.write("What is the wifi password?")
        (reply, *_) = await scene.simulator.until(guest.said)
    assert "sunny-terrace" in reply.text


async def _log_out(scene: Scene) -> None:
    """Let the phone log the hotel out, and wait until staff know."""
    await eventually(lambda: scene.rows("SELECT FROM channel_accounts HAVING every(status = 'active')"))
    scene.simulator.green.set_state(scene.instance, "notAuthorized")
    await scene.simulator.until(lambda: any("is disconnected" in alert for alert in scene.alerts()))


async def test_statuses_count_when_they_came_before_anybody_knew_the_messages_id(scene: Scene) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        cut = Fault.reset(took_effect=True)
        scene.simulator.green.faults.program(cut, method="sendInteractiveButtonsReply")
        guest.write("What is the wifi password?")
        await eventually(lambda: scene.rows("SELECT FROM outbox HAVING every(state = 'delivered') AND count(*) = 1"))
    assert len(guest.said()) == 1


async def test_an_answer_is_not_said_again_when_neither_queue_nor_journal_shows_it_at_the_first_look(
    scene: Scene,
) -> None:
    guest, green, history = scene.guest(Platform.whatsapp_green), scene.simulator.green, scene.simulator.history
    async with scene.serving():
        green.faults.program(Fault.reset(took_effect=True), method="sendInteractiveButtonsReply")
        green.faults.program(Fault.answer(200, "[]"), method="lastOutgoingMessages", times=None)
        guest.write("What is the wifi password?")
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'in_doubt'"))
    # It waited in the provider's queue all the time that nobody looked, and left it just now.
    scene.clock.move(timedelta(hours=1))
    asked = len(history.of(method="lastOutgoingMessages", kind=Kind.invoke))
    async with scene.serving():
        await scene.simulator.until(
            lambda: len(history.of(method="lastOutgoingMessages", kind=Kind.invoke)) > asked + 1, within=20
        )
        green.faults.clear()
        await eventually(lambda: scene.rows("SELECT FROM outbox HAVING every(state = 'delivered') AND count(*) = 1"))
    assert len(guest.said()) == 1


async def test_staff_are_told_of_a_doubt_when_the_journal_only_shows_an_earlier_message_with_the_same_words(
    scene: Scene,
) -> None:
    guest = scene.guest(Platform.whatsapp_green)
    async with scene.serving():
        guest.write("What is the wifi password?")
        await scene.simulator.until(guest.said)
        cut = Fault.reset()
        scene.simulator.green.faults.program(cut, method="sendInteractiveButtonsReply")
        guest.write("What is the wifi password?")
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'in_doubt'"))
        scene.clock.move(timedelta(minutes=3))
        await scene.simulator.until(lambda: any("It is unknown" in alert for alert in scene.alerts()))
    assert len(guest.said()) == 1


async def test_a_lost_answer_is_sent_after_all_when_the_journal_was_asked_too_often(scene: Scene) -> None:
    guest, green, history = scene.guest(Platform.whatsapp_green), scene.simulator.green, scene.simulator.history
    async with scene.serving():
        green.faults.program(Fault.reset(), method="sendInteractiveButtonsReply")
        green.faults.program(Fault.answer(429), method="lastOutgoingMessages", times=None)
        guest.write("What is the wifi password?")
        await eventually(lambda: scene.rows("SELECT FROM outbox WHERE state = 'in_doubt'"))
        scene.clock.move(timedelta(minutes=3))
        asked = len(history.of(method="lastOutgoingMessages", kind=Kind.invoke))
        await scene.simulator.until(
            lambda: len(history.of(method="lastOutgoingMessages", kind=Kind.invoke)) > asked + 1, within=20
        )
        green.faults.clear()
        await scene.wait_for_journal()
        (reply, *_) = await scene.simulator.until(guest.said, within=20)
    assert "sunny-terrace" in reply.text
    assert not any("It is unknown" in alert for alert in scene.alerts())


@BOTH
async def test_nothing_is_lost_when_the_database_drops_everybody_again_and_again(
    scene: Scene, platform: Platform
) -> None:
    guest = scene.guest(platform)
    async with scene.serving():
        for number in range(5):
            guest.write(f"The room is filthy and nobody answers ({number})")
            await scene.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'bellhop'"
            )
            await asyncio.sleep(0.3)
        guest.write("What is the wifi password?")
        await scene.simulator.until(
            lambda: any("sunny-terrace" in message.text for message in guest.said()), within=20
        )
        await scene.simulator.until(lambda: len(scene.alerts()) >= 5, within=20)
        await eventually(lambda: scene.rows("SELECT FROM outbox HAVING every(state IN ('sent', 'delivered'))"))
    heard = await scene.rows("SELECT content FROM messages WHERE role = 'guest' ORDER BY created_at")
    assert [row["content"][-2] for row in heard[:5]] == list("01234")
    assert len(heard) == 6
    assert [message.text for message in guest.said()].count(SORRY) == 1


async def test_a_message_is_answered_when_the_database_fails_more_often_than_it_may_be_tried(scene: Scene) -> None:
    failed: list[Boundary] = []

    def fail(boundary: Boundary) -> Moment | None:
        if len(failed) > MOST_ATTEMPTS or "+messages" not in boundary.what:
            return None
        failed.append(boundary)
        return Moment.before

    guest = scene.guest(Platform.telegram)
    url, direct = make_url(scene.database.admin_url), scene.logins()
    async with PostgresProxy(url.host or "", url.port or 5432, fail, lambda: None) as proxy:
        guest.write("What is the wifi password?")
        async with scene.serving(Logins(None, proxy.url_for(direct.app), proxy.url_for(direct.runtime))):
            await scene.simulator.until(guest.said)
    assert len(failed) > MOST_ATTEMPTS
    assert ["sunny-terrace" in message.text for message in guest.said()] == [True]
    assert not scene.alerts(), "nothing was set aside"


async def test_staff_are_told_of_a_doubt_when_the_provider_keeps_no_journal(scene: Scene) -> None:
    guest, green = scene.guest(Platform.whatsapp_green), scene.simulator.green
    async with scene.serving():
        green.faults.program(Fault.reset(), method="sendInteractiveButtonsReply")
        green.faults.program(
            Fault.answer(405, '{"message": "no such method"}'), method="lastOutgoingMessages", times=None
        )
        guest.write("What is the wifi password?")
        await scene.simulator.until(lambda: any("It is unknown" in alert for alert in scene.alerts()))
    assert not guest.said()
