"""The hotel's bots and numbers, with the sealed credentials of their integrations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from bot.storage.repositories.base import Repository
from models import ChannelAccount, Integration
from models.base import new_id
from models.enums import AccountStatus, IntegrationStatus


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """One bot or number. `credentials` are sealed; `settings` are the integration's. While it `is_resting`, because
    the provider asked for quiet, nothing is sent."""

    id: UUID
    integration_id: UUID
    platform: str
    address: str
    status: AccountStatus
    status_reason: str | None
    is_resting: bool
    credentials: bytes
    settings: dict[str, Any]


class Accounts(Repository):
    """An account's row is a busy one: where a transaction changes several, it does so in the order of their ids, so
    that two can't deadlock."""

    async def get(self, account_id: UUID) -> AccountRecord | None:
        """Return one account."""
        return (await self.with_ids([account_id])).get(account_id)

    async def called(self, platform: str, address: str) -> AccountRecord | None:
        """Return the hotel's account with this address, whether it is on or not. No name is told from another by its
        case only."""
        rows = await self._fetch(_CALLED, self.hotel_id, platform, address)
        return _record(rows[0]) if rows else None

    async def all(self) -> list[AccountRecord]:
        """Return every account of the hotel, in the order they were added."""
        return [_record(row) for row in await self._fetch(_ALL, self.hotel_id)]

    async def add(
        self,
        platform: str,
        address: str,
        integration_id: UUID,
        credentials: bytes,
        key_id: str,
        webhook_key_hash: bytes,
        settings: dict[str, Any] | None = None,
    ) -> UUID:
        """Add an integration (under the id that its credentials are sealed to) and its account; return the account's
        id. Raises IntegrityError when any hotel has this address already."""
        account_id = new_id()
        await self._run(
            insert(Integration).values(
                hotel_id=self.hotel_id,
                id=integration_id,
                platform_id=platform,
                credentials_encrypted=credentials,
                encryption_key_id=key_id,
                settings=settings or {},
                status=IntegrationStatus.connected,
            )
        )
        await self._run(
            insert(ChannelAccount).values(
                hotel_id=self.hotel_id,
                id=account_id,
                integration_id=integration_id,
                platform=platform,
                address=address,
                webhook_key_hash=webhook_key_hash,
            )
        )
        return account_id

    async def connect_anew(
        self, account: AccountRecord, credentials: bytes, key_id: str, webhook_key_hash: bytes
    ) -> None:
        """Give an account other credentials, and let it be as new; what was said with it stays its own."""
        await self._run(
            update(Integration)
            .where(self._own(Integration.hotel_id), Integration.id == account.integration_id)
            .values(credentials_encrypted=credentials, encryption_key_id=key_id)
        )
        await self._run(
            update(ChannelAccount)
            .where(self._own(ChannelAccount.hotel_id), ChannelAccount.id == account.id)
            .values(status=AccountStatus.new, status_reason=None, webhook_key_hash=webhook_key_hash)
        )

    async def set_status(self, account_id: UUID, status: AccountStatus, reason: str | None = None) -> bool:
        """Note what the account can do; return whether that is news. A disabled account stays disabled."""
        result = await self._run(
            update(ChannelAccount)
            .where(
                self._own(ChannelAccount.hotel_id),
                ChannelAccount.id == account_id,
                ChannelAccount.status.not_in({AccountStatus.disabled, status}),
            )
            .values(status=status, status_reason=reason)
        )
        return result.rowcount > 0

    async def disable(self, account_id: UUID) -> bool:
        """Switch an account off until it is connected anew; return whether it was on."""
        return await self.set_status(account_id, AccountStatus.disabled)

    async def credentials(self, integration_id: UUID) -> bytes | None:
        """Return the sealed credentials of an integration."""
        result = await self._run(
            select(Integration.credentials_encrypted).where(
                self._own(Integration.hotel_id), Integration.id == integration_id
            )
        )
        return result.scalar_one_or_none()

    async def replace_credentials(self, integration_id: UUID, old: bytes, new: bytes, key_id: str) -> bool:
        """Store newly sealed credentials unless somebody changed them meanwhile; return whether it did."""
        result = await self._run(
            update(Integration)
            .where(
                self._own(Integration.hotel_id),
                Integration.id == integration_id,
                Integration.credentials_encrypted == old,
            )
            .values(credentials_encrypted=new, encryption_key_id=key_id)
        )
        return result.rowcount > 0

    async def note_inbound(self, account_ids: Collection[UUID], at: datetime, every: timedelta) -> None:
        """Note when these accounts last received something, at most once in `every`."""
        if account_ids:
            await self._fetch(_NOTE_INBOUND, self.hotel_id, list(account_ids), at, at - every)

    async def rest(self, account_id: UUID, wait: timedelta) -> None:
        """Let nothing of this account out for so long, in any process; never shortens a rest."""
        until = func.now() + wait
        await self._run(
            update(ChannelAccount)
            .where(self._own(ChannelAccount.hotel_id), ChannelAccount.id == account_id)
            .values(rests_until=func.greatest(ChannelAccount.rests_until, until))
        )

    async def with_ids(self, account_ids: Collection[UUID]) -> dict[UUID, AccountRecord]:
        """Return these accounts by id."""
        rows = await self._fetch(_WITH_IDS, self.hotel_id, list(account_ids))
        return {row["id"]: _record(row) for row in rows}

    async def count_sent(self, counts: Mapping[UUID, int], at: datetime) -> None:
        """Count the messages of each account that left; the daily count starts anew with each UTC day."""
        if counts:
            await self._fetch(_COUNT_SENT, self.hotel_id, list(counts), list(counts.values()), at)


def _record(row: Mapping[str, Any]) -> AccountRecord:
    return AccountRecord(**{**row, "status": AccountStatus(row["status"])})


_SELECT = """
    SELECT account.id, account.integration_id, account.platform, account.address, account.status,
           account.status_reason, coalesce(account.rests_until > now(), false) AS is_resting,
           integrations.credentials_encrypted AS credentials, integrations.settings
    FROM channel_accounts AS account JOIN integrations
      ON integrations.hotel_id = account.hotel_id AND integrations.id = account.integration_id
    WHERE account.hotel_id = $1
"""
_WITH_IDS = f"{_SELECT} AND account.id = ANY ($2::uuid[])"
_CALLED = f"""
    {_SELECT} AND account.platform = $2 AND lower(account.address) = lower($3)
    ORDER BY account.address <> $3 LIMIT 1
"""
_ALL = f"{_SELECT} ORDER BY account.id"
# Locked before they are changed, in the order that all keep.
_NOTE_INBOUND = """
    WITH held AS (
        SELECT id FROM channel_accounts
        WHERE hotel_id = $1 AND id = ANY ($2::uuid[]) AND (last_inbound_at IS NULL OR last_inbound_at < $4)
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE channel_accounts AS account SET last_inbound_at = $3
    FROM held WHERE account.hotel_id = $1 AND account.id = held.id
"""
_COUNT_SENT = """
    WITH held AS (
        SELECT id FROM channel_accounts WHERE hotel_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE channel_accounts AS account SET
        messages_sent = messages_sent + sent.number,
        daily_messages = sent.number + CASE
            WHEN date_trunc('day', last_used_at, 'UTC') = date_trunc('day', $4::timestamptz, 'UTC')
            THEN daily_messages ELSE 0
        END,
        last_used_at = $4
    FROM held JOIN unnest($2::uuid[], $3::integer[]) AS sent (id, number) USING (id)
    WHERE account.hotel_id = $1 AND account.id = held.id
"""
