"""An admin's phone, on either channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.messages import Platform
from bot.simulator.chats import ChatMessage
from models.enums import UserRole
from tests.flows.house import Scene

ADMIN_PHONE = "+4915155500123"


@dataclass(frozen=True)
class Admin:
    """Maria, by Telegram or by WhatsApp."""

    scene: Scene
    platform: Platform
    language: str = "en"

    async def hire(self) -> None:
        is_telegram = self.platform is Platform.telegram
        telegram_id, phone = (self.scene.maria.id, None) if is_telegram else (None, ADMIN_PHONE)
        async with self.scene.unit() as uow:
            await uow.users.add("Maria", UserRole.admin, telegram_id, phone, self.language)

    def said(self) -> list[ChatMessage]:
        simulator = self.scene.simulator
        if self.platform is Platform.telegram:
            return simulator.telegram.chat(self.scene.bot, self.scene.maria).from_bot()
        return simulator.green.chat(self.scene.instance, ADMIN_PHONE).from_bot()

    def write(self, text: str) -> None:
        if self.platform is Platform.telegram:
            self.scene.simulator.telegram.write(self.scene.maria, self.scene.bot, text)
        else:
            self.scene.simulator.green.write(ADMIN_PHONE, self.scene.instance, text)

    def send(self, name: str, content: str) -> None:
        if self.platform is Platform.telegram:
            self.scene.simulator.telegram.send_document(self.scene.maria, self.scene.bot, name, content.encode())
        else:
            self.scene.simulator.green.send_document(ADMIN_PHONE, self.scene.instance, name, content.encode())

    def press(self, message: ChatMessage, label: str) -> None:
        if self.platform is Platform.telegram:
            self.scene.simulator.telegram.press(self.scene.maria, message, label)
        else:
            self.scene.simulator.green.press(ADMIN_PHONE, message, label)

    def open_file(self, message: ChatMessage) -> str:
        wire = self.scene.simulator.telegram if self.platform is Platform.telegram else self.scene.simulator.green
        return wire.open_file(message).decode()

    async def hears(self, holds: Callable[[ChatMessage], bool]) -> ChatMessage:
        def found() -> list[ChatMessage]:
            return [message for message in self.said() if holds(message)]

        return (await self.scene.simulator.until(found))[-1]

    async def answered(self, command: str) -> ChatMessage:
        """Write a command, and return what is said to it."""
        before = len(self.said())
        self.write(command)
        return (await self.scene.simulator.until(lambda: self.said()[before:]))[-1]
