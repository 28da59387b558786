"""The chats of the hotel's accounts: where messages come from and go to, and the lanes they wait in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from bot.errors import LeaseLost
from bot.storage.claims import ChatLease
from bot.storage.repositories.base import Repository
from models import Chat
from models.base import new_id

# No burst takes so long: what says more was written before the database's clock was set back.
MOST_AHEAD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """One chat; `address` is the provider's id of it."""

    id: UUID
    account_id: UUID
    address: str
    is_reachable: bool


class Chats(Repository):
    """Chat rows are locked so that rows which only refer to them may still be added by others: a firing writes into a
    chat whose message is being handled, and would deadlock with it otherwise. Several are always locked in the order
    of account and address, known and new ones alike."""

    async def get(self, chat_id: UUID) -> ChatRecord:
        """Return one chat."""
        columns = (Chat.id, Chat.account_id, Chat.address, Chat.is_reachable)
        row = (await self._run(select(*columns).where(self._own(Chat.hotel_id), Chat.id == chat_id))).one()
        return ChatRecord(*row)

    async def with_ids(self, chat_ids: Collection[UUID]) -> dict[UUID, ChatRecord]:
        """Return these chats by id."""
        rows = await self._fetch(_WITH_IDS, self.hotel_id, list(chat_ids))
        return {row["id"]: ChatRecord(*row) for row in rows}

    async def spoken_in(self, guest_ids: Collection[UUID]) -> dict[UUID, list[ChatRecord]]:
        """Return the chats that each guest has spoken in, the latest first; who never spoke is missing."""
        found: dict[UUID, list[ChatRecord]] = {}
        for guest_id, *columns in await self._fetch(_SPOKEN_IN, self.hotel_id, list(guest_ids)):
            found.setdefault(guest_id, []).append(ChatRecord(*columns))
        return found

    async def first_spoken_in(self, guest_ids: Collection[UUID]) -> dict[UUID, dict[UUID, datetime]]:
        """Return since when each guest has spoken in which chat; who never spoke is missing."""
        found: dict[UUID, dict[UUID, datetime]] = {}
        for guest_id, chat_id, since in await self._fetch(_FIRST_SPOKEN_IN, self.hotel_id, list(guest_ids)):
            found.setdefault(guest_id, {})[chat_id] = since
        return found

    async def known_at(self, account_id: UUID, addresses: Collection[str]) -> dict[str, ChatRecord]:
        """Return those of the chats with these addresses that are known."""
        rows = await self._fetch(_KNOWN_AT, self.hotel_id, account_id, list(addresses))
        return {row["address"]: ChatRecord(*row) for row in rows}

    async def at(self, account_id: UUID, address: str) -> UUID:
        """Return the id of the chat with this address, made now where it is new; a known one is not locked."""
        return (await self.at_all(account_id, [address]))[address]

    async def at_all(self, account_id: UUID, addresses: Collection[str]) -> dict[str, UUID]:
        """Return the ids of an account's chats with these addresses, as `at` does."""
        known = await self.known_at(account_id, addresses)
        # In one order, so that two who make the same chats wait for each other only one way.
        if new := sorted(set(addresses) - known.keys()):
            await self._fetch(_MAKE, self.hotel_id, account_id, [new_id() for _ in new], new)
            # A statement of its own: only that sees what somebody else made meanwhile.
            known |= await self.known_at(account_id, new)
        return {address: chat.id for address, chat in known.items()}

    async def make_ready(self, lanes: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
        """Lock the chats of these accounts and addresses, note that something waits in them; return their ids.

        The rows stay locked until the transaction ends, so event ids drawn after this grow in the order in
        which transactions commit.
        """
        # In the order of all that locks several chats, so that nobody deadlocks.
        ordered = sorted(set(lanes))
        accounts, addresses = [account for account, _ in ordered], [address for _, address in ordered]
        rows = await self._fetch(_MAKE_READY, self.hotel_id, [new_id() for _ in ordered], accounts, addresses)
        return {(row["account_id"], row["address"]): row["id"] for row in rows}

    async def lock(self, chat_ids: Collection[UUID]) -> dict[UUID, bool]:
        """Wait until nobody changes what belongs to these chats, and let nobody else until the transaction ends.

        Return of each whether something waits in it that nobody has claimed: whoever looks for it while the chat is
        locked passes over it, and must be told to look again.
        """
        return dict(await self._fetch(_LOCK, self.hotel_id, list(chat_ids)))

    async def lock_free(self, chat_ids: Collection[UUID]) -> dict[UUID, bool]:
        """Lock those of these chats that nobody has locked; return what `lock` does, of them only."""
        return dict(await self._fetch(f"{_LOCK} SKIP LOCKED", self.hotel_id, list(chat_ids)))

    async def hold(self, lease: ChatLease) -> None:
        """Lock a claimed chat. Raises LeaseLost when another worker has it now."""
        if not await self.hold_all([lease]):
            raise LeaseLost("the chat was claimed by another worker")

    async def hold_all(self, leases: Collection[ChatLease]) -> set[ChatLease]:
        """Lock claimed chats; return the leases that still count: a chat may have been claimed anew, even here."""
        rows = await self._fetch(_HOLD_ALL, self.hotel_id, *_columns(leases))
        held = {row["claim_token"] for row in rows}
        return {lease for lease in leases if lease.token in held}

    async def release_all(self, leases: Collection[ChatLease]) -> None:
        """Give held chats back; those in which events wait stay ready.

        Must follow `hold_all` as a statement of its own: only then does it see every event whose transaction got
        a chat's lock before.
        """
        if leases:
            await self._fetch(_RELEASE_ALL, self.hotel_id, *_columns(leases))

    async def wake(self, chat_id: UUID) -> None:
        """Note that something waits in the chat."""
        await self._run(
            update(Chat)
            .where(self._own(Chat.hotel_id), Chat.id == chat_id)
            .values(ready_at=func.coalesce(Chat.ready_at, func.now()))
        )

    async def seconds_ahead(self, chat_id: UUID) -> float:
        """Return for how long the chat's pace is used up by what all have sent."""
        ((ahead,),) = await self._fetch(_SECONDS_AHEAD, self.hotel_id, chat_id, MOST_AHEAD)
        return float(ahead)

    async def run_ahead(self, chat_id: UUID, gap: timedelta) -> None:
        """Note that one more message uses up this much of the chat's pace."""
        await self._fetch(_RUN_AHEAD, self.hotel_id, chat_id, MOST_AHEAD, gap)

    async def mark_reachable(self, chat_id: UUID, is_reachable: bool) -> None:
        """Note whether the chat can be written to."""
        await self._run(
            update(Chat).where(self._own(Chat.hotel_id), Chat.id == chat_id).values(is_reachable=is_reachable)
        )


def _columns(leases: Collection[ChatLease]) -> tuple[list[UUID], list[UUID]]:
    return [lease.chat_id for lease in leases], [lease.token for lease in leases]


_WITH_IDS = "SELECT id, account_id, address, is_reachable FROM chats WHERE hotel_id = $1 AND id = ANY ($2::uuid[])"
_SPOKEN_IN = """
    SELECT talk.guest_id, chats.id, chats.account_id, chats.address, chats.is_reachable
    FROM conversations AS talk JOIN chats ON chats.hotel_id = talk.hotel_id AND chats.id = talk.chat_id
    WHERE talk.hotel_id = $1 AND talk.guest_id = ANY ($2::uuid[])
    ORDER BY talk.last_message_at DESC NULLS LAST, talk.id DESC
"""
_FIRST_SPOKEN_IN = """
    SELECT guest_id, chat_id, min(created_at) AS since FROM conversations
    WHERE hotel_id = $1 AND guest_id = ANY ($2::uuid[]) GROUP BY guest_id, chat_id
"""
_KNOWN_AT = """
    SELECT id, account_id, address, is_reachable FROM chats
    WHERE hotel_id = $1 AND account_id = $2 AND address = ANY ($3::text[])
"""
# As Python sorts: by the letters' numbers, whatever the database's collation.
_IN_ORDER = 'ORDER BY account_id, address COLLATE "C" FOR NO KEY UPDATE'
_LOCK = f"""
    SELECT id, ready_at IS NOT NULL AND (leased_until IS NULL OR leased_until < now()) AS is_waiting
    FROM chats WHERE hotel_id = $1 AND id = ANY ($2::uuid[]) {_IN_ORDER}
"""
_PACED_UNTIL = "CASE WHEN paced_until BETWEEN now() AND now() + $3::interval THEN paced_until ELSE now() END"
_SECONDS_AHEAD = f"""
    SELECT extract(epoch FROM {_PACED_UNTIL} - now())::float8 FROM chats WHERE hotel_id = $1 AND id = $2
"""
_RUN_AHEAD = f"UPDATE chats SET paced_until = {_PACED_UNTIL} + $4::interval WHERE hotel_id = $1 AND id = $2"
_HOLD_ALL = f"""
    SELECT claim_token FROM chats WHERE hotel_id = $1 AND id = ANY ($2::uuid[]) AND claim_token = ANY ($3::uuid[])
    {_IN_ORDER}
"""
_RELEASE_ALL = """
    UPDATE chats SET claim_token = NULL, leased_until = NULL, ready_at = (
        SELECT now() FROM inbox_events AS event
        WHERE event.hotel_id = chats.hotel_id AND event.chat_id = chats.id AND event.state = 'queued' LIMIT 1
    )
    WHERE hotel_id = $1 AND id = ANY ($2::uuid[]) AND claim_token = ANY ($3::uuid[])
"""
_MAKE_READY = """
    INSERT INTO chats (hotel_id, id, account_id, address, ready_at)
    SELECT $1, id, account_id, address, now()
    FROM unnest($2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS lane (id, account_id, address, place)
    ORDER BY place
    ON CONFLICT (hotel_id, account_id, address)
    DO UPDATE SET ready_at = coalesce(chats.ready_at, excluded.ready_at)
    RETURNING account_id, address, id
"""
_MAKE = """
    INSERT INTO chats (hotel_id, id, account_id, address)
    SELECT $1, id, $2, address FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS new (id, address, place)
    ORDER BY place
    ON CONFLICT (hotel_id, account_id, address) DO NOTHING
"""
