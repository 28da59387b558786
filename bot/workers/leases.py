"""Keeps what this process holds: a lease is short, and renewed while its work is alive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from bot.storage.claims import GRACE, Claims
from bot.storage.failures import is_overload
from bot.telemetry.logs import logger

# Often enough that no lease of living work comes near its end, nor to the age at which it could be judged.
RENEW_EVERY = GRACE * 2 / 3

log = logger("leases")


class Leases:
    """The tokens that are in work here; `run` renews them until it is cancelled."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._chats: set[UUID] = set()
        self._outbox: set[UUID] = set()

    @contextmanager
    def chat(self, token: UUID) -> Iterator[None]:
        """Keep a chat's lease while inside."""
        self._chats.add(token)
        try:
            yield
        finally:
            self._chats.discard(token)

    @contextmanager
    def outbox(self, token: UUID) -> Iterator[None]:
        """Keep an outgoing message's lease while inside."""
        self._outbox.add(token)
        try:
            yield
        finally:
            self._outbox.discard(token)

    async def run(self) -> None:
        """Renew all leases, again and again. A renewal that fails costs nothing but the lease."""
        while True:
            await asyncio.sleep(RENEW_EVERY.total_seconds())
            try:
                await self._claims.renew(tuple(self._chats), tuple(self._outbox))
            except Exception as error:
                if not is_overload(error):
                    raise
                log.warning("leases_not_renewed", error=error)
