"""The ways to the hotel's people: first the staff chat, then the admins' own chats with the bot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.hotel_settings import HotelSettings
from bot.messages import Platform
from bot.storage.repositories.outbox import OutboxRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import AccountStatus


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach the hotel's people."""

    account_id: UUID
    address: str
    thread_id: str | None = None


async def ways_to_people(uow: UnitOfWork, settings: HotelSettings) -> list[Way]:
    """Return the ways to the hotel's people, best first; none leads through an account that was switched off."""
    accounts = [one for one in await uow.accounts.all() if one.status is not AccountStatus.disabled]
    ways = []
    chat = settings.staff_chat
    if chat is not None and any(one.id == chat.account_id for one in accounts):
        ways.append(Way(chat.account_id, chat.address, chat.thread_id))
    telegram = next((one for one in accounts if one.platform == Platform.telegram), None)
    if telegram is not None:
        admins = [user for user in await uow.users.all() if user.is_admin and user.telegram_id is not None]
        ways += [Way(telegram.id, str(user.telegram_id)) for user in admins]
    return ways


async def next_way(
    uow: UnitOfWork, ways: Sequence[Way], last: OutboxRecord, notification_id: UUID, is_in_doubt: bool
) -> Way | None:
    """Return the best way that was not tried yet.

    That of the `last` message counts as such once, where it is in doubt: staff may see it twice then, which is better
    than not at all, and it says that it is a repeat.
    """
    carried = await uow.outbox.of_notification(notification_id)
    tried = Counter(one.chat_id for one in carried if not is_gesture(one))
    if is_in_doubt and tried[last.chat_id] == 1:
        del tried[last.chat_id]
    for way in ways:
        if not tried[await uow.chats.at(way.account_id, way.address)]:
            return way
    return None


def is_gesture(record: OutboxRecord) -> bool:
    """Whether the message only changed an earlier one or stopped a spinner."""
    return bool(record.content.get("answers_press") or record.content.get("replaces"))
