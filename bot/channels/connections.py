"""The open channels of this process: one per account, opened when first needed, renewed when the account changes."""

from __future__ import annotations

from asyncio import Lock
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from bot.channels.base import Channel
from bot.channels.registry import connect
from bot.clock import Clock
from bot.errors import AccountUnusable, ConfigurationError, RejectedInput
from bot.security.encryption import KeyRing, Place, UnreadableValue
from bot.storage.repositories.accounts import AccountRecord


def credentials_place(hotel_id: UUID, integration_id: UUID) -> Place:
    """Return what sealed credentials are bound to."""
    return Place(hotel_id, "integrations", "credentials_encrypted", integration_id)


@dataclass(frozen=True, slots=True)
class WebhookCredentials:
    """The opaque part of an account's webhook path, and the secret that its provider sends along."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


class Connections:
    """Hands out the channel of an account. `api_urls` are the providers' addresses by platform.

    All raise AccountUnusable where the account's credentials can't be opened or used.
    """

    def __init__(self, keys: KeyRing, api_urls: Mapping[str, str], clock: Clock) -> None:
        self._keys = keys
        self._api_urls = api_urls
        self._clock = clock
        self._open: dict[UUID, tuple[bytes, Channel, AsyncExitStack]] = {}
        # What they are just sending they may end: they are closed with all others.
        self._outdated = AsyncExitStack()
        self._locks: defaultdict[UUID, Lock] = defaultdict(Lock)

    async def __aenter__(self) -> Connections:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for account_id in list(self._open):
            await self.drop(account_id)
        await self._outdated.aclose()

    async def get(self, hotel_id: UUID, account: AccountRecord) -> Channel:
        """Return the account's channel, open."""
        secret = self._secret(hotel_id, account)
        async with self._locks[account.id]:
            known = self._open.get(account.id)
            if known is not None and known[0] == secret:
                return known[1]
            if known is not None:
                self._outdated.push_async_callback(known[2].aclose)
            channel = self._connect(account, secret)
            stack = AsyncExitStack()
            await stack.enter_async_context(channel)
            self._open[account.id] = (secret, channel, stack)
            return channel

    async def drop(self, account_id: UUID) -> None:
        """Close the account's channel, if it is open."""
        known = self._open.pop(account_id, None)
        if known is not None:
            await known[2].aclose()

    def reader(self, hotel_id: UUID, account: AccountRecord) -> Channel:
        """Return a channel apart from the sending one, so that a long poll never delays a send; not yet open."""
        return self._connect(account, self._secret(hotel_id, account))

    def webhook(self, hotel_id: UUID, account: AccountRecord) -> WebhookCredentials:
        """Return the opaque key of the account's webhook and the secret that comes with each call."""
        return WebhookCredentials(**orjson.loads(self._secret(hotel_id, account))["webhook"])

    def _secret(self, hotel_id: UUID, account: AccountRecord) -> bytes:
        try:
            return self._keys.decrypt(account.credentials, credentials_place(hotel_id, account.integration_id))
        except (ConfigurationError, UnreadableValue) as error:
            raise AccountUnusable(error.sentence) from None

    def _connect(self, account: AccountRecord, secret: bytes) -> Channel:
        try:
            return connect(
                account.platform,
                orjson.loads(secret),
                settings=account.settings,
                api_url=self._api_urls.get(account.platform),
                clock=self._clock,
            )
        except RejectedInput as error:
            raise AccountUnusable(str(error)) from None
