"""Guests who write: Telegram's updates, posted as Telegram posts them, with the secret header."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import deque
from dataclasses import dataclass, field

import orjson

from benchmarks.wire.client import Connections
from benchmarks.wire.plan import Plan, Stream, Tally

REST_SECONDS = 1.1
"""Telegram takes one message a second in a chat; a guest who writes no faster never makes the bot wait for that."""
PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.1
"""After a refusal, so that a server that is down is not asked in a circle."""

# What guests ask; the answers stand in the hotel's own words. One in twenty has none, and becomes an alert.
QUESTIONS = (
    "When is breakfast?",
    "What is the wifi password?",
    "Во сколько завтрак?",
    "Hello, how do I connect to the internet please?",
    "When is check-out?",
    "Какой пароль от wifi?",
)
UNANSWERABLE = "Where could I have my hiking boots mended around here?"
UNANSWERABLE_SHARE = 0.05

_update_ids = itertools.count(int(time.time() * 1000) % 1_000_000_000)


@dataclass(slots=True)
class Guest:
    """One chat; `rested_at` is when its guest may write again."""

    chat: int
    path: str
    secret: str
    rested_at: float = 0.0


@dataclass(slots=True)
class Counter:
    """What is counted of one name, from window to window."""

    accepted: int = 0
    refused: int = 0
    replied: int = 0
    unanswered: int = 0
    rested: int = 0
    accept: list[float] = field(default_factory=list)
    reply: list[float] = field(default_factory=list)


class Load:
    """Plays one plan. `heard` must be told of each message that arrives at the provider."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._server = Connections("127.0.0.1", plan.port)
        self._counters = {stream.name: Counter() for stream in plan.streams}
        self._waiting: dict[int, asyncio.Future[float]] = {}
        self._random = random.Random(1)
        self._is_over = False

    def heard(self, chat: int, at: float) -> None:
        """A message arrived in a chat."""
        waiting = self._waiting.pop(chat, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(at)

    async def play(self) -> list[Tally]:
        """Warm up, count window after window, and stop."""
        plan, tallies = self._plan, []
        await self._server.open(plan.connections)
        tasks = [task for stream in plan.streams for task in self._start(stream)]
        try:
            await asyncio.sleep(plan.warm_seconds)
            self._take(0.0)
            for _ in range(plan.windows):
                began = time.time()
                await asyncio.sleep(plan.window_seconds)
                tallies += self._take(began)
            # Whoever wrote is waited for, so that the next plan finds nothing of this one.
            self._is_over = True
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            self._server.close()
        return tallies

    def _take(self, began: float) -> list[Tally]:
        """Close a window: return what was counted, and begin anew."""
        ended, taken, self._counters = time.time(), self._counters, {name: Counter() for name in self._counters}
        return [
            Tally(
                name,
                began,
                ended,
                one.accepted,
                one.refused,
                one.replied,
                one.unanswered,
                one.rested,
                tuple(one.accept),
                tuple(one.reply),
            )
            for name, one in taken.items()
        ]

    def _start(self, stream: Stream) -> list[asyncio.Task[None]]:
        guests = deque(_in_turn(stream))
        if stream.in_flight:
            return [asyncio.create_task(self._in_flight(stream, guests)) for _ in range(stream.in_flight)]
        return [asyncio.create_task(self._steadily(stream, guests))]

    async def _in_flight(self, stream: Stream, guests: deque[Guest]) -> None:
        while not self._is_over:
            guest = guests.popleft()
            await self._rest(stream, guest)
            await self._write(stream, guest, time.monotonic())
            guests.append(guest)

    async def _rest(self, stream: Stream, guest: Guest) -> None:
        wait = guest.rested_at - time.monotonic()
        if self._plan.awaits_reply and wait > 0:
            self._counters[stream.name].rested += 1
            await asyncio.sleep(wait)

    async def _steadily(self, stream: Stream, guests: deque[Guest]) -> None:
        """Let one guest after another write at fixed times, whether or not the earlier ones were answered."""
        due = time.monotonic()
        async with asyncio.TaskGroup() as group:
            while not self._is_over:
                await asyncio.sleep(max(due - time.monotonic(), 0))
                guest = guests.popleft()
                if guest.rested_at > due:
                    self._counters[stream.name].rested += 1
                group.create_task(self._write(stream, guest, due))
                guests.append(guest)
                due += 1 / stream.per_second

    async def _write(self, stream: Stream, guest: Guest, due: float) -> None:
        replied: asyncio.Future[float] | None = None
        if self._plan.awaits_reply:
            replied = self._waiting[guest.chat] = asyncio.get_running_loop().create_future()
        try:
            status = await self._server.post(guest.path, guest.secret, self._update(guest.chat))
        except OSError:
            status = 0
        counter = self._counters[stream.name]
        if status != 200:
            counter.refused += 1
            guest.rested_at = time.monotonic() + REST_SECONDS
            await asyncio.sleep(PAUSE_SECONDS)
            return
        counter.accepted += 1
        counter.accept.append(time.monotonic() - due)
        if replied is not None:
            await self._hear(stream, guest, replied, due)

    async def _hear(self, stream: Stream, guest: Guest, replied: asyncio.Future[float], due: float) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                at = await replied
        except TimeoutError:
            self._counters[stream.name].unanswered += 1
            return
        guest.rested_at = at + REST_SECONDS
        counter = self._counters[stream.name]
        counter.replied += 1
        counter.reply.append(at - due)

    def _update(self, chat: int) -> bytes:
        is_odd = self._random.random() < UNANSWERABLE_SHARE
        number = next(_update_ids)
        sender = {"id": chat, "is_bot": False, "first_name": "Guest", "language_code": "en"}
        return orjson.dumps(
            {
                "update_id": number,
                "message": {
                    "message_id": number,
                    "date": int(time.time()),
                    "chat": {"id": chat, "type": "private", "first_name": "Guest"},
                    "from": sender,
                    "text": UNANSWERABLE if is_odd else self._random.choice(QUESTIONS),
                },
            }
        )


def _in_turn(stream: Stream) -> list[Guest]:
    """Return the guests bot by bot in turn, so that no bot is written to twice within its own pace."""
    lanes = [
        [Guest(lane.first_chat + number, lane.path, lane.secret) for number in range(lane.chats)]
        for lane in stream.lanes
    ]
    return [guest for row in itertools.zip_longest(*lanes) for guest in row if guest is not None]
