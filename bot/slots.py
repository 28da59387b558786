"""Gives a message its slot: by the pace in memory, and in a group also by what other processes sent there."""

from __future__ import annotations

from collections.abc import Iterable

from bot.channels.base import Limits
from bot.pace import Gaps, Pace
from bot.storage.claims import OutboxLease
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.unit_of_work import UnitOfWork

# Telegram lets 20 messages a minute into a group: so many at once, the others at the group's gap. What is less than
# urgent leaves as many of these places as its priority says, so that an alert never waits for what is not one.
GROUP_BURST = 4


async def lock_groups(uow: UnitOfWork, chats: Iterable[ChatRecord]) -> None:
    """Let nobody else take slots of these groups until the transaction ends. Must come before `take_slot`."""
    if groups := [chat.id for chat in chats if _is_group(chat)]:
        await uow.chats.lock(groups)


async def take_slot(
    pace: Pace, uow: UnitOfWork, lease: OutboxLease, record: OutboxRecord, chat: ChatRecord, limits: Limits
) -> bool:
    """Take the next slot of this account and chat, if it is due; return whether the message may leave now."""
    if record.content.get("answers_press"):  # stops a spinner; providers don't count it as a message
        return True
    account_id, chat_id, kept = str(record.account_id), str(chat.id), lease.priority
    if not _is_group(chat):
        return not pace.reserve(account_id, chat_id, Gaps(limits.account_gap, limits.chat_gap), kept)
    if pace.wait_time(account_id, chat_id, kept):
        return False
    gaps = Gaps(limits.account_gap, limits.group_gap, GROUP_BURST)
    pace.catch_up(account_id, chat_id, gaps, await uow.chats.seconds_ahead(chat.id))
    if pace.reserve(account_id, chat_id, gaps, kept):
        return False
    await uow.chats.run_ahead(chat.id, gaps.chat)
    return True


def _is_group(chat: ChatRecord) -> bool:
    return chat.address.startswith("-")
