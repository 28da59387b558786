"""What was said before this simulator began, put back: a provider's chats outlive the bot that is started again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.simulator.chats import Button, Tick
from bot.simulator.green import shapes
from bot.simulator.green.instance import Instance, Said, Wire


class Memory:
    """Takes messages in the order in which they were said; the bot hears nothing of it."""

    def heard(self, instance: Instance, notification: Wire) -> None:
        """Put back what a person said, a guest or one at the hotel's own phone, from the notification of it."""
        kind = notification["typeWebhook"]
        if kind not in ("incomingMessageReceived", "outgoingMessageReceived"):
            return
        sender = notification["senderData"]
        instance.journal[notification["idMessage"]] = Said(
            id=notification["idMessage"],
            chat_id=sender["chatId"],
            sender_id=sender["sender"],
            sender_name=sender["senderName"],
            outgoing=kind == "outgoingMessageReceived",
            by_api=False,
            at=datetime.fromtimestamp(notification["timestamp"], UTC),
            data=notification["messageData"],
        )

    def said(
        self,
        instance: Instance,
        chat_id: str,
        message_id: str,
        text: str,
        buttons: Sequence[Button],
        at: datetime,
        tick: Tick,
    ) -> None:
        """Put back what was sent by the API, and how far it got."""
        shown = [{"buttonId": button.value, "buttonText": button.label} for button in buttons]
        instance.journal[message_id] = Said(
            id=message_id,
            chat_id=chat_id,
            sender_id=instance.wid,
            sender_name="Hotel",
            outgoing=True,
            by_api=True,
            at=at,
            data=shapes.interactive({"body": text, "buttons": shown}) if shown else shapes.extended_text(text),
            status=tick,
            buttons=tuple(buttons),
        )
