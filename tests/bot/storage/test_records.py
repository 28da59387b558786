"""States that only move forward, counters that start anew, and records that say what was stored."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from bot.storage.repositories.conversations import ConversationChange, ConversationRecord
from bot.storage.repositories.messages import NewMessage
from bot.storage.repositories.notifications import NewNotification
from bot.storage.unit_of_work import Database, UnitOfWork
from models import Message
from models.enums import (
    AccountStatus,
    ConversationStatus,
    MessageRole,
    MessageType,
    NotificationStatus,
    NotificationType,
    Severity,
    UserRole,
)
from tests.bot.storage.houses import House
from tests.bot.storage.twins import NOW


@pytest.fixture
async def house(storage: Database) -> House:
    return await House(storage).build()


ALERT = NewNotification(NotificationType.urgent_request, Severity.critical, "Room 12", "The room floods")


async def begin(uow: UnitOfWork, chat: UUID, guest: UUID | None = None) -> ConversationRecord:
    return (await uow.conversations.begin_all({chat: guest}, NOW))[chat]


async def raise_alert(house: House) -> tuple[UUID, UUID]:
    """Raise an alert; return its id and that of somebody who can take it."""
    async with house.database.unit(house.hotel_id) as uow:
        await uow.users.add("Olga", UserRole.staff, 7001, None, "en")
        (user,) = await uow.users.known_by([7001], [])
        return await uow.notifications.add(ALERT, NOW), user.id


async def test_stays_acknowledged_when_the_channels_word_comes_late(house: House) -> None:
    alert, olga = await raise_alert(house)
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.notifications.acknowledge(alert, olga, NOW)
        assert not await uow.notifications.acknowledge(alert, olga, NOW), "the first one took it"
        await uow.notifications.mark_sent(alert, NOW)
        await uow.notifications.mark_failed(alert, "blocked")
        record = await uow.notifications.get(alert)
        assert record is not None
        assert (record.status, record.acknowledged_by) == (NotificationStatus.acknowledged, olga)
        assert [latest.id for latest in await uow.notifications.latest()] == [alert]


async def test_can_be_sent_by_a_second_way_when_the_first_failed(house: House) -> None:
    alert, _ = await raise_alert(house)
    async with house.database.unit(house.hotel_id) as uow:
        assert [await uow.notifications.count_attempt(alert) for _ in range(2)] == [1, 2]
        await uow.notifications.mark_failed(alert, "blocked")
        failed = await uow.notifications.get(alert)
        await uow.notifications.mark_sent(alert, NOW)
        await uow.notifications.mark_failed(alert, "too late")
        sent = await uow.notifications.get(alert)
    assert failed is not None
    assert sent is not None
    assert (failed.status, failed.reason) == (NotificationStatus.failed, "blocked")
    assert (sent.status, sent.reason) == (NotificationStatus.sent, None)


def _change(conversation: ConversationRecord, **values: Any) -> ConversationChange:
    nothing = ConversationChange(conversation.id, conversation.version, {}, None, None, None, NOW, 0, 0)
    return replace(nothing, **values)


async def test_refuses_the_second_save_when_two_read_the_same_conversation(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        guest = await uow.guests.add("Anna")
        begun = await begin(uow, house.chats[0], guest.id)
        assert await uow.conversations.open_in(house.chats[0]) == begun
        assert await uow.conversations.save_all([_change(begun, current_state="menu")]) == {begun.id}
        assert await uow.conversations.save_all([_change(begun, current_state="lost")]) == set()
        saved = await uow.conversations.get(begun.id)
        assert saved == replace(begun, current_state="menu", version=begun.version + 1)


async def test_has_one_open_conversation_when_a_chat_closes_and_opens_again(house: House) -> None:
    chat = house.chats[0]
    async with house.database.unit(house.hotel_id) as uow:
        first = await begin(uow, chat)
        assert await begin(uow, chat) == first
        await uow.conversations.save_all([_change(first, status=ConversationStatus.closed)])
        assert await uow.conversations.open_in(chat) is None
        second = await begin(uow, chat)
        assert second.id != first.id
        assert await uow.conversations.open_in(chat) == second


async def test_keeps_what_was_said_when_a_message_is_added(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        guest = await uow.guests.add("Anna")
        talk = await begin(uow, house.chats[0], guest.id)
        said = NewMessage(talk.id, guest.id, MessageType.incoming, MessageRole.guest, "Привет 👋", "telegram", NOW)
        (message_id,) = await uow.messages.add_all([said])
        await uow.messages.name_all([(message_id, NOW, "77")])
        columns = (Message.id, Message.content, Message.created_at, Message.platform_message_id)
        (kept,) = await uow.connection.execute(select(*columns).where(Message.guest_id == guest.id))
    assert tuple(kept) == (message_id, "Привет 👋", NOW, "77")


async def test_says_what_is_news_when_an_accounts_status_is_noted(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        accounts = uow.accounts
        assert await accounts.set_status(house.account_id, AccountStatus.limited, "slow down")
        assert not await accounts.set_status(house.account_id, AccountStatus.limited, "again")
        record = await accounts.get(house.account_id)
        assert record is not None
        assert (record.status, record.status_reason, record.credentials) == (
            AccountStatus.limited,
            "slow down",
            b"sealed",
        )
        assert await accounts.all() == [record]
        assert await accounts.disable(house.account_id)
        assert not await accounts.set_status(house.account_id, AccountStatus.active)


async def test_counts_from_one_again_when_a_new_day_began(house: House) -> None:
    query = text("SELECT messages_sent, daily_messages FROM channel_accounts")
    async with house.database.unit(house.hotel_id) as uow:
        for at in (NOW, NOW, NOW + timedelta(days=1)):
            await uow.accounts.count_sent({house.account_id: 1}, at)
        assert (await uow.connection.execute(query)).one() == (3, 1)


async def test_writes_the_last_arrival_rarely_when_much_arrives(house: House) -> None:
    query, minute = text("SELECT last_inbound_at FROM channel_accounts"), timedelta(minutes=1)
    seen = []
    async with house.database.unit(house.hotel_id) as uow:
        for seconds in (0, 30, 61):
            await uow.accounts.note_inbound([house.account_id], NOW + timedelta(seconds=seconds), minute)
            seen.append((await uow.connection.execute(query)).scalar_one())
    assert seen == [NOW, NOW, NOW + timedelta(seconds=61)]


async def test_does_not_deadlock_when_processes_count_for_the_same_accounts(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        other = await uow.accounts.add("whatsapp_green", "+4930900100", uuid4(), b"sealed", "old", b"another hash")

    async def count(*accounts: UUID) -> None:
        async with house.database.unit(house.hotel_id) as uow:
            await uow.accounts.count_sent(dict.fromkeys(accounts, 1), NOW)

    for _ in range(10):
        await asyncio.gather(*(count(*pair) for pair in [(house.account_id, other), (other, house.account_id)] * 2))
    query = text("SELECT sum(messages_sent) FROM channel_accounts")
    async with house.database.unit(house.hotel_id) as uow:
        assert (await uow.connection.execute(query)).scalar_one() == 80


async def test_changes_a_person_when_the_same_telegram_id_or_phone_is_added(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        await uow.users.add("Olga", UserRole.staff, 7001, None, "en")
        await uow.users.add("Olga Petrovna", UserRole.admin, 7001, None, "ru")
        await uow.users.add("Ivan", UserRole.staff, None, "+4930123456", None)
        await uow.users.add("Ivan K.", UserRole.staff, None, "+4930123456", None)
        assert [(user.name, user.is_admin) for user in await uow.users.all()] == [
            ("Olga Petrovna", True),
            ("Ivan K.", False),
        ]
        (ivan,) = await uow.users.known_by([1], ["+4930123456"])
        assert await uow.users.get(ivan.id) == ivan


async def test_changes_an_answer_when_the_same_intent_is_saved(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        await uow.knowledge.save("wifi", {"en": ["wifi?"]}, {"en": "rose"})
        await uow.knowledge.save("wifi", {"en": ["wifi?"]}, {"en": "sunflower"})
        (answer,) = await uow.knowledge.all()
        assert answer.answers == {"en": "sunflower"}


async def test_shows_the_newest_line_first_when_the_trail_is_read(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        await uow.audits.add("trigger.create", "first", NOW)
        await uow.audits.add("trigger.delete", "second", NOW, metadata={"number": 3})
        assert [line.description for line in await uow.audits.latest()] == ["second", "first"]
