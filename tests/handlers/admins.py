"""The hotel's own people in their chats with it, on either channel, and what they may find there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from bot.messages import Choice, IncomingKind, IncomingMessage, Platform, Sender
from bot.storage.repositories.audits import AuditRecord
from bot.storage.repositories.conversations import ConversationChange
from bot.storage.repositories.triggers import TriggerRecord
from models.enums import TriggerType, UserRole
from tests.handlers.conversing import House, Person, Said

WELCOME = {"hours_after_checkin": 2}


@dataclass(frozen=True, slots=True)
class Heard(Said):
    """What was answered, without the answers that only stop a button's spinner."""

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.replies if not reply.answers_press)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return next((reply.choices for reply in reversed(self.replies) if reply.choices), ())

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.choices]


class Worker(Person):
    """Somebody of the hotel in one chat with it, be it their own or a group."""

    def __init__(self, house: House, platform: Platform, sender: Sender, group: str | None = None) -> None:
        super().__init__(house, platform, sender)
        self.is_group = group is not None
        self.chat_id = group or sender.id
        self._offered: tuple[Choice, ...] = ()

    def in_group(self, group: str = "-1001") -> Worker:
        """The same person, writing in a group."""
        return Worker(self.house, self.platform, self.sender, group)

    async def write(self, text: str, **changes: Any) -> Heard:
        return await self.send(self._message(text, **changes))

    async def press(self, value: str, **changes: Any) -> Heard:
        return await self.write("", kind=IncomingKind.press, press=value, press_id="p1", **changes)

    async def tap(self, label: str) -> Heard:
        """Choose what was offered last, the way the channel does it: a button, or the number of a choice."""
        number = next((n for n, one in enumerate(self._offered) if one.label.startswith(label)), None)
        assert number is not None, f"{label!r} is not among {[one.label for one in self._offered]}"
        if self.platform is Platform.telegram:
            return await self.press(self._offered[number].value)
        return await self.write(str(number + 1))

    async def send(self, message: IncomingMessage) -> Heard:
        said = await super().send(replace(message, is_group=self.is_group))
        heard = Heard(said.route, said.outcome, said.replies)
        self._offered = heard.choices or self._offered
        return heard


async def hire(
    house: House,
    platform: Platform = Platform.telegram,
    role: UserRole = UserRole.admin,
    language: str = "en",
    name: str = "Olga",
) -> Worker:
    """Add somebody to the hotel's people and return them."""
    number = uuid4().int % 10**9
    phone = f"+49{number:010}"
    is_telegram = platform is Platform.telegram
    async with house.database.unit(house.id) as uow:
        await uow.users.add(name, role, number if is_telegram else None, None if is_telegram else phone, language)
    today = house.clock.now().date()
    await house.database.claims.ensure_partitions(today, today)
    sender = Sender(str(number), name) if is_telegram else Sender(f"{phone[1:]}@c.us", name, phone=phone)
    return Worker(house, platform, sender)


async def add_trigger(house: House, name: str = "welcome", **changes: Any) -> TriggerRecord:
    """Add a trigger past every check, as an older release may have left it."""
    values: dict[str, Any] = {
        "trigger_type": TriggerType.time_based,
        "conditions": WELCOME,
        "message_template": "Welcome, {{ guest.name }}!",
    }
    async with house.database.unit(house.id) as uow:
        return await uow.triggers.add(name, **{**values, **changes})


async def triggers_of(house: House) -> list[TriggerRecord]:
    async with house.database.unit(house.id) as uow:
        return await uow.triggers.all()


async def audits_of(house: House) -> list[AuditRecord]:
    async with house.database.unit(house.id) as uow:
        return await uow.audits.latest()


async def planned_of(house: House, trigger: TriggerRecord) -> int:
    async with house.database.unit(house.id) as uow:
        return await uow.ledger.count_planned(trigger.id)


async def rewrite_context(house: House, admin: Worker, rewrite: Callable[[dict[str, Any]], object]) -> None:
    """Let another release have kept what an admin's conversation remembers."""
    async with house.database.unit(house.id) as uow:
        chat = await uow.chats.at(house.accounts[admin.platform], admin.chat_id)
        conversation = await uow.conversations.open_in(chat)
        assert conversation is not None
        context = conversation.context_data
        rewrite(context)
        kept = ConversationChange(
            conversation.id, conversation.version, context, None, None, None, house.clock.now(), 0, 0
        )
        await uow.conversations.save_all([kept])
