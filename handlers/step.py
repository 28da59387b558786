"""One message, three beats: load · think · save. Only the save changes anything, and in one transaction.

The beats of many messages of a hotel go together: one transaction loads their turns, one saves what came of them.
Between them no transaction is open, so a handler that needs a file fetches it there, and a larger model is asked
about what the embedded one is not sure of. Only that chat waits for it, until something else arrives there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.batches import Batches
from bot.errors import LeaseLost
from bot.lanes import Begun, begin_next
from bot.messages import Platform, StaffMessage
from bot.nlu.advice import Adviser
from bot.notifications import Desk
from bot.storage.claims import ChatLease
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.telemetry.logs import logger
from bot.telemetry.metrics import MessageOutcome, messages, step_seconds
from handlers.advice import advised
from handlers.base import Fetches, Outcome, Turn, reads
from handlers.router import Route, Router
from handlers.saving import Saving, Thought
from handlers.staff_messages import StaffMessages
from handlers.turns import Arrival, Known, TurnLoader, read_shelf
from triggers.engine import Engine

# So many that a transaction is worth it, and so few that none keeps its chats for long.
MOST_TOGETHER = 50

log = logger("step")


class Step:
    """Handles arrived messages. Those of one hotel that arrive together are loaded together and saved together."""

    def __init__(
        self,
        database: Database,
        loader: TurnLoader,
        router: Router,
        desk: Desk,
        engine: Engine,
        adviser: Adviser | None = None,
    ) -> None:
        self._database = database
        self._loader = loader
        self._router = router
        self._desk = desk
        self._engine = engine
        self._adviser = adviser
        self._staff = StaffMessages(loader, engine)
        self._loads = Batches(self._load_all, MOST_TOGETHER)
        self._saves = Batches(self._save_all, MOST_TOGETHER)

    async def close(self) -> None:
        """Give up what is being loaded or saved."""
        await self._loads.close()
        await self._saves.close()

    async def handle(self, lease: ChatLease, arrival: Arrival) -> Begun | None:
        """Answer one message, and begin the next one of its chat by the same commit; where there is none the chat is
        given back. Raises LeaseLost when another worker has the chat; then nothing was changed."""
        started = time.monotonic()
        known, route, loaded = await self._loads.do(lease.hotel_id, arrival)
        if route and route.takes_advice and self._adviser:
            known = replace(known, turn=await self._advised(self._adviser, arrival, known.turn))
            # Nothing that free talk leads to has to read: what was loaded stays right.
            route = self._router.match(known.turn)
        if route and isinstance(route.handler, Fetches):
            loaded = await route.handler.fetch(known.turn, loaded)
        elif route and route.reads_apart:
            async with self._database.unit(lease.hotel_id) as uow:
                loaded = await route.handler.load(uow, known.turn)
        outcome = route.handler.think(known.turn, loaded) if route else Outcome()
        begun = await self._saves.do(lease.hotel_id, Thought(lease, arrival, known, outcome))
        messages.labels(arrival.platform, MessageOutcome.handled).inc()
        step_seconds.labels(arrival.platform).observe(time.monotonic() - started)
        log.info("message_handled", route=route.name if route else None, kind=arrival.message.kind)
        return begun

    async def hear_staff(
        self, uow: UnitOfWork, event: InboxRecord, platform: Platform, message: StaffMessage
    ) -> None:
        """Take in what one of the hotel's people wrote to a guest themselves, in the caller's transaction."""
        await self._staff.hear(uow, event, platform, message)

    async def _advised(self, adviser: Adviser, arrival: Arrival, turn: Turn) -> Turn:
        async def is_followed() -> bool:
            async with self._database.unit(turn.hotel.id) as uow:
                return await uow.inbox.is_followed(arrival.event)

        return await advised(adviser, arrival, turn, is_followed)

    async def _load_all(
        self, hotel_id: UUID, arrivals: Sequence[Arrival]
    ) -> list[tuple[Known, Route | None, Any] | Exception]:
        async with self._database.unit(hotel_id) as uow:
            shelf = await read_shelf(uow, arrivals)
        routed = []
        for known in self._loader.turns(shelf, arrivals):
            routed.append((known, self._router.match(known.turn)))
            # To understand a message takes about a millisecond; fifty of them must not keep everybody else waiting.
            await asyncio.sleep(0)
        readers = [
            (known.turn, route.handler)
            for known, route in routed
            if route and reads(route.handler) and not route.reads_apart
        ]
        if not readers:
            return [(known, route, None) for known, route in routed]
        async with self._database.unit(hotel_id) as uow:
            loaded = {id(turn): await handler.load(uow, turn) for turn, handler in readers}
        return [(known, route, loaded.get(id(known.turn))) for known, route in routed]

    async def _save_all(self, hotel_id: UUID, thoughts: Sequence[Thought]) -> list[Begun | Exception | None]:
        """Save turns of different chats in one transaction; a chat that another worker has by now is left alone."""
        async with self._database.unit(hotel_id) as uow:
            held = await uow.chats.hold_all([one.lease for one in thoughts])
            ours = [one for one in thoughts if one.lease in held]
            if ours:
                await Saving(uow, self._desk, self._engine, ours).save()
            begun = await begin_next(uow, held)
        lost = LeaseLost("the chat was claimed by another worker")
        return [begun.get(one.lease.chat_id) if one.lease in held else lost for one in thoughts]
