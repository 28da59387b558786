"""Sends what waits in the outbox, at the pace that each account and chat allows."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from bot.clock import Clock
from bot.knocks import Knocks
from bot.outbox import TOPIC
from bot.pace import Pace
from bot.sending import Sender
from bot.storage.claims import OutboxLease
from bot.storage.unit_of_work import Database
from bot.workers.crew import work_off
from bot.workers.leases import Leases

HANDS = 32
# Beside those, for what is urgent only: calls to a provider that says nothing may keep all the others for long.
URGENT_HANDS = 8
# A turn that comes so soon is waited for; a later one is put off until then, with the hand free for others. An
# account that rests longer than this is not claimed for at all.
LONGEST_WAIT_SECONDS = 1.0


class OutboxWorker:
    """Claims messages that may leave now and sends them."""

    def __init__(
        self, database: Database, sender: Sender, pace: Pace, clock: Clock, knocks: Knocks, leases: Leases
    ) -> None:
        self._database = database
        self._sender = sender
        self._pace = pace
        self._clock = clock
        self._knocks = knocks
        self._leases = leases
        self._seen: set[UUID] = set()
        # Whether the last claim may have left something for want of hands; then whoever is done looks again.
        self._is_short_of_hands = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; the calls in hand are finished first."""
        self._stop = stop
        try:
            hands = HANDS + URGENT_HANDS
            await work_off(self._claim, self._work, topic=TOPIC, knocks=self._knocks, stop=stop, hands=hands)
        finally:
            await self._sender.close()

    async def _claim(self, limit: int) -> list[OutboxLease]:
        resting = {account for account in self._seen if self._wait(account) > LONGEST_WAIT_SECONDS}
        usual = max(limit - URGENT_HANDS, 0)
        claimed = await self._database.claims.claim_outbox(
            self._clock.now(), usual or limit, resting, is_urgent=not usual
        )
        self._seen = resting | {lease.account_id for lease in claimed}
        self._is_short_of_hands = len(claimed) >= usual
        return claimed

    async def _work(self, lease: OutboxLease) -> None:
        with self._leases.outbox(lease.token):
            while (wait := self._turn_in(lease)) > 0:
                if self._stop.is_set():
                    await self._sender.give_back(lease)
                    return
                if wait > LONGEST_WAIT_SECONDS:
                    await self._sender.put_off(lease, timedelta(seconds=wait - LONGEST_WAIT_SECONDS))
                    return
                await asyncio.sleep(wait)
            is_more_waiting = await self._sender.send(lease)
        if is_more_waiting or self._is_short_of_hands:
            await self._knocks.knock(TOPIC)

    def _turn_in(self, lease: OutboxLease) -> float:
        return self._pace.wait_time(str(lease.account_id), str(lease.chat_id), kept=lease.priority)

    def _wait(self, account_id: UUID) -> float:
        return self._pace.wait_time(str(account_id), "")
