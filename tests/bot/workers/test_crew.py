from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.errors import LeaseLost
from bot.knocks import MemoryKnocks
from bot.workers.crew import work_off
from tests.bot.workers.conftest import eventually

TOPIC = "outbox"


class Bench:
    """Gives out pieces of work, and notes what was done; a piece waits while `busy` is clear."""

    def __init__(self, pieces: Sequence[int], failures: Sequence[Exception | None] = ()) -> None:
        self.waiting = list(pieces)
        self.failures = list(failures)
        self.done: list[int] = []
        self.at_once = self.most = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.stop = asyncio.Event()
        self.knocks = MemoryKnocks()
        self.errors: dict[int, Exception] = {}

    async def claim(self, limit: int) -> Sequence[int]:
        assert limit > 0
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    async def work(self, piece: int) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.go_on.wait()
        finally:
            self.at_once -= 1
        self.done.append(piece)
        if piece in self.errors:
            raise self.errors[piece]
        if not self.waiting and not self.at_once:
            self.stop.set()

    async def has_both_hands_full(self) -> bool:
        return self.at_once == 2

    async def run(self, hands: int = 2) -> None:
        async with asyncio.timeout(10):
            await work_off(self.claim, self.work, topic=TOPIC, knocks=self.knocks, stop=self.stop, hands=hands)


async def test_does_all_with_no_more_hands_than_it_has_when_much_is_to_do() -> None:
    bench = Bench(range(20))
    await bench.run(hands=3)
    assert sorted(bench.done) == list(range(20))
    assert bench.most <= 3


async def test_finishes_what_is_in_hand_when_it_is_stopped() -> None:
    bench = Bench(range(5))
    bench.go_on.clear()
    running = asyncio.create_task(bench.run())
    await eventually(bench.has_both_hands_full)
    bench.stop.set()
    bench.go_on.set()
    await running
    assert bench.done == [0, 1]
    assert bench.waiting == [2, 3, 4]


async def test_waits_it_out_when_the_database_is_away() -> None:
    bench = Bench([1], failures=[OSError("away"), TimeoutError(), None])
    with capture_logs() as logs:
        await bench.run()
    assert bench.done == [1]
    assert [line["event"] for line in logs] == ["database_unavailable"] * 2


async def test_ends_when_claiming_is_wrong_and_not_just_unlucky() -> None:
    with pytest.raises(ValueError, match="ours"):
        await Bench([1], failures=[ValueError("ours")]).run()


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (LeaseLost("taken over"), "lease_lost"),
        (TimeoutError(), "work_interrupted"),
        (RuntimeError("ours"), "work_failed"),
    ],
)
async def test_goes_on_with_the_others_when_one_piece_fails(error: Exception, event: str) -> None:
    bench = Bench([1, 2, 3])
    bench.errors[1] = error
    with capture_logs() as logs:
        await bench.run(hands=1)
    assert bench.done == [1, 2, 3]
    assert [line["event"] for line in logs] == [event]


async def test_looks_at_once_when_it_is_knocked() -> None:
    bench = Bench([])
    running = asyncio.create_task(bench.run())
    await asyncio.sleep(0)
    bench.waiting.append(7)
    await bench.knocks.knock(TOPIC)
    await running
    assert bench.done == [7]
