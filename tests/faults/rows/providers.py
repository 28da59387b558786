"""Rows 9 to 12: providers that ask to wait, break, repeat themselves, and tell things in any order."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from bot.simulator.faults import Fault
from bot.simulator.history import History, Kind
from tests.faults.chaos import ChaosProxy, Cut
from tests.faults.repeats import repeat
from tests.faults.report import Result
from tests.faults.run import Stage, playing
from tests.faults.town import Town

WELCOMED = timedelta(seconds=8)
"""Before the clock or the statuses move on."""
UNDER_WAY = timedelta(seconds=0.5)
"""A call that had left before the provider's word was read."""


async def too_many_requests(stage: Stage) -> Result:
    """Answer 429 with a time to wait, for one bot after the other, under load."""
    refusals = stage.times(12, 200)
    waits: defaultdict[str, deque[timedelta]] = defaultdict(deque)
    async with playing(stage) as play:
        async with play.load.pouring(stage.rate):
            for _ in range(refusals):
                account = play.town.random.choice(play.town.hotels).bot.account
                seconds = play.town.random.randint(1, 4)
                fault = Fault.answer(429, retry_after=seconds)
                play.town.simulator.telegram.faults.program(fault, method="sendMessage", account=account)
                waits[account].append(timedelta(seconds=seconds))
                await asyncio.sleep(play.town.random.uniform(1, 2))
        _, findings = await play.judge()
    early = list(_sent_while_asked_to_wait(play.town.simulator.history, waits))
    result = Result(f"{refusals} refusals, {play.load.count} messages")
    result.add(findings)
    result.figures.append(f"sends before the time was over {len(early)}")
    result.demand(not early, f"sent too early: {'; '.join(early[:5])}")
    return result


def _sent_while_asked_to_wait(history: History, waits: Mapping[str, deque[timedelta]]) -> Iterator[str]:
    asked: dict[str, tuple[datetime, datetime]] = {}
    for record in history.of(server="telegram", method="sendMessage"):
        if record.kind is Kind.fail and "fault" in record.payload:
            asked[record.account] = (record.at + UNDER_WAY, record.at + waits[record.account].popleft())
        elif record.kind is Kind.invoke and record.account in asked:
            since, until = asked[record.account]
            if since < record.at < until:
                yield f"bot {record.account} {(until - record.at).total_seconds():.1f} s"


async def broken_calls(stage: Stage) -> Result:
    """Break calls of every kind: errors, resets before and after, half an answer, none, a late one."""
    times = stage.times(30, 2_000)
    async with playing(stage) as play:
        simulator = play.town.simulator
        url = simulator.telegram.url.rpartition(":")[2]
        async with ChaosProxy("127.0.0.1", int(url)) as proxy:
            for place in play.places:
                place.environ["BELLHOP_TELEGRAM_API"] = proxy.url
            for place in play.places:
                await place.empty()
                place.supervise()
            async with play.load.pouring(stage.rate):
                for _ in range(times):
                    _break_one(play.town, proxy)
                    await asyncio.sleep(play.town.random.uniform(0.5, 1.5))
            evidence, findings = await play.judge()
    phones = {(guest.hotel, guest.chat) for guest in play.town.guests if "@" in guest.address}
    doubts = [row for row in evidence.ordered if (row.hotel, row.chat) in phones and row.is_told]
    result = Result(f"{times} broken calls, {play.load.count} messages")
    result.add(findings)
    result.demand(not doubts, f"{len(doubts)} doubts of Green API unresolved")
    return result


def _break_one(town: Town, proxy: ChaosProxy) -> None:
    random = town.random
    fault = random.choice(
        (
            Fault.answer(500),
            Fault.answer(502, "<html>Bad Gateway</html>"),
            Fault.reset(),
            Fault.reset(took_effect=True),
            Fault.half_reply(),
            Fault.empty_body(),
            Fault.slow(timedelta(seconds=1)),
        )
    )
    match random.randrange(4):
        case 0:
            proxy.cut_next(random.choice(list(Cut)))
        case 1:
            town.simulator.green.faults.program(fault, method="sendMessage")
        case 2:
            town.simulator.telegram.faults.program(fault, method="getUpdates")
        case _:
            town.simulator.telegram.faults.program(fault, method="sendMessage")


async def duplicates(stage: Stage) -> Result:
    """Deliver every message three times, across a restart, and some once more six days later."""
    seconds, again = stage.times(20, 600), 0
    async with playing(stage, within=WELCOMED) as play:
        async with play.load.pouring(stage.rate):
            for _ in range(seconds):
                again += repeat(play.town, since=play.town.clock.now() - timedelta(seconds=3))
                await asyncio.sleep(1)
        await play.places[0].empty()
        play.places[0].supervise()
        await play.settle()
        play.town.clock.move(timedelta(days=6))
        again += repeat(play.town, since=play.town.clock.now() - timedelta(days=7))
        evidence, findings = await play.judge()
    repeated = len(play.town.simulator.history.of(method="repeated"))
    result = Result(f"{play.load.count} messages, {repeated + again} repeats")
    result.add(findings)
    stored = len(evidence.stored)
    result.figures.append(f"{stored} events stored of {play.load.count} messages")
    result.demand(stored == play.load.count, f"{stored} events of {play.load.count} messages")
    return result


async def disorder(stage: Stage) -> Result:
    """Tell the statuses of every WhatsApp message in any order, and again."""
    seconds = stage.times(15, 600)
    async with playing(stage, within=WELCOMED) as play:
        async with play.load.pouring(stage.rate):
            for _ in range(seconds):
                await asyncio.sleep(1)
        await play.settle()
        told = _tell_statuses(play.town, play.town.random)
        _, findings = await play.judge()
        backward = await play.rows(
            "SELECT o.id FROM outbox o JOIN channel_accounts a ON a.id = o.account_id"
            " WHERE a.platform = 'whatsapp_green' AND o.state <> 'read'"
        )
    result = Result(f"{told} statuses, {play.load.count} messages")
    result.add(findings)
    result.figures.append(f"statuses that went back {len(backward)}")
    result.demand(not backward, f"{len(backward)} messages are not read")
    return result


def _tell_statuses(town: Town, random: Random) -> int:
    told = 0
    for hotel in [hotel for hotel in town.hotels if hotel.instance]:
        assert hotel.instance is not None
        for said in [said for said in hotel.instance.journal.values() if said.outgoing]:
            words = ["sent", "delivered", "read", "delivered", "sent"]
            random.shuffle(words)
            for word in words:
                parts = {"chatId": said.chat_id, "idMessage": said.id, "status": word, "sendByApi": True}
                hotel.instance.notify("outgoingMessageStatus", parts)
                told += 1
    return told
