"""The two channels beside each other: the same guest, the same words, the same mishaps, each over its own wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.channels.base import Format
from bot.channels.credentials import GreenCredentials, TelegramCredentials, check_credentials
from bot.channels.registry import format_of
from bot.channels.telegram.client import TelegramChannel
from bot.channels.whatsapp_green.client import GreenChannel
from bot.clock import MovableClock
from bot.messages import Platform
from bot.simulator.chats import ChatMessage
from bot.simulator.faults import Fault
from bot.simulator.world import Simulator

PATIENCE = timedelta(seconds=10)
NO_PATIENCE = timedelta(seconds=0.3)
POLL = timedelta(seconds=5)
WIRE_SECOND = 0.02


class TelegramRig:
    platform = Platform.telegram
    secret = "700001:AAF-telegram-canary-token"
    send_method = "sendMessage"
    file_method = "sendDocument"
    fetch_method = "getUpdates"
    address = "@desk_bot"

    def __init__(self, sim: Simulator, clock: MovableClock) -> None:
        self.sim = sim
        self._clock = clock
        self._bot = sim.telegram.add_bot(self.secret, "desk_bot")
        self.url = sim.telegram.url
        self._guest = sim.telegram.add_user("Anna", language="de")
        self.chat_id = str(self._guest.id)
        self.channel = self.elsewhere(self.url)
        sim.telegram.open_link(self._guest, self._bot, "stay-1")

    def elsewhere(self, url: str, secret: str | None = None, patience: timedelta = PATIENCE) -> TelegramChannel:
        credentials = check_credentials(TelegramCredentials, {"bot_token": secret or self.secret})
        return TelegramChannel(credentials, api_url=url, clock=self._clock, poll=POLL, send_timeout=patience)

    def write(self, text: str) -> None:
        self.sim.telegram.write(self._guest, self._bot, text)

    def hand_over(self, name: str, content: bytes) -> None:
        self.sim.telegram.send_document(self._guest, self._bot, name, content)

    def open_file(self, message: ChatMessage) -> bytes:
        return self.sim.telegram.open_file(message)

    def push_nonsense(self) -> None:
        self.sim.telegram.push(self._bot, {"message": {"date": "never", "chat": ["?"]}})

    def seen(self) -> list[ChatMessage]:
        return [each for each in self.sim.telegram.chat(self._bot, self._guest).messages if each.from_bot]

    def press(self, message: ChatMessage, label: str) -> None:
        self.sim.telegram.press(self._guest, message, label)

    def fail(self, fault: Fault, method: str) -> None:
        self.sim.telegram.faults.program(fault, method=method)


class GreenRig:
    platform = Platform.whatsapp_green
    secret = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345"
    send_method = "sendMessage"
    file_method = "sendFileByUpload"
    fetch_method = "receiveNotification"
    address = "+79990000000"
    chat_id = "79991234567@c.us"

    def __init__(self, sim: Simulator, clock: MovableClock) -> None:
        self.sim = sim
        self._clock = clock
        self._instance = sim.green.add_instance(1101000001, self.secret, "79990000000")
        self.url = sim.green.url
        self.channel = self.elsewhere(self.url)
        self.write("hello")

    def elsewhere(self, url: str, secret: str | None = None, patience: timedelta = PATIENCE) -> GreenChannel:
        given = {"id_instance": 1101000001, "api_token": secret or self.secret}
        credentials = check_credentials(GreenCredentials, given)
        return GreenChannel(credentials, api_url=url, clock=self._clock, poll=POLL, send_timeout=patience)

    def write(self, text: str) -> None:
        self.sim.green.write(self.chat_id, self._instance, text)

    def hand_over(self, name: str, content: bytes) -> None:
        self.sim.green.send_document(self.chat_id, self._instance, name, content)

    def open_file(self, message: ChatMessage) -> bytes:
        return self.sim.green.open_file(message)

    def push_nonsense(self) -> None:
        self.sim.green.push(self._instance, {"typeWebhook": "incomingMessageReceived", "senderData": 5})

    def seen(self) -> list[ChatMessage]:
        return [each for each in self.sim.green.chat(self._instance, self.chat_id).messages if each.from_bot]

    def press(self, message: ChatMessage, label: str) -> None:
        self.sim.green.press(self.chat_id, message, label)

    def fail(self, fault: Fault, method: str) -> None:
        self.sim.green.faults.program(fault, method=method)


Rig = TelegramRig | GreenRig
RIGS: dict[Platform, type[Rig]] = {Platform.telegram: TelegramRig, Platform.whatsapp_green: GreenRig}


@asynccontextmanager
async def open_rig(platform: Platform) -> AsyncIterator[Rig]:
    """Start both providers, connect the channel, and let the guest have written once."""
    clock = MovableClock()
    async with Simulator(clock, wire_second=WIRE_SECOND) as sim:
        rig = RIGS[platform](sim, clock)
        async with rig.channel:
            yield rig


def reader(rig: Rig) -> Format:
    return format_of(rig.platform)
