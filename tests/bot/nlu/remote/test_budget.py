from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.nlu.advice import Message
from bot.nlu.remote.breaker import PAUSE
from tests.bot.nlu.remote.conftest import Office
from tests.model_server import answer_plainly

WORDS = Message("Hm.", "en", "en")


async def test_the_days_calls_are_shared_when_processes_ask_at_once_and_begin_anew(office: Office) -> None:
    processes = [office.model(daily_calls=5) for _ in range(3)]
    opinions = await asyncio.gather(*(one.judge(office.asker, WORDS) for one in processes for _ in range(3)))
    assert sum(opinion is not None for opinion in opinions) == 5
    assert await office.model(daily_calls=5).judge(office.asker, WORDS) is None
    assert len(office.server.asked) == 5


async def test_another_hotel_is_asked_for_when_one_has_spent_its_day(office: Office) -> None:
    model = office.model(daily_calls=1)
    await model.judge(office.asker, WORDS)
    assert await model.judge(office.asker, WORDS) is None
    assert await model.judge(await office.neighbour(), WORDS)


async def test_another_hotel_tries_for_all_when_the_one_that_asks_first_after_a_pause_has_spent_its_day(
    office: Office,
) -> None:
    model = office.model(daily_calls=1)
    office.server.program(answer_plainly(b"", 429, Retry_After="30"))
    assert await model.judge(office.asker, WORDS) is None
    office.clock.move(PAUSE)
    assert await model.judge(office.asker, WORDS) is None
    assert await model.judge(await office.neighbour(), WORDS)


async def test_there_is_a_new_budget_when_the_hotels_own_midnight_has_passed(office: Office) -> None:
    model = office.model(daily_calls=1)
    office.clock.move(timedelta(hours=10, minutes=59))  # 23:59 in Berlin
    await model.judge(office.asker, WORDS)
    assert await model.judge(office.asker, WORDS) is None
    office.clock.move(timedelta(minutes=1))  # not yet midnight in UTC
    assert await model.judge(office.asker, WORDS)
