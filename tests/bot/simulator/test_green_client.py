"""The vendor's own client finds Green API here."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
from whatsapp_api_client_python.API import GreenAPI

from bot.clock import FixedClock
from bot.simulator.chats import Tick
from bot.simulator.faults import Fault
from bot.simulator.green.instance import Instance
from bot.simulator.history import Kind
from bot.simulator.world import Simulator
from tests.bot.simulator.conftest import GUEST

CHAT = "79001234568@c.us"
BUTTONS = [{"buttonId": "yes", "buttonText": "Yes"}, {"buttonId": "no", "buttonText": "No"}]


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1, "whatsapp-api-client-python")


def kinds(simulator: Simulator, instance: Instance) -> list[str]:
    return [body.get("status") or body["typeWebhook"] for body in simulator.green.pending(instance)]


async def delete(api: GreenAPI, receipt: int) -> Any:
    path = "{{host}}/waInstance{{idInstance}}/deleteNotification/{{apiTokenInstance}}/" + str(receipt)
    return (await api.requestAsync("DELETE", path)).data


async def test_same_receipt_comes_again_until_deleted_when_received(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    simulator.green.write(GUEST, instance, "Здравствуйте")
    simulator.green.write(GUEST, instance, "wifi?")
    first = (await green_api.receiving.receiveNotificationAsync()).data
    again = (await green_api.receiving.receiveNotificationAsync()).data
    assert first is not None
    assert first == again
    assert first["body"]["messageData"]["textMessageData"]["textMessage"] == "Здравствуйте"
    assert first["body"]["senderData"]["senderName"] == "Ivan"
    assert await delete(green_api, first["receiptId"]) == {"result": True, "reason": ""}
    second = (await green_api.receiving.receiveNotificationAsync()).data
    assert second is not None
    assert second["body"]["messageData"]["textMessageData"]["textMessage"] == "wifi?"
    gone = await delete(green_api, first["receiptId"])
    assert gone["result"] is False


async def test_null_comes_when_nothing_waits(instance: Instance, green_api: GreenAPI) -> None:
    reply = await green_api.receiving.receiveNotificationAsync()
    assert (reply.code, reply.data) == (200, None)


async def test_receive_ends_at_once_when_something_comes(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    waiting = asyncio.create_task(green_api.receiving.receiveNotificationAsync())
    await asyncio.sleep(0.03)
    simulator.green.write(GUEST, instance, "hello")
    reply = await waiting
    assert reply.data is not None
    assert reply.data["body"]["typeWebhook"] == "incomingMessageReceived"


async def test_vendor_deletion_is_not_found_when_its_receipt_is_missing_in_the_path(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    simulator.green.write(GUEST, instance, "hello")
    reply = await green_api.receiving.deleteNotificationAsync(1)
    assert reply.code == 404
    assert len(simulator.green.pending(instance)) == 1


async def test_message_is_echoed_and_ticked_when_sent(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    reply = await green_api.sending.sendMessageAsync(CHAT, "Hello")
    assert reply.data is not None
    seen = await simulator.until(lambda: simulator.green.chat(instance, GUEST).messages)
    assert (seen[0].id, seen[0].text, seen[0].tick) == (reply.data["idMessage"], "Hello", Tick.delivered)
    assert kinds(simulator, instance) == ["outgoingAPIMessageReceived", "sent", "delivered"]
    simulator.green.read(GUEST, instance)
    assert simulator.green.chat(instance, GUEST).last.tick is Tick.read
    assert simulator.green.pending(instance)[-1]["idMessage"] == reply.data["idMessage"]
    journal = (await green_api.journals.lastOutgoingMessagesAsync()).data
    assert journal is not None
    assert [(e["idMessage"], e["textMessage"], e["statusMessage"], e["sendByApi"]) for e in journal] == [
        (reply.data["idMessage"], "Hello", "read", True)
    ]


@pytest.mark.parametrize(
    ("shape", "part", "value"),
    [
        ("interactiveButtonsResponse", "interactiveButtonsResponse", "selectedId"),
        ("templateButtonsReplyMessage", "templateButtonReplyMessage", "selectedId"),
        ("buttonsResponseMessage", "buttonsResponseMessage", "selectedButtonId"),
    ],
)
async def test_press_arrives_by_its_name_when_a_button_is_pressed(
    simulator: Simulator, instance: Instance, green_api: GreenAPI, shape: str, part: str, value: str
) -> None:
    sent = (await green_api.sending.sendInteractiveButtonsReplyAsync(CHAT, "Sure?", BUTTONS)).data
    assert sent is not None
    await simulator.until(lambda: simulator.green.chat(instance, GUEST).messages)
    question = simulator.green.chat(instance, GUEST).last
    assert [button.label for button in question.buttons] == ["Yes", "No"]
    simulator.green.press(GUEST, question, "No", shape)
    data = simulator.green.pending(instance)[-1]["messageData"]
    assert data["typeMessage"] == shape
    assert (data[part][value], data[part]["stanzaId"]) == ("no", sent["idMessage"])


async def test_every_kind_of_message_has_its_documented_part_when_sent(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    phone, green = GUEST, simulator.green
    said = green.write(phone, instance, "text")
    green.write(phone, instance, "see https://x.org", extended=True)
    green.write(phone, instance, "this one", reply_to=said)
    for kind in ("imageMessage", "videoMessage", "audioMessage", "documentMessage", "stickerMessage"):
        green.send_file(phone, instance, kind)
    green.share_location(phone, instance, 52.5, 13.4)
    green.share_contact(phone, instance, "Olga", "+79990001122")
    green.react(phone, said, "👍")
    green.send_poll(phone, instance, "When?", "now", "later")
    green.edit(phone, said, "changed")
    green.delete(phone, said)
    got = [
        (b["messageData"]["typeMessage"], set(b["messageData"]) - {"typeMessage"}) for b in green.pending(instance)
    ]
    files = [(f"{k}Message", {"fileMessageData"}) for k in ("image", "video", "audio", "document", "sticker")]
    assert got == [
        ("textMessage", {"textMessageData"}),
        ("extendedTextMessage", {"extendedTextMessageData"}),
        ("quotedMessage", {"extendedTextMessageData", "quotedMessage"}),
        *files,
        ("locationMessage", {"locationMessageData"}),
        ("contactMessage", {"contactMessageData"}),
        ("reactionMessage", {"extendedTextMessageData", "quotedMessage"}),
        ("pollMessage", {"pollMessageData"}),
        ("editedMessage", {"editedMessageData"}),
        ("deletedMessage", {"deletedMessageData"}),
    ]
    journal = (await green_api.journals.lastIncomingMessagesAsync()).data
    assert journal is not None
    assert len(journal) == 14
    assert journal[-1]["senderId"] == CHAT


async def test_messages_wait_in_the_queue_when_the_instance_is_not_authorised(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    simulator.green.set_state(instance, "notAuthorized")
    assert (await green_api.account.getStateInstanceAsync()).data == {"stateInstance": "notAuthorized"}
    first = (await green_api.sending.sendMessageAsync(CHAT, "stale")).data
    queue = (await green_api.queues.showMessagesQueueAsync()).data
    assert first is not None
    assert queue == [
        {"messageID": first["idMessage"], "type": "sendMessage", "body": {"chatId": CHAT, "message": "stale"}}
    ]
    assert simulator.green.chat(instance, GUEST).messages == ()
    assert (await green_api.queues.clearMessagesQueueAsync()).data == {"isCleared": True}
    await green_api.sending.sendMessageAsync(CHAT, "fresh")
    assert (await green_api.queues.getMessagesCountAsync()).data == {"count": 1}
    simulator.green.set_state(instance, "authorized")
    await simulator.until(lambda: simulator.green.chat(instance, GUEST).messages)
    assert simulator.green.chat(instance, GUEST).texts == ["fresh"]
    assert kinds(simulator, instance)[:2] == ["stateInstanceChanged", "stateInstanceChanged"]


async def test_queue_forgets_when_a_day_has_passed(
    simulator: Simulator, instance: Instance, green_api: GreenAPI, clock: FixedClock
) -> None:
    simulator.green.write(GUEST, instance, "old news")
    simulator.green.set_state(instance, "yellowCard")
    assert (await green_api.sending.sendMessageAsync(CHAT, "stale")).code == 200
    clock.move(timedelta(hours=25))
    simulator.green.set_state(instance, "authorized")
    await green_api.sending.sendMessageAsync(CHAT, "fresh")
    await simulator.until(lambda: len(simulator.green.chat(instance, GUEST).messages) == 2)
    assert simulator.green.chat(instance, GUEST).texts == ["old news", "fresh"]
    assert kinds(simulator, instance)[0] == "stateInstanceChanged"
    assert [record.method for record in simulator.history.of(method="expired")] == ["expired"] * 3


async def test_status_says_so_when_the_number_has_no_whatsapp(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    simulator.green.remove_account(GUEST)
    assert (await green_api.serviceMethods.checkWhatsappAsync(79001234568)).data == {"existsWhatsapp": False}
    assert (await green_api.sending.sendMessageAsync(CHAT, "Hello")).code == 200
    await simulator.until(lambda: simulator.green.pending(instance))
    assert kinds(simulator, instance) == ["noAccount"]


async def test_one_tick_stays_when_the_phone_is_off(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    simulator.green.go_offline(GUEST)
    await green_api.sending.sendMessageAsync(CHAT, "Hello")
    await simulator.until(lambda: simulator.green.pending(instance))
    assert simulator.green.chat(instance, GUEST).last.tick is Tick.sent
    simulator.green.go_online(GUEST)
    assert simulator.green.chat(instance, GUEST).last.tick is Tick.delivered
    simulator.green.fail(simulator.green.chat(instance, GUEST).last, "failed", "SWE999")
    assert simulator.green.pending(instance)[-1]["description"] == "SWE999"


async def test_settings_restart_the_instance_when_saved(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    settings = (await green_api.account.getSettingsAsync()).data
    assert settings is not None
    assert (settings["webhookUrl"], settings["incomingWebhook"]) == ("", "yes")
    saved = await green_api.account.setSettingsAsync({"incomingWebhook": "no"})
    assert saved.data == {"saveSettings": True}
    states = [body["stateInstance"] for body in simulator.green.pending(instance)]
    assert states == ["starting", "authorized"]
    simulator.green.write(GUEST, instance, "unheard")
    assert len(simulator.green.pending(instance)) == 2
    assert instance.settings_saved == 1


async def test_plan_limits_answer_466_when_reached(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    instance.correspondents_limit = 1
    simulator.green.write("+15550001111", instance, "first")
    reply = await green_api.sending.sendMessageAsync(CHAT, "Hello")
    assert reply.code == 466
    assert reply.error is not None
    assert "CORRESPONDENTS_QUOTE_EXCEEDED" in reply.error
    simulator.green.faults.program(Fault.answer(466), method="checkWhatsapp")
    assert (await green_api.serviceMethods.checkWhatsappAsync(79001234568)).code == 466


async def test_rates_are_enforced_when_switched_on(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    simulator.green.pace.enabled = True
    assert (await green_api.account.getStateInstanceAsync()).code == 200
    assert (await green_api.account.getStateInstanceAsync()).code == 429


@pytest.mark.parametrize(
    ("fault", "code", "kind"),
    [
        (Fault.answer(502, "<html>Bad Gateway</html>"), 502, Kind.fail),
        (Fault.answer(429), 429, Kind.fail),
        (Fault.reset(), None, Kind.fail),
        (Fault.reset(took_effect=True), None, Kind.info),
        (Fault.half_reply(), None, Kind.info),
    ],
)
async def test_history_tells_what_really_happened_when_the_wire_breaks(
    simulator: Simulator, instance: Instance, green_api: GreenAPI, fault: Fault, code: int | None, kind: Kind
) -> None:
    simulator.green.faults.program(fault, method="sendMessage")
    assert (await green_api.sending.sendMessageAsync(CHAT, "Hello")).code == code
    assert simulator.history.of(method="sendMessage")[-1].kind is kind
    assert len(simulator.history.of(method="accepted")) == (1 if kind is Kind.info else 0)


async def test_other_ways_of_sending_show_in_the_chat_when_used(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    send = green_api.sending
    await send.sendFileByUrlAsync(CHAT, "https://example.org/menu.jpg", "menu.jpg", "Menu")
    await send.sendFileByUrlAsync(CHAT, "https://example.org/menu.pdf", "menu.pdf")
    await send.sendLocationAsync(CHAT, 52.5, 13.4, "Hotel", "Main street 1")
    await send.sendContactAsync(CHAT, {"phoneContact": 4930111222, "firstName": "Desk"})
    await send.sendPollAsync(CHAT, "Breakfast?", [{"optionName": "7"}, {"optionName": "8"}])
    await simulator.until(lambda: len(simulator.green.chat(instance, GUEST).messages) == 5)
    chat = simulator.green.chat(instance, GUEST)
    assert chat.texts == ["Menu", "", "Hotel", "Desk", "Breakfast?"]
    assert [message.kind for message in chat.messages] == [
        "imageMessage",
        "documentMessage",
        "locationMessage",
        "contactMessage",
        "pollMessage",
    ]


async def test_service_methods_answer_as_documented_when_called(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    said = simulator.green.write(GUEST, instance, "hello")
    assert (await green_api.marking.readChatAsync(CHAT)).data == {"setRead": True}
    assert simulator.green.chat(instance, GUEST).last.tick is Tick.read
    assert (await green_api.serviceMethods.sendTypingAsync(CHAT)).code == 200
    assert (await green_api.account.rebootAsync()).data == {"isReboot": True}
    one = (await green_api.journals.getMessageAsync(CHAT, said.id)).data
    assert one is not None
    assert one["textMessage"] == "hello"
    assert (await green_api.journals.getMessageAsync(CHAT, "nothing")).code == 400
    history = (await green_api.journals.getChatHistoryAsync(CHAT, 10)).data
    assert history == [one]
    assert (await green_api.queues.getWebhooksCountAsync()).data == {"count": 3}
    assert (await green_api.queues.clearWebhooksQueueAsync()).data == {"isCleared": True, "reason": ""}
    assert (await green_api.account.logoutAsync()).data == {"isLogout": True}
    assert instance.state == "notAuthorized"


async def test_sent_message_changes_when_edited(
    simulator: Simulator, instance: Instance, green_api: GreenAPI
) -> None:
    sent = (await green_api.sending.sendMessageAsync(CHAT, "One")).data
    assert sent is not None
    await simulator.until(lambda: simulator.green.chat(instance, GUEST).messages)
    edited = await green_api.serviceMethods.editMessageAsync(CHAT, sent["idMessage"], "Two")
    assert edited.code == 200
    seen = simulator.green.chat(instance, GUEST).last
    assert (seen.text, seen.edited_at is not None) == ("Two", True)
    assert (await green_api.serviceMethods.editMessageAsync(CHAT, "nothing", "Three")).code == 400


async def test_hotel_phone_and_calls_are_told_when_used(simulator: Simulator, instance: Instance) -> None:
    simulator.green.write_from_hotel_phone(instance, GUEST, "from the phone")
    simulator.green.call(GUEST, instance)
    simulator.green.push(instance, {"typeWebhook": "somethingNew"})
    assert kinds(simulator, instance) == ["outgoingMessageReceived", "delivered", "missed", "somethingNew"]
