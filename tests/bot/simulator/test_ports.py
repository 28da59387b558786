"""The small parts: faults in order, history as lines, waiting, ids that repeat from run to run."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from bot.clock import FixedClock
from bot.simulator.changes import Changes
from bot.simulator.faults import Fault, Faults
from bot.simulator.history import History, Kind
from bot.simulator.pace import Pace, Rate
from bot.simulator.world import Simulator
from tests.bot.simulator.conftest import TOKEN, Call


def test_fault_is_played_on_the_named_call_when_some_are_let_pass() -> None:
    faults = Faults()
    faults.program(Fault.reset(), method="sendMessage", account="1", times=2, skip=1)
    took = [faults.take(account, method) for account, method in (("1", "getMe"), ("2", "sendMessage"))]
    assert took == [None, None]
    assert [faults.take("1", "sendmessage") is not None for _ in range(4)] == [False, True, True, False]
    faults.program(Fault.reset(), times=None)
    assert all(faults.take("1", "getMe") for _ in range(5))
    faults.clear()
    assert (faults.take("1", "getMe"), faults.waiting) == (None, 0)


def test_records_are_numbered_and_readable_when_written(clock: FixedClock) -> None:
    history = History(clock, Changes())
    call = history.invoke("telegram", "1", "sendMessage", {"text": "hi"})
    history.end("telegram", "1", "sendMessage", call, Kind.ok, {})
    history.fact("green", "2", "made", {"receiptId": 1})
    lines = [orjson.loads(line) for line in history.to_json_lines().splitlines()]
    assert [(line["order"], line["kind"], line["call"]) for line in lines] == [
        (1, "invoke", 1),
        (2, "ok", 1),
        (3, "info", None),
    ]
    assert [record.order for record in history.of(server="green")] == [3]
    assert len(history.records) == 3


async def test_waiting_ends_when_told_or_when_the_time_is_over() -> None:
    changes = Changes()
    assert await changes.after(0, within=0.01) is False
    waiting = asyncio.create_task(changes.after(0))
    await asyncio.sleep(0)
    changes.tell()
    assert await waiting is True
    assert await changes.after(0) is True
    with pytest.raises(TimeoutError):
        await changes.until(lambda: False, within=0.01)


def test_pace_lets_through_again_when_the_span_is_over(clock: FixedClock) -> None:
    pace = Pace(clock)
    limits: dict[object, Rate] = {"chat": Rate(2, timedelta(minutes=1))}
    assert [pace.retry_after(limits) for _ in range(3)] == [None] * 3
    pace.enabled = True
    assert [pace.retry_after(limits) for _ in range(3)] == [None, None, 60]
    clock.move(timedelta(seconds=60))
    assert pace.retry_after(limits) is None


async def test_slow_answer_is_still_right_when_it_comes(simulator: Simulator, telegram: Call) -> None:
    simulator.telegram.add_bot(TOKEN, "hotel_bot")
    simulator.telegram.faults.program(Fault.slow(timedelta(milliseconds=30)))
    code, reply = await telegram("getMe")
    assert (code, reply["result"]["username"]) == (200, "hotel_bot")
    assert simulator.history.of(method="getMe")[-1].kind is Kind.ok


async def test_ids_repeat_when_the_same_things_happen_again() -> None:
    async def run() -> bytes:
        clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
        async with Simulator(clock) as simulator:
            bot = simulator.telegram.add_bot(TOKEN, "hotel_bot")
            anna = simulator.telegram.add_user("Anna")
            simulator.telegram.open_link(anna, bot, "x")
            instance = simulator.green.add_instance(1, "t", "49301")
            simulator.green.write("+7900", instance, "hello")
            return simulator.history.to_json_lines()

    assert await run() == await run()
