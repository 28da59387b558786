"""Elects one process per bot: who holds the advisory lock reads its messages. And shows that this process lives."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.claims import LEASE
from bot.storage.failures import is_overload
from bot.storage.worker_key import WorkerKey
from bot.telemetry.logs import logger

# Longer than a process takes to end that was told to.
LAST_PATIENCE = timedelta(minutes=1)

log = logger("elections")

# The process's own lock is shared: a new connection takes it even before the server has seen the old one's end.
_APPEAR = text("SELECT set_config('idle_session_timeout', :milliseconds, false), pg_advisory_lock_shared(:key)")
_RETIRE = text("""
    SELECT pg_advisory_unlock_all(), set_config('idle_session_timeout', :milliseconds, false),
           pg_advisory_lock_shared(:key)
""")
# A standby gives locks, too, but not those of the server that all the others ask.
_CAN_ONLY_BE_READ = text("SELECT current_setting('transaction_read_only')::bool")
_TRY = text("SELECT pg_try_advisory_lock(:key) AS taken")
_GIVE_BACK = text("SELECT pg_advisory_unlock(:key)")


class Elections:
    """All the locks of this process, on one connection of their own: when that dies, all are lost at once. The first
    is the process's own, by which the others see that what it has claimed is not theirs to take over.

    The server ends the connection after `patience` without a question, as when the process was stopped or its machine
    hangs: its locks must not outlast it. So `still_holds` has to be asked more often than that.
    """

    def __init__(self, engine: AsyncEngine, worker: WorkerKey, patience: timedelta = LEASE) -> None:
        self._engine = engine
        self._worker = worker
        self._patience = patience
        self._heard_at = time.monotonic()
        self._connection: AsyncConnection | None = None

    async def appear(self) -> AsyncConnection:
        """Let the others see that this process lives, and return the connection. Raises when it can't be had."""
        if self._connection is None:
            self._connection = await self._engine.connect()
            await self._connection.execution_options(isolation_level="AUTOCOMMIT")
            milliseconds = str(round(self._patience.total_seconds() * 1000))
            try:
                await self._connection.execute(_APPEAR, {"milliseconds": milliseconds, "key": self._worker.lock})
            except Exception:
                await self.aclose()
                raise
            self._heard_at = time.monotonic()
        return self._connection

    async def take(self, account_id: UUID) -> bool:
        """Try to become the one who reads this account. Raises when the connection was lost; then none is held."""
        connection = await self.appear()
        result = await connection.execute(_TRY, {"key": _key(account_id)})
        self._heard_at = time.monotonic()
        return bool(result.scalar_one())

    @property
    def may_be_lost(self) -> bool:
        """Whether the connection was silent for so long that another process may hold the locks by now."""
        return time.monotonic() - self._heard_at > self._patience.total_seconds()

    async def give_back(self, account_id: UUID) -> None:
        """Let another process read this account."""
        if self._connection is not None:
            await self._connection.execute(_GIVE_BACK, {"key": _key(account_id)})

    async def retire(self) -> None:
        """Let others read every account, and go on showing that this process lives until `aclose`: what it has in
        hand it ends by itself. Nobody has to ask any more."""
        if self._connection is None:
            return
        milliseconds = str(round(LAST_PATIENCE.total_seconds() * 1000))
        try:
            await self._connection.execute(_RETIRE, {"milliseconds": milliseconds, "key": self._worker.lock})
        except Exception as error:
            await self.aclose()
            if not is_overload(error):
                raise
            log.warning("elections_lost", error=error)

    async def still_holds(self) -> bool:
        """Return whether the connection, and so every lock taken on it, is still there and counts."""
        if self._connection is None:
            return True
        try:
            if self._connection.invalidated:
                raise ConnectionError("it died at a question in between")
            if await self._connection.scalar(_CAN_ONLY_BE_READ):
                raise ConnectionError("it leads to a server that can only be read")
        except Exception as error:
            if not is_overload(error):
                raise
            log.warning("elections_lost", error=error)
            await self.aclose()
            return False
        self._heard_at = time.monotonic()
        return True

    async def aclose(self) -> None:
        """Give every lock back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # The session may be dead or still hold locks: it must not go back to the pool either way.
            await connection.invalidate()
            await connection.close()


def _key(account_id: UUID) -> int:
    """Return the account's lock number: the last 8 bytes of its id, which are random, as a signed bigint."""
    return int.from_bytes(account_id.bytes[8:], signed=True)
