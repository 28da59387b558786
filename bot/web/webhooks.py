"""Where providers push: stored raw, then answered 200. Only what can't be stored is refused."""

from __future__ import annotations

import random
import time
from collections import OrderedDict

from aiohttp import web

from bot.channels.connections import Connections, WebhookCredentials
from bot.channels.registry import format_of
from bot.inbox import Inbox
from bot.messages import Platform
from bot.security.signatures import hash_of, is_known_secret
from bot.storage.claims import AccountHead
from bot.storage.failures import is_passing
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import logger

# How long an account that was looked up is remembered, and how many of them.
KEEP_SECONDS = 30.0
MOST_KEPT = 4096

Known = tuple[AccountHead, WebhookCredentials]

log = logger("webhooks")


class Webhooks:
    """The routes of all channels. An account is found by the opaque part of its path, never by a secret."""

    def __init__(self, database: Database, connections: Connections, inbox: Inbox) -> None:
        self._database = database
        self._connections = connections
        self._inbox = inbox
        self._known: OrderedDict[bytes, tuple[float, Known]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/webhooks/telegram/{key}", self._telegram),
            web.post("/webhooks/whatsapp-green/{key}", self._whatsapp_green),
        ]

    async def _telegram(self, request: web.Request) -> web.Response:
        return await self._receive(request, Platform.telegram, request.headers.get("X-Telegram-Bot-Api-Secret-Token"))

    async def _whatsapp_green(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return await self._receive(request, Platform.whatsapp_green, token or scheme)

    async def _receive(self, request: web.Request, platform: Platform, shown: str | None) -> web.Response:
        try:
            known = await self._account(hash_of(request.match_info["key"]))
            if known is None or known[0].platform != platform:
                return web.Response(status=404)
            account, webhook = known
            if not is_known_secret(shown, webhook.secret):
                log.warning("webhook_refused", account_id=account.account_id)
                return web.Response(status=401)
            await self._inbox.accept(account, format_of(platform).envelopes(await request.read()))
        except web.RequestPayloadError:
            return web.Response(status=400)  # broken off, or not in the coding that it names
        except Exception as error:
            if not is_passing(error):
                raise
            # Not stored, so not acknowledged: the provider will bring it again.
            log.warning("webhook_not_stored", error=error)
            return web.Response(status=503, headers={"Retry-After": "1"})
        return web.Response()

    async def _account(self, key_hash: bytes) -> Known | None:
        """Return the account with this webhook key, as it was at most `KEEP_SECONDS` ago."""
        now = time.monotonic()
        kept = self._known.get(key_hash)
        if kept is not None and now - kept[0] < KEEP_SECONDS:
            return kept[1]
        known = await self._look_up(key_hash)
        self._known.pop(key_hash, None)
        if known is not None:
            # Accounts that first came together are not all looked up again together.
            self._known[key_hash] = (now - random.uniform(0, KEEP_SECONDS / 2), known)
            if len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return known

    async def _look_up(self, key_hash: bytes) -> Known | None:
        head = await self._database.claims.account_by_webhook(key_hash)
        if head is None:
            return None
        async with self._database.unit(head.hotel_id) as uow:
            account = await uow.accounts.get(head.account_id)
        return (head, self._connections.webhook(head.hotel_id, account)) if account else None
