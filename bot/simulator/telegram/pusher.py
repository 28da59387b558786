"""Webhooks: every update is posted until the bot's server answers 2xx, in order within a chat."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import orjson

from bot.simulator.telegram.people import Bot
from bot.simulator.telegram.state import State
from bot.simulator.telegram.updates import Pending, Updates, Webhook

_FIRST_GAP_SECONDS = 1.0
_LONGEST_GAP_SECONDS = 60.0
_PATIENCE_SECONDS = 60.0


class Pusher:
    """Pushes one bot's updates while it has a webhook; run `run` as a task."""

    def __init__(self, bot_id: int, state: State, http: aiohttp.ClientSession, wire_second: float) -> None:
        self._bot_id = bot_id
        self._state = state
        self._http = http
        self._second = wire_second
        self._busy: dict[int, Pending] = {}
        self._done = asyncio.Event()

    @property
    def _updates(self) -> Updates:
        return self._state.updates[self._bot_id]

    @property
    def _bot(self) -> Bot:
        return self._state.bots[self._bot_id]

    async def run(self) -> None:
        """Push for ever; cancel to stop."""
        async with asyncio.TaskGroup() as group:
            while True:
                seen = self._updates.news.version
                for update in self._next():
                    self._busy[update.id] = update
                    group.create_task(self._push(update))
                await self._updates.news.after(seen)

    def _next(self) -> list[Pending]:
        """The oldest update of each chat that has none under way, within the allowed connections."""
        webhook = self._updates.webhook
        if webhook is None:
            return []
        lanes = {update.lane for update in self._busy.values()}
        chosen: list[Pending] = []
        for update in self._updates.pending:
            if len(self._busy) + len(chosen) >= webhook.max_connections:
                break
            if update.id not in self._busy and update.lane not in lanes:
                lanes.add(update.lane)
                chosen.append(update)
        return chosen

    async def _push(self, update: Pending) -> None:
        gap = _FIRST_GAP_SECONDS
        try:
            while (webhook := self._updates.webhook) is not None and self._updates.waits(update.id):
                self._updates.delivered(update.id)
                error = await self._post(webhook, update)
                if error is None:
                    self._updates.confirm(update.id)
                    return
                self._remember(error)
                await asyncio.sleep(gap * self._second)
                gap = min(gap * 2, _LONGEST_GAP_SECONDS)
        finally:
            del self._busy[update.id]
            self._updates.news.tell()

    async def _post(self, webhook: Webhook, update: Pending) -> str | None:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        patience = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS * max(self._second, 0.05))
        try:
            async with self._http.post(
                webhook.url, data=orjson.dumps(update.body), headers=headers, timeout=patience
            ) as reply:
                await reply.read()
                if 200 <= reply.status < 300:
                    return None
                return f"Wrong response from the webhook: {reply.status} {reply.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection refused"

    def _remember(self, error: str) -> None:
        info: dict[str, Any] = {"last_error_date": self._state.now(), "last_error_message": error}
        self._state.settings[self._bot_id]["webhook_error"] = info
