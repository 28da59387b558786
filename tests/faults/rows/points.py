"""Row 2: the bot dies before and after every commit, send and acknowledgement, by its own hand."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import product

from bot.messages import Platform
from bot.simulator.faults import Fault
from tests.faults.failpoints import DIED_THERE, SEND, VARIABLE, Death
from tests.faults.report import Result
from tests.faults.run import PATIENCE, Play, Stage, playing
from tests.faults.visits import SENDING, VISITED
from tests.flows.proxy import Moment

HIT_WITHIN = 60.0
"""Seconds after which a point counts as not reached."""
POISONED_EVERY = 20
"""Seconds between two messages that kill their worker: each kills several."""
SCARCE = "bot.workers.ticks:Ticks._fire_due_in"
"""Comes first, while there is still something to fire."""
STALE = "bot.doubts:Doubts.mark_stale"
"""Only what a dead sender left behind leads there."""
CHANGED = "bot.workers.pollers:Pollers._is"
"""Only an account that works again leads there."""


async def die_at_every_point(stage: Stage) -> Result:
    """Let the only worker die at one point after the other."""
    rounds = stage.times(1, 50)
    points = sorted((*VISITED, *SENDING), key=lambda point: point != SCARCE)
    unhit: list[str] = []
    async with playing(stage, workers=1, within=timedelta(minutes=3 * rounds)) as play:
        async with play.load.pouring(stage.rate):
            await play.places[0].empty()
            for point, number, moment in product(points, range(rounds), Moment):
                if point == STALE:
                    await _dies(play, Death(f"{SEND}:telegram", Moment.after))
                if point == CHANGED:
                    await play.rows("UPDATE channel_accounts SET status = 'limited'")
                death = Death(point, moment, 1 + number % 3)
                if not await _dies(play, death):
                    unhit.append(str(death))
        play.places[0].supervise()
        _, findings = await play.judge()
    deaths = play.places[0].endings[DIED_THERE]
    result = Result(f"{len(points)} points, before and after, {rounds} times; {deaths} deaths")
    result.add(findings)
    result.demand(not unhit, f"not reached: {', '.join(unhit)}")
    return result


async def _dies(play: Play, death: Death) -> bool:
    """Start the worker with this order, and say whether it died there. One that dies of poison is followed by
    another, who finds a suspect."""
    (place,) = play.places
    order = {VARIABLE: str(death)}
    place.fill(**order)
    gone = asyncio.ensure_future(place.gone())
    for second in range(int(HIT_WITHIN)):
        _provoke(play, death, is_first=second % POISONED_EVERY == 0)
        await asyncio.wait([gone], timeout=1)
        if not gone.done():
            continue
        if gone.result() == DIED_THERE:
            return True
        place.fill(**order)
        gone = asyncio.ensure_future(place.gone())
    await place.empty()
    return False


def _provoke(play: Play, death: Death, *, is_first: bool) -> None:
    """Let happen what seldom does: a doubt, a refusal, a mistake in a handler, a reply by WhatsApp."""
    town, point = play.town, death.point.lower()
    for server in (town.simulator.telegram, town.simulator.green):
        server.faults.clear()
    if "doubt" in point:
        town.simulator.telegram.faults.program(Fault.reset(took_effect=True), method="sendMessage")
        town.simulator.green.faults.program(Fault.reset(), method="sendMessage")
        town.clock.move(PATIENCE)
    if "_record_failure" in point:
        town.simulator.telegram.faults.program(Fault.answer(500), method="sendMessage")
    if "_handle_suspect" in point and is_first:
        play.load.write(town.random.choice(town.guests), "poison exit")
    if "_attempt" in point or "_quarantine" in point:
        play.load.write(town.random.choice(town.guests), "poison exception")
    if Platform.whatsapp_green in point:
        guests = [guest for guest in town.guests if guest.platform is Platform.whatsapp_green]
        play.load.write(town.random.choice(guests))
