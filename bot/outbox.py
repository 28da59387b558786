"""The one door out: what must leave is a row first, committed with the step or firing that wanted it.

`queued → sending → sent`, and from `sending` also back to `queued` (surely not sent), to `failed` (refused) or
to `in_doubt` (nobody knows). `bot.sending` moves the rows, `bot.doubts` settles the last kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.messages import OutgoingMessage, to_json
from bot.storage.repositories.accounts import AccountRecord
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.messages import NewMessage
from bot.storage.repositories.outbox import NewOutboxMessage, OutboxRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import AccountStatus, ConsentState, MessageRole, MessageType, OutboxPurpose, OutboxState, Priority

TOPIC = "outbox"


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a message goes and how long it may still go. `conversation_id` makes it part of what was said."""

    account_id: UUID
    chat_id: UUID
    platform: str
    purpose: OutboxPurpose
    useful_for: timedelta
    correlation_id: str
    conversation_id: UUID | None = None
    guest_id: UUID | None = None
    notification_id: UUID | None = None
    firing_id: UUID | None = None
    priority: Priority = Priority.normal


async def enqueue(uow: UnitOfWork, letter: Letter, message: OutgoingMessage, now: datetime) -> None:
    """Queue a message within the caller's transaction, and count it in its conversation."""
    await enqueue_all(uow, [(letter, message)], now)
    if is_said(letter, message) and letter.conversation_id is not None:
        await uow.conversations.count_all({letter.conversation_id: 1}, now)


async def enqueue_all(uow: UnitOfWork, parcels: Sequence[tuple[Letter, OutgoingMessage]], now: datetime) -> None:
    """Queue messages within the caller's transaction, which counts them in their conversations by itself; those of
    one chat and priority leave in the order given."""
    said = [_record(letter, message, now) for letter, message in parcels if is_said(letter, message)]
    ids = iter(await uow.messages.add_all(said))
    rows = [
        _row(letter, message, next(ids) if is_said(letter, message) else None, now) for letter, message in parcels
    ]
    await uow.outbox.add_all(rows)


def is_said(letter: Letter, message: OutgoingMessage) -> bool:
    """Whether a message is part of its conversation, and not a change of an earlier one or the end of a spinner."""
    return letter.conversation_id is not None and not message.replaces and not message.answers_press


def _record(letter: Letter, message: OutgoingMessage, now: datetime) -> NewMessage:
    assert letter.conversation_id is not None, "it is said"
    return NewMessage(
        conversation_id=letter.conversation_id,
        guest_id=letter.guest_id,
        message_type=MessageType.outgoing,
        role=MessageRole.bot,
        content=message.text,
        platform=letter.platform,
        created_at=now,
    )


def _row(letter: Letter, message: OutgoingMessage, message_id: UUID | None, now: datetime) -> NewOutboxMessage:
    return NewOutboxMessage(
        account_id=letter.account_id,
        chat_id=letter.chat_id,
        purpose=letter.purpose,
        content=to_json(message),
        correlation_id=letter.correlation_id,
        created_at=now,
        not_before=now,
        not_after=now + letter.useful_for,
        conversation_id=letter.conversation_id,
        message_id=message_id,
        notification_id=letter.notification_id,
        firing_id=letter.firing_id,
        priority=letter.priority,
    )


async def name_messages(uow: UnitOfWork, names: Sequence[tuple[OutboxRecord, str]]) -> None:
    """Note by which ids the provider knows messages, and listen again to what it said of those ids before.

    The messages' chats must be locked: their events are handled under the same locks, so that a status is either
    handled already and queued again here, or handled later and finds the id.
    """
    await uow.messages.name_all(
        [(record.message_id, record.created_at, name) for record, name in names if record.message_id]
    )
    for chat_id in await uow.inbox.queue_statuses([(record.account_id, name) for record, name in names]):
        await uow.chats.wake(chat_id)


async def obstacle(
    uow: UnitOfWork, record: OutboxRecord, chat: ChatRecord, account: AccountRecord | None, now: datetime
) -> tuple[OutboxState, str] | None:
    """Return how a message ends that may not leave any more, with the reason; None for one that may."""
    if now > record.not_after:
        return OutboxState.expired, "it was too late to be useful"
    if account is None or account.status is AccountStatus.disabled:
        return OutboxState.failed, "the channel account was removed"
    if record.purpose is OutboxPurpose.trigger:
        if not chat.is_reachable:
            return OutboxState.failed, "the guest can't be reached in this chat"
        if await _opted_out(uow, record):
            return OutboxState.failed, "the guest opted out"
    return None


async def _opted_out(uow: UnitOfWork, record: OutboxRecord) -> bool:
    """Whether the guest of the conversation wants no automatic messages, asked as late as can be."""
    if record.conversation_id is None:
        return False
    conversation = await uow.conversations.get(record.conversation_id)
    if conversation is None or conversation.guest_id is None:
        return False
    return ConsentState.withdrawn in (await uow.consents.current(conversation.guest_id)).values()


async def follow_chat(uow: UnitOfWork, chat: ChatRecord, new_address: str) -> None:
    """A group got a new id: let what waits go there, and the hotel's alerts too."""
    new_chat = await uow.chats.at(chat.account_id, new_address)
    await uow.outbox.move(chat.id, new_chat)
    await uow.chats.mark_reachable(chat.id, False)
    await uow.hotels.move_staff_chat(chat.account_id, chat.address, new_address)
