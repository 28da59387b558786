"""The chats of the hotel's accounts: where messages come from and go to, and the lanes they wait in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.errors import LeaseLost
from bot.storage.repositories.base import Repository
from models import Chat, Conversation, InboxEvent
from models.base import new_id
from models.enums import InboxState


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """One chat; `address` is the provider's id of it."""

    id: UUID
    account_id: UUID
    address: str
    is_reachable: bool


class Chats(Repository):
    """Chat rows are locked so that rows which only refer to them may still be added by others: a firing writes into a
    chat whose message is being handled, and would deadlock with it otherwise."""

    async def get(self, chat_id: UUID) -> ChatRecord:
        """Return one chat."""
        columns = (Chat.id, Chat.account_id, Chat.address, Chat.is_reachable)
        row = (await self._run(select(*columns).where(self._own(Chat.hotel_id), Chat.id == chat_id))).one()
        return ChatRecord(*row)

    async def spoken_in(self, guest_ids: Collection[UUID]) -> dict[UUID, list[ChatRecord]]:
        """Return the chats that each guest has spoken in, the latest first; who never spoke is missing."""
        statement = (
            select(Conversation.guest_id, Chat.id, Chat.account_id, Chat.address, Chat.is_reachable)
            .join(Chat, (Chat.hotel_id == Conversation.hotel_id) & (Chat.id == Conversation.chat_id))
            .where(self._own(Conversation.hotel_id), Conversation.guest_id.in_(guest_ids))
            .order_by(Conversation.last_message_at.desc().nulls_last(), Conversation.id.desc())
        )
        found: dict[UUID, list[ChatRecord]] = {}
        for guest_id, *columns in await self._run(statement):
            found.setdefault(guest_id, []).append(ChatRecord(*columns))
        return found

    async def known_at(self, account_id: UUID, addresses: Collection[str]) -> dict[str, ChatRecord]:
        """Return those of the chats with these addresses that are known."""
        columns = (Chat.id, Chat.account_id, Chat.address, Chat.is_reachable)
        statement = select(*columns).where(
            self._own(Chat.hotel_id), Chat.account_id == account_id, Chat.address.in_(addresses)
        )
        return {row.address: ChatRecord(*row) for row in await self._run(statement)}

    async def at(self, account_id: UUID, address: str) -> UUID:
        """Return the id of the chat with this address, made now where it is new; a known one is not locked."""
        known = await self._run(
            select(Chat.id).where(self._own(Chat.hotel_id), Chat.account_id == account_id, Chat.address == address)
        )
        chat_id: UUID | None = known.scalar_one_or_none()
        return chat_id or (await self._upsert(account_id, [address], is_ready=False))[address]

    async def make_ready(self, account_id: UUID, addresses: Collection[str]) -> dict[str, UUID]:
        """Lock these chats, note that something waits in them, and return their ids by address.

        The rows stay locked until the transaction ends, so event ids drawn after this grow in the order in
        which transactions commit.
        """
        return await self._upsert(account_id, addresses, is_ready=True)

    async def lock(self, chat_id: UUID) -> None:
        """Wait until nobody changes what belongs to this chat, and let nobody else until the transaction ends."""
        await self._run(
            select(Chat.id).where(self._own(Chat.hotel_id), Chat.id == chat_id).with_for_update(key_share=True)
        )

    async def hold(self, chat_id: UUID, token: UUID) -> None:
        """Lock a chat that was claimed with `token`. Raises LeaseLost when another worker has it now."""
        held = await self._run(
            select(Chat.id)
            .where(self._own(Chat.hotel_id), Chat.id == chat_id, Chat.claim_token == token)
            .with_for_update(key_share=True)
        )
        if held.one_or_none() is None:
            raise LeaseLost("the chat was claimed by another worker")

    async def release(self, chat_id: UUID, token: UUID) -> None:
        """Give a held chat back; it stays ready while events wait in it.

        Must follow `hold` as a statement of its own: only then does it see every event whose transaction got
        the chat's lock before.
        """
        waiting = select(InboxEvent.id).where(
            self._own(InboxEvent.hotel_id), InboxEvent.chat_id == chat_id, InboxEvent.state == InboxState.queued
        )
        ready_at = select(func.now()).where(waiting.exists()).scalar_subquery()
        await self._run(
            update(Chat)
            .where(self._own(Chat.hotel_id), Chat.id == chat_id, Chat.claim_token == token)
            .values(claim_token=None, leased_until=None, ready_at=ready_at)
        )

    async def wake(self, chat_id: UUID) -> None:
        """Note that something waits in the chat."""
        await self._run(
            update(Chat)
            .where(self._own(Chat.hotel_id), Chat.id == chat_id)
            .values(ready_at=func.coalesce(Chat.ready_at, func.now()))
        )

    async def mark_reachable(self, chat_id: UUID, is_reachable: bool) -> None:
        """Note whether the chat can be written to."""
        await self._run(
            update(Chat).where(self._own(Chat.hotel_id), Chat.id == chat_id).values(is_reachable=is_reachable)
        )

    async def _upsert(self, account_id: UUID, addresses: Collection[str], is_ready: bool) -> dict[str, UUID]:
        ready_at = func.now() if is_ready else None
        # Sorted, so that two batches which share chats lock them in one order and can't deadlock.
        rows = [
            {"hotel_id": self.hotel_id, "id": new_id(), "account_id": account_id, "address": address}
            for address in sorted(set(addresses))
        ]
        statement = insert(Chat).values([{**row, "ready_at": ready_at} for row in rows])
        statement = statement.on_conflict_do_update(
            index_elements=["hotel_id", "account_id", "address"],
            set_={"ready_at": func.coalesce(Chat.ready_at, statement.excluded.ready_at)},
        )
        result = await self._run(statement.returning(Chat.address, Chat.id))
        return {row.address: row.id for row in result}
