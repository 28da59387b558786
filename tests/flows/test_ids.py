"""Green API's message ids count within their chat only: another chat may have a message of the same id."""

from __future__ import annotations

from typing import Any

from bot.messages import Platform
from bot.simulator.faults import Fault
from tests.flows.house import Scene, eventually

STRANGER = "4915112345678@c.us"
ADDRESSES = "SELECT address FROM outbox JOIN chats ON chats.id = outbox.chat_id WHERE outbox.state = $1"


def _question(chat_id: str) -> dict[str, Any]:
    who = {"chatId": chat_id, "sender": chat_id, "senderName": "Somebody"}
    data = {"typeMessage": "textMessage", "textMessageData": {"textMessage": "What is the wifi password?"}}
    return {"typeWebhook": "incomingMessageReceived", "idMessage": "1", "senderData": who, "messageData": data}


async def test_each_guest_is_answered_and_followed_when_their_messages_have_the_same_id(scene: Scene) -> None:
    green, ours = scene.simulator.green, scene.guest(Platform.whatsapp_green).address
    now = {"timestamp": int(scene.clock.now().timestamp())}
    green.faults.program(Fault.answer(200, '{"idMessage": "2"}'), method="sendInteractiveButtonsReply", times=2)
    async with scene.serving():
        for number, chat_id in enumerate((ours, STRANGER), 1):
            green.push(scene.instance, _question(chat_id) | now)
            await eventually(lambda: scene.rows(f"{ADDRESSES} OFFSET $2", "sent", number - 1))  # noqa: B023
        status = {"typeWebhook": "outgoingMessageStatus", "idMessage": "2", "status": "failed"}
        green.push(scene.instance, status | now | {"chatId": ours})
        assert [row["address"] for row in await eventually(lambda: scene.rows(ADDRESSES, "failed"))] == [ours]
        green.push(scene.instance, status | now | {"chatId": STRANGER})
        await eventually(lambda: scene.rows(f"{ADDRESSES} OFFSET 1", "failed"))
