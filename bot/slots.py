"""Gives a message its slot: by the pace in memory, and in a group also by what other processes sent there."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from bot.channels.base import Limits
from bot.pace import Gaps, Pace
from bot.storage.claims import OutboxLease
from bot.storage.repositories.chats import ChatRecord
from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.unit_of_work import UnitOfWork

# Telegram lets 20 messages a minute into a group: so many at once, the others at the group's gap. What is less than
# urgent leaves as many of these places as its priority says, so that an alert never waits for what is not one.
GROUP_BURST = 4


async def lock_groups(uow: UnitOfWork, chats: Iterable[ChatRecord]) -> tuple[set[UUID], bool]:
    """Let nobody else take slots of these groups until the transaction ends; return those that somebody else has, and
    whether something waits in the others that nobody has claimed. Must come before `take_slot`.

    Nobody is waited for: whoever has a group may want the very messages that the caller has locked, so that they
    follow it to its new address; and the answers to guests would wait, too.
    """
    groups = {chat.id for chat in chats if _is_group(chat)}
    locked = await uow.chats.lock_free(groups) if groups else {}
    return groups - locked.keys(), any(locked.values())


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
