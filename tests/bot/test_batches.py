"""Pieces of work that go together: how many, in which order, and what one failure does to the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.batches import Batches


class Desk:
    """Notes which pieces came together; holds the first batch until it is let go."""

    def __init__(self, most: int = 10) -> None:
        self.batches: list[tuple[str, list[str]]] = []
        self.held = asyncio.Event()
        self.work = Batches(self._work, most)

    async def _work(self, key: str, items: Sequence[str]) -> list[str | Exception]:
        self.batches.append((key, list(items)))
        await self.held.wait()
        if any(item.startswith("poison") for item in items):
            raise LookupError(items[0])
        return [ValueError(item) if item == "wrong" else item.upper() for item in items]


async def _all(desk: Desk, *items: str, key: str = "a") -> list[str | BaseException]:
    tasks = []
    for item in items:
        tasks.append(asyncio.create_task(desk.work.do(key, item)))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    desk.held.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_pieces_share_a_batch_when_they_come_while_another_is_under_way() -> None:
    desk = Desk()
    assert await _all(desk, "one", "two", "three") == ["ONE", "TWO", "THREE"]
    assert desk.batches == [("a", ["one"]), ("a", ["two", "three"])]


async def test_batches_stay_small_when_very_much_comes() -> None:
    desk = Desk(most=2)
    await _all(desk, *"abcde")
    assert [len(items) for _, items in desk.batches] == [1, 2, 2]


async def test_keys_do_not_wait_for_each_other_when_both_have_work() -> None:
    desk = Desk()
    first = asyncio.create_task(desk.work.do("a", "one"))
    second = asyncio.create_task(desk.work.do("b", "two"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert desk.batches == [("a", ["one"]), ("b", ["two"])], "b began before a was done"
    desk.held.set()
    assert [await first, await second] == ["ONE", "TWO"]


async def test_only_the_piece_at_fault_fails_when_a_batch_breaks() -> None:
    desk = Desk()
    first, good, bad, also_good = await _all(desk, "first", "good", "poison", "also good")
    assert (first, good, also_good) == ("FIRST", "GOOD", "ALSO GOOD")
    assert isinstance(bad, LookupError)


async def test_a_piece_gets_its_own_error_when_the_work_names_one() -> None:
    _, wrong, right = await _all(Desk(), "first", "wrong", "right")
    assert isinstance(wrong, ValueError)
    assert right == "RIGHT"


async def test_all_fail_without_a_second_try_when_the_trouble_passes() -> None:
    batches: list[int] = []

    async def work(key: str, items: Sequence[str]) -> list[str | Exception]:
        batches.append(len(items))
        await asyncio.sleep(0)
        raise ConnectionResetError

    together = Batches(work, 10)
    tasks = [asyncio.create_task(together.do("a", item)) for item in "abc"]
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(error, ConnectionResetError) for error in found)
    assert sum(batches) == 3, "the database is away: asking for each piece again would help nobody"


async def test_the_others_go_on_when_one_gives_up_waiting() -> None:
    desk = Desk()
    tasks = [asyncio.create_task(desk.work.do("a", item)) for item in ("one", "two")]
    await asyncio.sleep(0)
    tasks[0].cancel()
    desk.held.set()
    assert await tasks[1] == "TWO"


async def test_a_piece_is_not_done_when_its_giver_gave_up_before_its_batch_began() -> None:
    desk = Desk()
    tasks = [asyncio.create_task(desk.work.do("a", item)) for item in ("one", "two", "three")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    desk.held.set()
    assert (await tasks[0], await tasks[2]) == ("ONE", "THREE")
    assert [item for _, items in desk.batches for item in items] == ["one", "three"]


async def test_nobody_waits_for_ever_when_it_is_closed() -> None:
    desk = Desk()
    tasks = [asyncio.create_task(desk.work.do("a", item)) for item in ("one", "two")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await desk.work.close()
    for task in tasks:
        with pytest.raises(asyncio.CancelledError):
            await task
