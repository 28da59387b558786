"""Green API's details, spoken by hand."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.clock import FixedClock
from bot.simulator.green.instance import Instance
from bot.simulator.green.methods import Methods
from bot.simulator.green.outgoing import Dispatch
from bot.simulator.world import Simulator
from tests.bot.simulator.conftest import GUEST, INSTANCE_TOKEN, TOKEN, Call
from tests.bot.simulator.receiver import Receiver

CHAT = "79001234568@c.us"


@pytest.mark.parametrize(
    ("verb", "method", "options", "status"),
    [
        ("GET", "getStateInstance", {"token": "wrong"}, 401),
        ("GET", "getStateInstance", {"number": "42"}, 403),
        ("GET", "getStateInstance", {"number": "x"}, 400),
        ("POST", "getStateInstance", {}, 404),
        ("GET", "flyToTheMoon", {}, 404),
        ("GET", "getStateInstance", {"tail": "/7"}, 404),
        ("DELETE", "deleteNotification", {}, 404),
        ("DELETE", "deleteNotification", {"tail": "/x"}, 400),
        ("GET", "receiveNotification", {"tail": "?receiveTimeout=4"}, 400),
        ("GET", "receiveNotification", {"tail": "?receiveTimeout=61"}, 400),
        ("GET", "lastOutgoingMessages", {"tail": "?minutes=x"}, 400),
    ],
)
async def test_call_is_refused_when_nobody_or_nothing_is_meant(
    instance: Instance, green: Call, verb: str, method: str, options: dict[str, Any], status: int
) -> None:
    code, reply = await green(verb, method, **options)
    assert (code, reply["statusCode"]) == (status, status)
    assert reply["path"].startswith("/waInstance")


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("sendMessage", {"message": "x"}, "'chatId' is required"),
        ("sendMessage", {"chatId": "+7900", "message": "x"}, "'chatId' is required"),
        ("sendMessage", {"chatId": CHAT, "message": "  "}, "'message' is required"),
        ("sendMessage", {"chatId": CHAT, "message": "x" * 20_001}, "length must be less"),
        ("sendInteractiveButtonsReply", {"chatId": "120363@g.us", "body": "x"}, "chatId"),
        ("sendInteractiveButtonsReply", {"chatId": "120363000000@g.us", "body": "x"}, "personal chat"),
        ("sendInteractiveButtonsReply", {"chatId": CHAT, "body": "x", "buttons": []}, "between 1 and 3"),
        ("sendInteractiveButtonsReply", {"chatId": CHAT, "body": "x", "buttons": [1]}, "'buttonId' is required"),
        (
            "sendInteractiveButtonsReply",
            {"chatId": CHAT, "body": "x", "buttons": [{"buttonId": "1", "buttonText": "y" * 26}]},
            "equal to 25",
        ),
        ("sendFileByUrl", {"chatId": CHAT, "urlFile": "http://x"}, "'fileName' is required"),
        ("sendLocation", {"chatId": CHAT, "latitude": "north"}, "must be numbers"),
        ("sendContact", {"chatId": CHAT, "contact": {}}, "'contact.phoneContact' is required"),
        ("sendPoll", {"chatId": CHAT, "message": "x", "options": [1]}, "between 2 and 12"),
        ("setSettings", {}, "at least one parameter"),
        ("setSettings", {"colour": "red"}, "property colour should not exist"),
        ("setSettings", {"incomingWebhook": 1}, "'incomingWebhook' has a wrong type"),
        ("checkWhatsapp", {"phoneNumber": "x"}, "'phoneNumber' must be a number"),
        ("getChatHistory", {"chatId": CHAT, "count": 0}, "'count' must be"),
    ],
)
async def test_call_is_refused_with_reason_when_it_is_wrong(
    simulator: Simulator, instance: Instance, green: Call, method: str, body: dict[str, Any], words: str
) -> None:
    code, reply = await green("POST", method, **body)
    assert code == 400
    assert words in reply["message"]
    assert simulator.history.of(method="accepted") == []
    assert simulator.green.pending(instance) == []


@pytest.mark.parametrize("body", [b"{", b"[1]"])
async def test_body_is_refused_when_it_is_not_a_json_object(
    simulator: Simulator, instance: Instance, http: aiohttp.ClientSession, body: bytes
) -> None:
    url = f"{simulator.green.url}/waInstance{instance.id}/sendMessage/{INSTANCE_TOKEN}"
    async with http.post(url, data=body) as reply:
        assert reply.status == 400


async def test_head_of_the_line_is_sent_again_until_200_when_webhooks_fail(
    simulator: Simulator, instance: Instance, green: Call
) -> None:
    async with Receiver() as receiver:
        receiver.answers = [500, 201]
        simulator.green.write(GUEST, instance, "one")
        simulator.green.write(GUEST, instance, "two")
        await green("POST", "setSettings", webhookUrl=receiver.url, webhookUrlToken="opaque")
        bodies = await receiver.got(4)
        texts = [b["messageData"]["textMessageData"]["textMessage"] for b in bodies[:4]]
        assert texts == ["one", "one", "one", "two"]
        assert {headers["Authorization"] for headers in receiver.headers} == {"Bearer opaque"}
        assert bodies[0] == bodies[2]
        code, reply = await green("GET", "receiveNotification")
        assert code == 400
        assert "webhook url is set" in reply["message"]
        await receiver.got(6)
        await simulator.until(lambda: not simulator.green.pending(instance))


async def test_notifications_wait_when_the_webhook_server_is_down(
    simulator: Simulator, instance: Instance, green: Call
) -> None:
    await green("POST", "setSettings", webhookUrl="http://127.0.0.1:9/hook", stateWebhook="no")
    simulator.green.write(GUEST, instance, "one")
    await simulator.until(lambda: len(simulator.history.of(method="delivered")) >= 1)
    assert len(simulator.green.pending(instance)) >= 1
    await green("POST", "setSettings", webhookUrl="")
    code, first = await green("GET", "receiveNotification")
    assert (code, first["receiptId"]) == (200, 1)


async def test_sends_keep_their_distance_when_the_pace_is_on(
    simulator: Simulator, instance: Instance, green: Call
) -> None:
    simulator.green.pace.enabled = True
    await green("POST", "setSettings", delaySendMessagesMilliseconds=30_000)
    await green("POST", "sendMessage", chatId=CHAT, message="one")
    await green("POST", "sendMessage", chatId=CHAT, message="two")
    assert (await green("GET", "getMessagesCount"))[1] == {"count": 2}
    await simulator.until(lambda: len(simulator.green.chat(instance, GUEST).messages) == 2)
    assert simulator.green.chat(instance, GUEST).texts == ["one", "two"]


async def test_nothing_leaves_when_the_state_changes_between_two_sends(
    simulator: Simulator, instance: Instance, green: Call
) -> None:
    simulator.green.pace.enabled = True
    await green("POST", "sendMessage", chatId=CHAT, message="one")
    simulator.green.set_state(instance, "blocked")
    await simulator.changes.after(simulator.changes.version, within=0.05)
    assert simulator.green.chat(instance, GUEST).messages == ()
    assert (await green("GET", "getStatusInstance"))[1] == {"statusInstance": "offline"}


async def test_media_can_be_downloaded_when_a_guest_sent_it(
    simulator: Simulator, instance: Instance, http: aiohttp.ClientSession
) -> None:
    simulator.green.send_image(GUEST, instance, "Look")
    data = simulator.green.pending(instance)[0]["messageData"]["fileMessageData"]
    assert (data["caption"], data["mimeType"]) == ("Look", "image/jpeg")
    async with http.get(data["downloadUrl"]) as reply:
        assert (reply.status, await reply.read()) == (200, b"photo.jpg")


async def test_group_messages_name_group_and_sender_when_written(simulator: Simulator, instance: Instance) -> None:
    simulator.green.write(GUEST, instance, "hello all", group="120363043968066561@g.us")
    sender = simulator.green.pending(instance)[0]["senderData"]
    assert (sender["chatId"], sender["sender"]) == ("120363043968066561@g.us", CHAT)
    assert simulator.green.chat(instance, GUEST).messages == ()


async def test_answer_quotes_the_message_when_the_bot_names_it(
    simulator: Simulator, instance: Instance, green: Call
) -> None:
    asked = simulator.green.write(GUEST, instance, "wifi?")
    await green("POST", "sendMessage", chatId=CHAT, message="hotel-guest", quotedMessageId=asked.id)
    await simulator.until(lambda: len(simulator.green.chat(instance, GUEST).messages) == 2)
    assert simulator.green.chat(instance, GUEST).last.reply_to == asked.id


@pytest.mark.parametrize("odd", [None, "", "x", -1, True, [], [1], {}, {"a": 1}], ids=repr)
async def test_server_stays_up_when_parameters_are_of_odd_types(
    simulator: Simulator, instance: Instance, green: Call, odd: Any
) -> None:
    names = "chatId message body buttons urlFile fileName latitude longitude contact options idMessage count"
    names += " phoneNumber incomingWebhook delaySendMessagesMilliseconds"
    for verb, method in Methods(Dispatch(simulator.green.pace, 1.0)).table:
        for sane in ({}, {"chatId": CHAT}, {"chatId": CHAT, "message": "x", "body": "x"}):
            code, _ = await green(verb, method, **dict.fromkeys(names.split(), odd) | sane)
            assert code in (200, 400)


async def test_ids_begin_higher_when_told_so(clock: FixedClock) -> None:
    async with Simulator(clock, first_id=5_000) as simulator:
        bot = simulator.telegram.add_bot(TOKEN, "hotel_bot")
        said = simulator.telegram.open_link(simulator.telegram.add_user("Anna"), bot)
        instance = simulator.green.add_instance(1, "t", "49301")
        written = simulator.green.write(GUEST, instance, "hello")
        assert (said.id, simulator.telegram.pending(bot)[0]["update_id"]) == ("5000", 100_005_000)
        assert int(written.id, 16) == int("3A" + f"{5_000:030X}", 16)
        assert instance.incoming[0].receipt == 5_000
