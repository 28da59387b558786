"""The played providers forget their chats when the demo stops; the hotel's two queues know what was in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select

from bot.channels.choices import numbered
from bot.channels.whatsapp_green.client import fits_buttons
from bot.messages import OutgoingMessage, outgoing_from_json
from bot.simulator.chats import Button, ButtonKind, Tick
from bot.simulator.scene import Cast
from bot.simulator.world import Simulator
from bot.storage.repositories.base import Repository
from bot.storage.unit_of_work import UnitOfWork
from models import Chat, InboxEvent, OutboxMessage

_TICKS = {"delivered": Tick.delivered, "read": Tick.read}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a provider told the bot of, as it came."""

    at: datetime
    address: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What the bot said, and the id under which the provider knows it."""

    at: datetime
    address: str
    message_id: str
    message: OutgoingMessage
    state: str


class Transcript(Repository):
    """What was said in some chats, read from both queues."""

    async def of(self, addresses: Collection[str]) -> list[Heard | Said]:
        """Return what came and what went, oldest first."""
        lines: list[Heard | Said] = [*await self._heard(addresses), *await self._said(addresses)]
        return sorted(lines, key=lambda line: line.at)

    async def _heard(self, addresses: Collection[str]) -> list[Heard]:
        statement = (
            select(InboxEvent.received_at, Chat.address, InboxEvent.payload)
            .join(Chat, (Chat.hotel_id == InboxEvent.hotel_id) & (Chat.id == InboxEvent.chat_id))
            .where(self._own(InboxEvent.hotel_id), Chat.address.in_(addresses))
            .order_by(InboxEvent.id)
        )
        return [Heard(at, address, orjson.loads(payload)) for at, address, payload in await self._run(statement)]

    async def _said(self, addresses: Collection[str]) -> list[Said]:
        left_at = func.coalesce(OutboxMessage.sent_at, OutboxMessage.created_at)
        statement = (
            select(
                left_at, Chat.address, OutboxMessage.provider_message_id, OutboxMessage.content, OutboxMessage.state
            )
            .join(Chat, (Chat.hotel_id == OutboxMessage.hotel_id) & (Chat.id == OutboxMessage.chat_id))
            .where(
                self._own(OutboxMessage.hotel_id),
                Chat.address.in_(addresses),
                OutboxMessage.provider_message_id.is_not(None),
            )
            .order_by(OutboxMessage.id)
        )
        return [
            Said(at, address, message_id, outgoing_from_json(content), state)
            for at, address, message_id, content, state in await self._run(statement)
        ]


async def recall(uow: UnitOfWork, simulator: Simulator, cast: Cast) -> None:
    """Put back into the providers' chats what was said in earlier runs, buttons and all."""
    whatsapp = f"{cast.whatsapp_phone.removeprefix('+')}@c.us"
    rooms = {str(place.id) for place in (cast.telegram_guest, cast.staff, cast.staff_group, cast.admin)}
    for line in await Transcript(uow.connection, uow.hotel_id).of({whatsapp, *rooms}):
        if line.address == whatsapp:
            _recall_in_whatsapp(simulator, cast, line)
        else:
            _recall_in_telegram(simulator, cast, line)


def _recall_in_whatsapp(simulator: Simulator, cast: Cast, line: Heard | Said) -> None:
    memory = simulator.green.memory
    if isinstance(line, Heard):
        memory.heard(cast.instance, line.payload)
        return
    text, buttons = line.message.text, _buttons(line.message)
    if not fits_buttons(line.address, line.message):
        text, buttons = numbered(text, line.message.choices), ()
    tick = _TICKS.get(line.state, Tick.sent)
    memory.said(cast.instance, line.address, line.message_id, text, buttons, line.at, tick)


def _recall_in_telegram(simulator: Simulator, cast: Cast, line: Heard | Said) -> None:
    memory = simulator.telegram.memory
    if isinstance(line, Heard):
        memory.heard(cast.bot, line.payload)
        return
    text, buttons = line.message.text, _buttons(line.message)
    if (contact := line.message.asks_contact) is not None:
        text = numbered(text, line.message.choices)
        buttons = (Button(contact, contact, ButtonKind.contact),)
    thread = int(line.message.thread_id) if line.message.thread_id else None
    memory.said(cast.bot, int(line.address), int(line.message_id), text, buttons, line.at, thread)


def _buttons(message: OutgoingMessage) -> tuple[Button, ...]:
    return tuple(Button(choice.value, choice.label) for choice in message.choices)
