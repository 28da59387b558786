"""The way of a message that the API accepted: queue, echo, statuses."""

from __future__ import annotations

import asyncio

from bot.simulator.chats import Tick
from bot.simulator.green.instance import KEPT, Instance, Queued, Said, Wire
from bot.simulator.green.media import Media
from bot.simulator.green.shapes import text_of
from bot.simulator.pace import Pace


class Dispatch:
    """Sends what waits while the instance is authorised, one by one; `pace` switches the set delay on."""

    def __init__(self, pace: Pace, wire_second: float) -> None:
        self.names: dict[str, str] = {}
        self.without_account: set[str] = set()
        self.offline: set[str] = set()
        self.media = Media()
        self._pace = pace
        self._second = wire_second
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def accept(self, instance: Instance, queued: Queued) -> None:
        """Take a message: it stays in the queue while the instance can't send."""
        instance.outgoing.append(queued)
        accepted = {"idMessage": queued.said.id, "chatId": queued.said.chat_id, "text": text_of(queued.said.data)}
        instance.fact("accepted", accepted)
        self.wake(instance)

    def wake(self, instance: Instance) -> None:
        """Go on sending, if there is something to send and the instance can."""
        if instance.id in self._timers or not instance.outgoing or instance.state != "authorized":
            return
        delay = instance.settings["delaySendMessagesMilliseconds"] / 1000 if self._pace.enabled else 0.0
        loop = asyncio.get_running_loop()
        self._timers[instance.id] = loop.call_later(delay * self._second, self._send_next, instance)

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()

    def advance(self, instance: Instance, said: Said, status: Tick, word: str = "", description: str = "") -> None:
        """Move a message's status and tell the bot; `word` is the provider's where it differs from the tick."""
        said.status, said.status_word = status, word
        parts: Wire = {
            "chatId": said.chat_id,
            "idMessage": said.id,
            "status": word or status.value,
            "sendByApi": said.by_api,
        }
        if description:
            parts["description"] = description
        instance.notify("outgoingMessageStatus", parts)
        instance.changes.tell()

    def _send_next(self, instance: Instance) -> None:
        del self._timers[instance.id]
        if instance.state != "authorized" or not instance.outgoing:
            return
        queued = instance.outgoing.pop(0)
        if queued.said.at < instance.clock.now() - KEPT:
            instance.fact("expired", {"idMessage": queued.said.id})
        else:
            self._send(instance, queued.said)
        self.wake(instance)

    def _send(self, instance: Instance, said: Said) -> None:
        instance.journal[said.id] = said
        instance.fact("sent", {"idMessage": said.id, "chatId": said.chat_id, "text": text_of(said.data)})
        phone = said.chat_id.split("@")[0]
        if phone in self.without_account:
            self.advance(instance, said, Tick.failed, "noAccount", "SWE004: 1000")
            return
        instance.notify("outgoingAPIMessageReceived", self.envelope(instance, said))
        self.advance(instance, said, Tick.sent)
        if phone not in self.offline:
            self.advance(instance, said, Tick.delivered)

    def envelope(self, instance: Instance, said: Said) -> Wire:
        """What surrounds messageData in a notification about a message."""
        name = self.names.get(said.chat_id.split("@")[0], said.sender_name)
        sender = {
            "chatId": said.chat_id,
            "chatName": name,
            "sender": said.sender_id,
            "senderName": said.sender_name,
            "senderContactName": said.sender_name,
        }
        return {"idMessage": said.id, "senderData": sender, "messageData": said.data}
