"""A chat is a lane: what arrived in it is begun one by one, in the order that it came."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from bot.messages import Platform
from bot.storage.claims import ChatLease
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Begun:
    """The next event of a chat; not counted yet where it is suspected of having killed its worker."""

    event: InboxRecord
    platform: Platform
    is_counted: bool


async def begin_next(uow: UnitOfWork, leases: Collection[ChatLease]) -> dict[UUID, Begun]:
    """Begin the oldest waiting event of each of these chats, which are held; return them by chat.

    A chat in which nothing waits is given back.
    """
    waiting = await uow.inbox.begin_next([lease.chat_id for lease in leases])
    await uow.chats.release_all([lease for lease in leases if lease.chat_id not in waiting])
    return {chat_id: Begun(one.event, Platform(one.platform), one.is_begun) for chat_id, one in waiting.items()}


async def replay(uow: UnitOfWork, event_id: int) -> InboxRecord | None:
    """Queue an event that was set aside as if it had just come; None where there is none with this id.

    Whoever stores the same event once more has locked its chat, and waits for the event.
    """
    event = await uow.inbox.get(event_id)
    if event is None:
        return None
    await uow.chats.lock([event.chat_id])
    queued = await uow.inbox.replay(event_id)
    if queued is not None:
        await uow.chats.wake(queued.chat_id)
    return queued
