"""Who may do what next, over all hotels: ids, states and leases, never content.

Connects as the runtime role, whose column grants hold it to that. Leases are timed by the database's clock and
fenced by a token: a worker that was stopped and came back finds its token gone and its save refused. A token also
says whose it is, so that the leases of the dead need not be waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.failures import DRIVER_ERRORS
from bot.storage.prepared import fetch
from bot.storage.transactions import driver_of, look_for_end
from bot.storage.worker_key import LIVING, NEW_TOKEN, WorkerKey, is_of_nobody
from models.queues import EACH_BY_ITS_TIME, EACH_IN_ITS_CHAT

LEASE = timedelta(seconds=4)
# A lease that was taken or renewed so lately is nobody's to judge: work that is alive is renewed more often.
GRACE = timedelta(seconds=1.5)
# How long a process must have been back itself before it takes others for dead: an outage throws all out at once, and
# each comes back within a second.
SETTLED = timedelta(seconds=2)
# How many messages of one account may be on their way at once, over all processes.
IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class ChatLease:
    """The right to handle what waits in one chat."""

    hotel_id: UUID
    chat_id: UUID
    token: UUID


@dataclass(frozen=True, slots=True)
class OutboxLease:
    """The right to send one message."""

    hotel_id: UUID
    outbox_id: int
    account_id: UUID
    chat_id: UUID
    priority: int
    token: UUID


@dataclass(frozen=True, slots=True)
class AccountHead:
    """A channel account without its content. Its `webhook_key_hash` is another one each time that its credentials are
    entered anew."""

    hotel_id: UUID
    account_id: UUID
    platform: str
    status: str
    webhook_key_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class DueFirings:
    """How many firings are due, by hotel, and when the next of those is that will be soon."""

    numbers: dict[UUID, int]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueAges:
    """Since when the oldest piece of work waits; None where nothing does."""

    inbox: timedelta | None
    outbox: timedelta | None


_CLAIM_CHATS = f"""
    WITH ready AS (
        SELECT hotel_id, id FROM chats
        WHERE ready_at IS NOT NULL AND (leased_until IS NULL OR leased_until < now())
        ORDER BY ready_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE chats SET claim_token = {NEW_TOKEN}, leased_until = now() + $3::interval
    FROM ready WHERE chats.hotel_id = ready.hotel_id AND chats.id = ready.id
    RETURNING chats.hotel_id, chats.id, chats.claim_token
"""

# Only the oldest unfinished message of a chat and priority may go; accounts that are `paused` here, or rest because
# their provider asked for it, keep theirs. What may go is numbered within its account, behind what is on its way
# already: accounts take turns by these places, so that one with a backlog never delays another. People before
# triggers. What is urgent comes first, whatever else is on its way: it can't crowd anybody out, since only one of a
# chat may go. (`false <= false`: a boolean comparison, because an index answers it, as it would no OR.)
# The next account is found by jumping over the queue of the one before, and each is asked for as many as it may still
# have on their way: a claim costs what it takes and not what waits. The statistics of a queue are always old, so what
# must be looked up row by row is written so that it can't be done otherwise, by the one index that fits.
# Behind what is on its way in a chat wait the others of it: they are passed over without being looked up one by one.
_CLAIM_OUTBOX = f"""
    WITH RECURSIVE waiting AS (
        (
            SELECT hotel_id, account_id FROM outbox WHERE state = 'queued'
            ORDER BY hotel_id, account_id, (priority > 0), (purpose = 'trigger'), id LIMIT 1
        )
        UNION ALL
        SELECT following.hotel_id, following.account_id FROM waiting CROSS JOIN LATERAL (
            SELECT o.hotel_id, o.account_id FROM outbox AS o
            WHERE o.state = 'queued' AND (o.hotel_id, o.account_id) > (waiting.hotel_id, waiting.account_id)
            ORDER BY o.hotel_id, o.account_id, (o.priority > 0), (o.purpose = 'trigger'), o.id LIMIT 1
        ) AS following
    ), due AS MATERIALIZED (
        SELECT waiting.hotel_id, mine.id, mine.is_patient, mine.is_trigger, going.number + mine.turn AS place
        FROM waiting CROSS JOIN LATERAL (
            SELECT count(*) AS number, array_agg(ROW(o.chat_id, o.priority)) AS lanes FROM outbox AS o
            WHERE o.hotel_id = waiting.hotel_id AND o.account_id = waiting.account_id
              AND o.lease_token IS NOT NULL AND o.state IN ('queued', 'sending')
              AND (o.state = 'sending' OR o.leased_until >= now())
        ) AS going CROSS JOIN LATERAL (
            SELECT first.*, row_number() OVER (ORDER BY is_patient, is_trigger, id) AS turn
            FROM (
                SELECT o.id, o.priority > 0 AS is_patient, o.purpose = 'trigger' AS is_trigger FROM outbox AS o
                WHERE o.hotel_id = waiting.hotel_id AND o.account_id = waiting.account_id
                  AND (o.priority > 0) <= (going.number < $2::bigint)
                  AND o.state = 'queued' AND o.not_before <= $3
                  AND (going.lanes IS NULL OR ROW(o.chat_id, o.priority) <> ALL (going.lanes))
                  AND (o.leased_until IS NULL OR o.leased_until < now())
                  AND o.id = (
                      SELECT oldest.id FROM outbox AS oldest
                      WHERE oldest.hotel_id = o.hotel_id AND oldest.chat_id = o.chat_id
                        AND oldest.priority = o.priority AND oldest.state IN ('queued', 'sending')
                        AND oldest.{EACH_IN_ITS_CHAT}
                      ORDER BY oldest.id LIMIT 1
                  )
                ORDER BY (o.priority > 0), (o.purpose = 'trigger'), o.id LIMIT greatest($2::bigint - going.number, 1)
            ) AS first
        ) AS mine
        WHERE waiting.account_id <> ALL ($4::uuid[]) AND NOT EXISTS (
            SELECT FROM channel_accounts AS a
            WHERE a.hotel_id = waiting.hotel_id AND a.id = waiting.account_id AND a.rests_until > now()
        )
    ), head AS (
        SELECT free.hotel_id, free.id
        FROM (SELECT hotel_id, id FROM due ORDER BY is_patient, place, is_trigger, id) AS next CROSS JOIN LATERAL (
            SELECT o.hotel_id, o.id, o.state, o.leased_until FROM outbox AS o
            WHERE o.hotel_id = next.hotel_id AND o.id = next.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
        ) AS free
        WHERE free.state = 'queued' AND (free.leased_until IS NULL OR free.leased_until < now()) LIMIT $5
    )
    UPDATE outbox SET lease_token = {NEW_TOKEN}, leased_until = now() + $6::interval
    FROM head WHERE outbox.hotel_id = head.hotel_id AND outbox.id = head.id
    RETURNING outbox.hotel_id, outbox.id, outbox.account_id, outbox.chat_id, outbox.priority, outbox.lease_token
"""

# What is locked is being saved, and nobody else can claim it meanwhile: it is passed over, so that one row never
# costs a process all its leases.
_RENEW_CHATS, _RENEW_OUTBOX = (
    f"""
        WITH mine AS (SELECT hotel_id, id FROM {table} WHERE {mine} FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE {table} SET leased_until = now() + $2::interval
        FROM mine WHERE {table}.hotel_id = mine.hotel_id AND {table}.id = mine.id
    """
    for table, mine in (
        # As their indexes say: what is held is still ready, or still to be sent.
        ("chats", "claim_token = ANY ($1::uuid[]) AND ready_at IS NOT NULL"),
        ("outbox", "lease_token = ANY ($1::uuid[]) AND state IN ('queued', 'sending')"),
    )
)


def _orphaned(token: str) -> str:
    """Return SQL that says of a lease that nobody living has taken it, and that whoever lived would have renewed it.
    Asked by one who isn't seen to live itself, or only just, it is never true."""
    return f"""
        {token} IS NOT NULL AND leased_until BETWEEN now() AND now() + $2::interval
        AND {is_of_nobody(token, "living")} AND EXISTS (
            SELECT FROM living JOIN pg_stat_activity USING (pid)
            WHERE worker = $1 AND now() - backend_start > $3::interval
        )
    """


_RELEASE_ORPHANS = f"""
    WITH living AS MATERIALIZED ({LIVING}), lanes AS (
        SELECT hotel_id, id FROM chats WHERE ready_at IS NOT NULL AND {_orphaned("claim_token")}
        FOR NO KEY UPDATE SKIP LOCKED
    ), letters AS (
        SELECT hotel_id, id FROM outbox WHERE state IN ('queued', 'sending') AND {_orphaned("lease_token")}
        FOR NO KEY UPDATE SKIP LOCKED
    ), free_lanes AS (
        UPDATE chats SET leased_until = now() FROM lanes
        WHERE chats.hotel_id = lanes.hotel_id AND chats.id = lanes.id RETURNING chats.id
    ), free_letters AS (
        UPDATE outbox SET leased_until = now() FROM letters
        WHERE outbox.hotel_id = letters.hotel_id AND outbox.id = letters.id RETURNING outbox.id
    )
    SELECT (SELECT count(*) FROM free_lanes) + (SELECT count(*) FROM free_letters) AS number
"""
_OPEN_DOUBTS = """
    SELECT DISTINCT account_id, hotel_id FROM outbox WHERE state = 'in_doubt' AND doubt_reported_at IS NULL
"""
_STALE_SENDING = "SELECT DISTINCT hotel_id FROM outbox WHERE state = 'sending' AND leased_until < now()"
_DUE_FIRINGS = """
    SELECT hotel_id, count(*) FILTER (WHERE due_at <= $1) AS number,
           min(due_at) FILTER (WHERE due_at > $1) AS next_at
    FROM trigger_firings WHERE status IN ('scheduled', 'postponed') AND due_at <= $2 GROUP BY hotel_id
"""
_HOTEL_CALLED = "SELECT id FROM hotels WHERE slug = $1 AND is_active"
_ACCOUNTS = "SELECT hotel_id, id, platform, status, webhook_key_hash FROM channel_accounts"
_ALL_ACCOUNTS = f"{_ACCOUNTS} WHERE status <> 'disabled'"
_ACCOUNT_BY_WEBHOOK = f"{_ACCOUNTS} WHERE webhook_key_hash = $1 AND status <> 'disabled'"
_AGES = f"""
    SELECT now() - (SELECT min(ready_at) FROM chats WHERE ready_at IS NOT NULL
                    AND (leased_until IS NULL OR leased_until < now())) AS inbox,
           $1::timestamptz - (SELECT min(not_before) FROM outbox WHERE state = 'queued' AND not_before <= $1
                   AND {EACH_BY_ITS_TIME} AND (leased_until IS NULL OR leased_until < now())) AS outbox
"""


class Claims:
    """The runtime role's few questions; what is claimed is `worker`'s."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.worker = WorkerKey.draw()
        self.outbox_claims = 0
        """How often the outbox was asked: whoever sees it move may have made room for what was passed over."""

    async def claim_chats(self, limit: int, lease: timedelta = LEASE) -> list[ChatLease]:
        """Take up to `limit` chats in which something waits, longest waiting first."""
        rows = await self._ask(_CLAIM_CHATS, self.worker.digits, limit, lease)
        return [ChatLease(*row) for row in rows]

    async def claim_outbox(
        self,
        now: datetime,
        limit: int,
        paused: Collection[UUID] = (),
        lease: timedelta = LEASE,
        *,
        is_urgent: bool = False,
    ) -> list[OutboxLease]:
        """Take up to `limit` messages that may leave now, at most one a chat and priority, what is urgent first and
        then in fair turns of the accounts; or only what `is_urgent`."""
        self.outbox_claims += 1
        in_flight = 0 if is_urgent else IN_FLIGHT
        rows = await self._ask(_CLAIM_OUTBOX, self.worker.digits, in_flight, now, list(paused), limit, lease)
        return [OutboxLease(*row) for row in rows]

    async def renew(self, chats: Collection[UUID], outbox: Collection[UUID], lease: timedelta = LEASE) -> None:
        """Keep the leases with these tokens for another `lease`."""
        if chats:
            await self._ask(_RENEW_CHATS, list(chats), lease)
        if outbox:
            await self._ask(_RENEW_OUTBOX, list(outbox), lease)

    async def release_orphans(self, lease: timedelta = LEASE, settled: timedelta = SETTLED) -> int:
        """End the leases, taken for `lease`, of workers that are dead: their locks are gone, and they have missed a
        renewal. Return how many. Whoever has no lock itself, or has it for less than `settled`, ends none."""
        (row,) = await self._ask(_RELEASE_ORPHANS, self.worker.digits, lease - GRACE, settled)
        return int(row["number"])

    async def hotels_with_stale_sends(self) -> list[UUID]:
        """Return the hotels that have a message whose sender died between the call and its record."""
        return [row["hotel_id"] for row in await self._ask(_STALE_SENDING)]

    async def accounts_with_open_doubts(self) -> dict[UUID, UUID]:
        """Return the accounts that have a message in doubt which may still be resolved, each with its hotel."""
        return {row["account_id"]: row["hotel_id"] for row in await self._ask(_OPEN_DOUBTS)}

    async def due_firings(self, now: datetime, soon: datetime) -> DueFirings:
        """Return how many planned firings are due at `now`, and when the next of those by `soon` is."""
        rows = await self._ask(_DUE_FIRINGS, now, soon)
        return DueFirings(
            {row["hotel_id"]: row["number"] for row in rows if row["number"]},
            min((row["next_at"] for row in rows if row["next_at"]), default=None),
        )

    async def accounts(self) -> list[AccountHead]:
        """Return every account that is not switched off."""
        return [AccountHead(*row) for row in await self._ask(_ALL_ACCOUNTS)]

    async def account_by_webhook(self, key_hash: bytes) -> AccountHead | None:
        """Return the account whose webhook path has this key's SHA-256."""
        rows = await self._ask(_ACCOUNT_BY_WEBHOOK, key_hash)
        return AccountHead(*rows[0]) if rows else None

    async def hotels(self) -> dict[str, UUID]:
        """Return every hotel's id by its slug."""
        return {row["slug"]: row["id"] for row in await self._ask("SELECT slug, id FROM hotels")}

    async def hotel_called(self, slug: str) -> UUID | None:
        """Return the id of the hotel with this slug, unless it was switched off."""
        rows = await self._ask(_HOTEL_CALLED, slug)
        return rows[0]["id"] if rows else None

    async def integrations(self) -> list[tuple[UUID, UUID, str | None]]:
        """Return hotel, integration and the key that seals it, for every integration."""
        rows = await self._ask("SELECT hotel_id, id, encryption_key_id FROM integrations")
        return [(row["hotel_id"], row["id"], row["encryption_key_id"]) for row in rows]

    async def queue_ages(self, now: datetime) -> QueueAges:
        """Return since when the oldest unclaimed work waits; `now` is the clock that messages are timed by."""
        (row,) = await self._ask(_AGES, now)
        return QueueAges(row["inbox"], row["outbox"])

    async def latest_arrival(self) -> datetime | None:
        """Return when the last event came, by the clock that messages are timed by."""
        (row,) = await self._ask("SELECT max(received_at) AS at FROM inbox_events")
        at: datetime | None = row["at"]
        return at

    async def database_time(self) -> datetime:
        """Return the database's clock."""
        (row,) = await self._ask("SELECT clock_timestamp() AS at")
        at: datetime = row["at"]
        return at

    async def ensure_partitions(self, first: date, last: date) -> int:
        """Make the monthly partitions of messages from `first` to `last`; return how many were new."""
        (row,) = await self._ask("SELECT ensure_message_partitions($1, $2) AS made", first, last)
        return int(row["made"])

    async def drop_oldest_month(self, kept_months: int) -> date | None:
        """Drop the oldest month of messages, of all hotels, where it is before the last so many whole ones.

        Return its first day; None where all months stay. Raises PostgresError (55P03) while messages are in use for
        longer than guests should wait.
        """
        (row,) = await self._ask("SELECT drop_oldest_month($1) AS month", kept_months)
        month: date | None = row["month"]
        return month

    async def forget_old(self, hotel_id: UUID, kept_months: int, most: int) -> int:
        """Forget what is done in a hotel's queues, and its messages that no month was made for, where they are from
        before the last so many whole months; return how many there were, at most `most` of each kind."""
        (row,) = await self._ask("SELECT forget_old($1, $2, $3) AS number", hotel_id, kept_months, most)
        return int(row["number"])

    async def _ask(self, statement: str, *values: Any) -> list[Any]:
        """Run a statement by itself, without a transaction around it. Raises the driver's own errors."""
        async with self._engine.connect() as connection:
            try:
                return await fetch(connection, statement, *values)
            except (*DRIVER_ERRORS, OSError):
                await look_for_end(connection)
                raise
            except asyncio.CancelledError:
                # The next one would have to wait until the server has heard that nobody wants this any more.
                driver_of(connection).terminate()
                raise
