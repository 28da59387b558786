"""Somebody else's bot is judged rightly by what the providers saw of it: faults that were planted are found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable

import pytest
from aiogram import Bot

from tests.databases import Database
from tests.faults.anchors.beside import OURS, SIZE, Comparison, Standing
from tests.faults.anchors.echo import BOT_TOKEN, TELEGRAM_API, open_bot
from tests.faults.anchors.queues import feed
from tests.faults.checker import Findings, check
from tests.faults.evidence import gather_outside
from tests.faults.load import Load
from tests.faults.marks import Mark, mark_in
from tests.faults.town import Town, open_town

FIRST, SECOND, THIRD = (Mark(1, 1, number) for number in (1, 2, 3))


@pytest.fixture
async def town(clean_database: Database) -> AsyncIterator[Town]:
    """One guest has written three messages to a bot that nobody runs."""
    async with open_town(clean_database, 1, SIZE) as town:
        load = Load(town)
        for _ in range(3):
            load.write(town.guests[0])
        yield town


@pytest.fixture
async def bot(town: Town) -> AsyncIterator[Bot]:
    environ = {TELEGRAM_API: town.simulator.telegram.url, BOT_TOKEN: town.hotels[0].bot.token}
    async with open_bot(environ) as bot:
        yield bot


async def take_all(bot: Bot) -> None:
    """Confirm whatever there is, as a poller does that asks for more."""
    updates = await bot.get_updates()
    await bot.get_updates(offset=updates[-1].update_id + 1)


async def answer(bot: Bot, town: Town, marks: Iterable[Mark]) -> None:
    for mark in marks:
        await bot.send_message(int(town.guests[0].address), f"{mark} hello")


def found(town: Town, waiting: Collection[Mark] = ()) -> dict[str, list[str]]:
    return check(gather_outside(town, waiting)).wrong()


async def test_nothing_is_found_when_each_message_was_answered_once(town: Town, bot: Bot) -> None:
    await take_all(bot)
    await answer(bot, town, (FIRST, SECOND, THIRD))
    assert found(town) == {}


async def test_loss_and_doubling_are_found_when_a_message_was_forgotten_and_one_repeated(
    town: Town, bot: Bot
) -> None:
    await take_all(bot)
    await answer(bot, town, (FIRST, FIRST, THIRD))
    wrong = found(town)
    assert set(wrong) == {"lost", "doubled_sends"}
    assert [str(SECOND) in lost for lost in wrong["lost"]] == [True]
    assert [str(FIRST) in doubled for doubled in wrong["doubled_sends"]] == [True]


async def test_disorder_is_found_when_answers_overtook_each_other(town: Town, bot: Bot) -> None:
    await take_all(bot)
    await answer(bot, town, (FIRST, THIRD, SECOND))
    assert list(found(town)) == ["reordered"]


async def test_message_is_stuck_and_not_lost_when_a_queue_or_telegram_still_holds_it(town: Town, bot: Bot) -> None:
    assert list(found(town)) == ["stuck"]
    await take_all(bot)
    await answer(bot, town, (FIRST, SECOND))
    assert list(found(town, waiting=[THIRD])) == ["stuck"]


class FullQueue:
    """A queue whose database commits one job and then goes away."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    async def put(self, chat: int, text: str) -> None:
        if self._texts:
            raise ConnectionError("no commit")
        self._texts.append(text)

    async def left(self) -> list[str]:
        return self._texts


async def test_messages_stay_with_telegram_when_their_jobs_were_not_committed(town: Town, bot: Bot) -> None:
    queue = FullQueue()
    with pytest.raises(ConnectionError):
        await feed(bot, queue)
    pending = town.simulator.telegram.pending(town.hotels[0].bot)
    assert [mark_in(text) for text in await queue.left()] == [FIRST]
    assert {SECOND, THIRD} <= {mark_in(update["message"]["text"]) for update in pending if "message" in update}


def test_only_our_miss_is_one_when_others_lost_messages_too() -> None:
    ours = Standing(OURS, 2, 6, 90, Findings())
    others = Standing("Somebody", 1, 6, 90, Findings(lost=["#1.1.1"], doubled_sends=["#1.1.2", "#1.1.3"]))
    comparison = Comparison([ours, others])
    assert "| Somebody | 1 | 6 | 90 | 1 | 2 | 0 | 0 | – | nothing waited |" in comparison.table()
    assert not comparison.ours.missed
    worse = Standing(OURS, 2, 6, 90, Findings(stuck=["#1.1.1"]))
    assert Comparison([worse, others]).ours.missed
    assert Comparison([others], {OURS: "it broke"}).ours.missed
