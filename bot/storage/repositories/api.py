"""The hotel's API: who may call it, and what was asked already."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.storage.repositories.base import Repository
from models import ApiKey, ApiRequest
from models.base import new_id

# How long a request is known again.
REMEMBER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ApiKeyRecord:
    """A key, of which nobody knows the words but who has it."""

    id: UUID
    name: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiRequestRecord:
    """A request under an idempotency key, and what came of it."""

    body_hash: bytes
    correlation_id: str
    planned: int


class ApiKeys(Repository):
    async def add(self, name: str, key_hash: bytes, at: datetime) -> UUID:
        """Add a key; return its id."""
        key_id = new_id()
        values = {"id": key_id, "name": name, "key_hash": key_hash, "created_at": at}
        await self._run(insert(ApiKey).values(hotel_id=self.hotel_id, **values))
        return key_id

    async def all(self) -> list[ApiKeyRecord]:
        """Return the keys, the oldest first."""
        columns = (ApiKey.id, ApiKey.name, ApiKey.created_at, ApiKey.revoked_at)
        rows = await self._run(select(*columns).where(self._own(ApiKey.hotel_id)).order_by(ApiKey.id))
        return [ApiKeyRecord(*row) for row in rows]

    async def is_valid(self, key_hash: bytes) -> bool:
        """Whether a key with this hash may be used."""
        return bool(await self._fetch(_IS_VALID, self.hotel_id, key_hash))

    async def revoke(self, key_id: UUID, at: datetime) -> bool:
        """Let a key not be used any more; say whether it could be."""
        is_usable = (self._own(ApiKey.hotel_id), ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        statement = update(ApiKey).where(*is_usable).values(revoked_at=at)
        return (await self._run(statement.returning(ApiKey.id))).one_or_none() is not None


class ApiRequests(Repository):
    async def begin(self, key: str, request: ApiRequestRecord, at: datetime) -> ApiRequestRecord | None:
        """Note a request that begins now; return the earlier one under the same key, waited for where it goes on.

        Requests of long ago are forgotten.
        """
        await self._run(
            delete(ApiRequest).where(self._own(ApiRequest.hotel_id), ApiRequest.created_at < at - REMEMBER)
        )
        statement = upsert(ApiRequest).values(
            hotel_id=self.hotel_id, id=new_id(), idempotency_key=key, created_at=at, **asdict(request)
        )
        begun = await self._run(statement.on_conflict_do_nothing().returning(ApiRequest.id))
        if begun.one_or_none() is not None:
            return None
        columns = (ApiRequest.body_hash, ApiRequest.correlation_id, ApiRequest.planned)
        mine = (self._own(ApiRequest.hotel_id), ApiRequest.idempotency_key == key)
        return ApiRequestRecord(*(await self._run(select(*columns).where(*mine))).one())

    async def finish(self, key: str, planned: int) -> None:
        """Note what came of a request."""
        mine = (self._own(ApiRequest.hotel_id), ApiRequest.idempotency_key == key)
        await self._run(update(ApiRequest).where(*mine).values(planned=planned))


_IS_VALID = "SELECT FROM api_keys WHERE hotel_id = $1 AND key_hash = $2 AND revoked_at IS NULL"
