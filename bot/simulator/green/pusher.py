"""Webhooks: the head of the queue is posted until the answer is 200; nothing overtakes it."""

from __future__ import annotations

import asyncio

import aiohttp
import orjson

from bot.simulator.green.instance import Instance, Notification

_RESEND_SECONDS = 60.0
_PATIENCE_SECONDS = 180.0


class Pusher:
    """Pushes one instance's notifications while webhookUrl is set; run `run` as a task."""

    def __init__(self, instance: Instance, http: aiohttp.ClientSession, wire_second: float) -> None:
        self._instance = instance
        self._http = http
        self._second = wire_second

    async def run(self) -> None:
        """Push for ever; cancel to stop."""
        while True:
            seen = self._instance.news.version
            head = self._instance.first()
            if head is None or not self._instance.settings["webhookUrl"]:
                await self._instance.news.after(seen)
            elif await self._post(head):
                self._instance.delete(head.receipt)
            else:
                await asyncio.sleep(_RESEND_SECONDS * self._second)

    async def _post(self, head: Notification) -> bool:
        settings = self._instance.settings
        headers = {"Content-Type": "application/json"}
        if token := settings["webhookUrlToken"]:
            headers["Authorization"] = token if token.startswith(("Basic ", "Bearer ")) else f"Bearer {token}"
        patience = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS * max(self._second, 0.05))
        self._instance.fact("delivered", {"receiptId": head.receipt})
        try:
            async with self._http.post(
                settings["webhookUrl"], data=orjson.dumps(head.body), headers=headers, timeout=patience
            ) as reply:
                await reply.read()
                return reply.status == 200
        except (TimeoutError, aiohttp.ClientError):
            return False
