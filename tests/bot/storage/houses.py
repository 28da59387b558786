"""A small hotel with one account and a chat or two, for tests of the queues."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from bot.storage.repositories.inbox import NewEvent
from bot.storage.repositories.outbox import NewOutboxMessage, OutboxRecord
from bot.storage.unit_of_work import Database
from models.enums import OutboxPurpose
from tests.bot.storage.twins import NOW
from tests.factories import ready_chat

LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class House:
    """The hotel `hotel_id`, whose account `account_id` has as many chats as were asked for."""

    database: Database
    hotel_id: UUID = field(default_factory=uuid4)
    integration_id: UUID = field(default_factory=uuid4)
    account_id: UUID = field(default_factory=uuid4)
    chats: tuple[UUID, ...] = ()

    async def build(self, chats: int = 1) -> House:
        """Add the hotel, its account and chats."""
        async with self.database.unit(self.hotel_id) as uow:
            await uow.hotels.add("Adler", self.hotel_id.hex, "Europe/Berlin", "en")
            account_id = await uow.accounts.add(
                "telegram", self.hotel_id.hex, self.integration_id, b"sealed", "old", self.hotel_id.bytes
            )
            chat_ids = [await uow.chats.at(account_id, f"chat {number}") for number in range(chats)]
        return replace(self, account_id=account_id, chats=tuple(chat_ids))

    async def receive(self, *texts: str, address: str = "chat 0") -> int:
        """Store events of a chat as they arrive; return how many were new."""
        async with self.database.unit(self.hotel_id) as uow:
            chat_id = await ready_chat(uow, self.account_id, address)
            return len(await uow.inbox.add([self.event(chat_id, words) for words in texts]))

    def event(self, chat_id: UUID, words: str) -> NewEvent:
        return NewEvent(self.account_id, chat_id, "message", words, words.encode(), "c", NOW)

    async def post(self, words: str, chat: int = 0, not_before: datetime = NOW, **changes: Any) -> int:
        """Queue a message; return its id."""
        message = NewOutboxMessage(
            account_id=self.account_id,
            chat_id=self.chats[chat],
            purpose=OutboxPurpose.reply,
            content={"text": words},
            correlation_id="c",
            created_at=NOW,
            not_before=not_before,
            not_after=LATER,
        )
        async with self.database.unit(self.hotel_id) as uow:
            return (await uow.outbox.add_all([replace(message, **changes)]))[0]

    async def message(self, outbox_id: int) -> OutboxRecord:
        async with self.database.unit(self.hotel_id) as uow:
            record = await uow.outbox.get(outbox_id)
        assert record is not None
        return record


async def waits_for_lock(database: Database, *running: asyncio.Task[Any]) -> None:
    """Return once the tasks wait for other transactions' locks; fails when one ends without waiting."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(5), database.app.connect() as connection:
        while (await connection.execute(query)).scalar_one() < len(running):
            assert not any(task.done() for task in running), "it did not wait"
