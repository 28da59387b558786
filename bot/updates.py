"""Applies a provider's word on our messages, our account or a chat; a status only ever moves forward."""

from __future__ import annotations

from bot.messages import AccountUpdate, ChatMoved, DeliveryStatus, DeliveryUpdate, ReachUpdate
from bot.notifications import Desk
from bot.outbox import follow_chat
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import AccountStatus, OutboxState


class Updates:
    """What to do about a provider's notice."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def apply(
        self, uow: UnitOfWork, event: InboxRecord, update: DeliveryUpdate | AccountUpdate | ReachUpdate | ChatMoved
    ) -> None:
        """Apply one notice inside the caller's transaction."""
        match update:
            case DeliveryUpdate():
                await self._deliver(uow, event, update)
            case AccountUpdate():
                status = AccountStatus(update.state)
                await self._desk.account_is(uow, event.account_id, status, update.reason, event.correlation_id)
            case ReachUpdate():
                chat_id = await uow.chats.at(event.account_id, update.chat_id)
                await uow.chats.mark_reachable(chat_id, update.reachable)
                if update.reachable:
                    await self._desk.tell_late(uow, event.account_id, update.chat_id, event.correlation_id)
            case ChatMoved():
                chat = await uow.chats.get(await uow.chats.at(event.account_id, update.chat_id))
                await follow_chat(uow, chat, update.new_chat_id)

    async def _deliver(self, uow: UnitOfWork, event: InboxRecord, update: DeliveryUpdate) -> None:
        record = await uow.outbox.with_provider_id(event.account_id, update.message_id, event.chat_id)
        if record is None:
            return
        state = OutboxState(update.status)
        moved = await uow.outbox.deliver(record.id, state, update.at, update.reason)
        if moved and update.status is DeliveryStatus.failed:
            await self._desk.settled(uow, record, state, update.reason or "the provider could not deliver it")
