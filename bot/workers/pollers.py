"""Keeps every channel account served: one task per account, begun and ended as accounts come and go.

Without a public address the task fetches the account's messages; with one it tells the provider to push them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.channels.base import Channel
from bot.channels.connections import Connections, WebhookCredentials
from bot.channels.wire import is_same_address
from bot.errors import AccountContested, AccountUnusable, BellhopError, PermanentError, TransientError
from bot.inbox import Inbox
from bot.messages import Platform
from bot.notifications import Desk
from bot.storage.claims import AccountHead
from bot.storage.failures import is_overload
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import bound, logger
from bot.workers.elections import Elections
from models.base import new_id
from models.enums import AccountStatus

LOOK_EVERY = timedelta(seconds=1)
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
CONTESTED_PAUSE = timedelta(seconds=30)
EMPTY_PAUSE = timedelta(milliseconds=200)
# So many in a row are no whim of something between us and the provider: somebody has to see to it.
REFUSALS = 3
STATE_EVERY = timedelta(seconds=60)
UNUSABLE_PAUSE = timedelta(seconds=60)

# The last part but one of a webhook's path.
PATHS = {Platform.telegram: "telegram", Platform.whatsapp_green: "whatsapp-green"}

log = logger("pollers")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who serves an account, as that was when it began."""

    account: AccountHead
    task: asyncio.Task[None]

    def is_over(self, now: AccountHead | None) -> bool:
        """Whether it has ended, or its account is gone or has other credentials by now."""
        return self.task.done() or now is None or now.webhook_key_hash != self.account.webhook_key_hash


@dataclass(slots=True)
class _Mishaps:
    """What went wrong with an account in a row: at all, and by the provider's refusal of what was asked of it."""

    failures: int = 0
    refusals: int = 0
    is_hindered: bool = False
    """Whether somebody has to see to it, though the provider may say that the account is well."""

    def count(self, error: Exception) -> None:
        self.failures += 1
        is_refused = isinstance(error, PermanentError) and not isinstance(error, AccountUnusable)
        self.refusals = self.refusals + 1 if is_refused else 0
        if isinstance(error, AccountUnusable):
            self.is_hindered = False
        elif isinstance(error, AccountContested) or self.refusals >= REFUSALS:
            self.is_hindered = True


class Pollers:
    """Keeps one reader per account, as the accounts come, change and go."""

    def __init__(
        self,
        database: Database,
        connections: Connections,
        inbox: Inbox,
        desk: Desk,
        elections: Elections,
        public_url: str | None,
    ) -> None:
        self._database = database
        self._connections = connections
        self._inbox = inbox
        self._desk = desk
        self._elections = elections
        self._public_url = public_url
        self._readers: dict[UUID, _Reader] = {}
        # As the last look found the accounts.
        self._statuses: dict[UUID, str] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the readers until `stop` is set. What was fetched and not stored is fetched again by the next one."""
        try:
            while not stop.is_set():
                await self._look()
                await _pause_unless(stop, LOOK_EVERY)
        finally:
            for account_id in list(self._readers):
                await self._end(account_id)
            await self._elections.retire()

    async def _look(self) -> None:
        try:
            is_lost = not await self._elections.still_holds()
            try:
                # First, since others judge by it; to end a thousand readers takes a while.
                await self._elections.appear()
            finally:
                if is_lost:
                    for account_id in list(self._readers):
                        await self._end(account_id)
            wanted = {account.account_id: account for account in await self._database.claims.accounts()}
            self._statuses = {account_id: account.status for account_id, account in wanted.items()}
            for account_id in [known for known, reader in self._readers.items() if reader.is_over(wanted.get(known))]:
                await self._end(account_id)
                await self._elections.give_back(account_id)
            for account_id in wanted.keys() - self._readers.keys():
                if await self._elections.take(account_id):
                    account = wanted[account_id]
                    self._readers[account_id] = _Reader(account, asyncio.create_task(self._keep(account)))
        except Exception as error:
            if not is_overload(error):
                raise
            log.warning("database_unavailable", error=error)

    async def _end(self, account_id: UUID) -> None:
        task = self._readers.pop(account_id).task
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("reader_failed", account_id=account_id, error=error)

    async def _keep(self, account: AccountHead) -> None:
        """Serve one account for ever; every failure is waited out in its own way."""
        mishaps = _Mishaps()
        with bound(hotel_id=account.hotel_id, account_id=account.account_id):
            while True:
                try:
                    async with self._open(account) as (channel, webhook):
                        address = self._address(account, webhook)
                        await channel.use_webhook(address, webhook.secret)
                        while True:
                            status = AccountStatus(await channel.state())
                            if status is not AccountStatus.active or not mishaps.is_hindered:
                                await self._is(account, status, None)
                            mishaps.failures = 0
                            await self._read(account, channel, address)
                            mishaps = _Mishaps()
                except Exception as error:
                    if not isinstance(error, BellhopError) and not is_overload(error):
                        raise
                    mishaps.count(error)
                    await asyncio.sleep((await self._after(account, error, mishaps)).total_seconds())

    @asynccontextmanager
    async def _open(self, account: AccountHead) -> AsyncIterator[tuple[Channel, WebhookCredentials]]:
        async with self._database.unit(account.hotel_id) as uow:
            record = await uow.accounts.get(account.account_id)
        if record is None:
            raise AccountUnusable("the account was removed")
        async with self._connections.reader(account.hotel_id, record) as channel:
            yield channel, self._connections.webhook(account.hotel_id, record)

    def _address(self, account: AccountHead, webhook: WebhookCredentials) -> str | None:
        """Return where the provider is to push; None where nobody outside can reach us and we fetch."""
        if self._public_url is None:
            return None
        return f"{self._public_url}/webhooks/{PATHS[Platform(account.platform)]}/{webhook.key}"

    async def _read(self, account: AccountHead, channel: Channel, address: str | None) -> None:
        """Fetch for a while, or just wait where the provider pushes; then it is time to ask for the state again.

        Raises AccountContested where the provider pushes somewhere else than to `address` by now.
        """
        if address is not None:
            await asyncio.sleep(STATE_EVERY.total_seconds())
            told = await channel.webhook()
            # None: a provider that can't say it.
            if told is not None and not is_same_address(told, address):
                raise AccountContested("another program has set its own webhook for this account: find and stop it")
            return
        until = time.monotonic() + STATE_EVERY.total_seconds()
        while time.monotonic() < until:
            if self._elections.may_be_lost:
                # This process stood still; it must not fight the one that reads now. The next look finds out.
                await asyncio.sleep(LOOK_EVERY.total_seconds())
                return
            asked_at = time.monotonic()
            batch = await channel.fetch()
            new = await self._inbox.accept(account, batch.events)
            # Stored and committed: only now may the provider forget it.
            await channel.acknowledge(batch)
            if not new and time.monotonic() - asked_at < EMPTY_PAUSE.total_seconds():
                # A provider that answers a long poll at once, or never forgets, must not make us spin.
                await asyncio.sleep(EMPTY_PAUSE.total_seconds())

    async def _after(self, account: AccountHead, error: Exception, mishaps: _Mishaps) -> timedelta:
        """Say what went wrong where it should be known; return how long to wait."""
        log.warning("fetch_failed", error=error, attempt=mishaps.failures)
        match error:
            case AccountUnusable():
                await self._is(account, AccountStatus.disconnected, str(error))
                return UNUSABLE_PAUSE
            case AccountContested():
                await self._is(account, AccountStatus.limited, str(error))
                return CONTESTED_PAUSE
            case TransientError(retry_after=timedelta() as asked):
                return asked
            case PermanentError() if mishaps.is_hindered:
                await self._is(account, AccountStatus.limited, str(error))
                return LONGEST_PAUSE
            case _:
                return min(FIRST_PAUSE * (1 << min(mishaps.failures - 1, 10)), LONGEST_PAUSE)

    async def _is(self, account: AccountHead, status: AccountStatus, reason: str | None) -> None:
        if status is AccountStatus.active and self._statuses.get(account.account_id) == status:
            return  # a thousand accounts tell every minute that nothing has changed
        try:
            async with self._database.unit(account.hotel_id) as uow:
                await self._desk.account_is(uow, account.account_id, status, reason, new_id().hex)
        except Exception as error:
            if not is_overload(error):
                raise
            log.warning("database_unavailable", error=error)


async def _pause_unless(stop: asyncio.Event, pause: timedelta) -> None:
    try:
        async with asyncio.timeout(pause.total_seconds()):
            await stop.wait()
    except TimeoutError:
        return
