"""`try`: what a trigger would have done in the past, had it been there. Nothing is written."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.actions import ActionKind
from triggers.base import Event, Reason, When
from triggers.past import open_pasts
from triggers.planning import looks_back_to
from triggers.replay import Replay, Scene, TriedLine
from triggers.rules import read

BACK = timedelta(days=90)
# So many guests are read at a time, and so many played before other work of the process has its turn.
_AT_ONCE = 250
_IN_A_ROW = 20
OF_MESSAGES = frozenset({"message_received", "negative_sentiment", "requires_attention"})
# Events of which nothing is kept that could be played again.
_NOT_KEPT = frozenset({"no_reply_for", "room_ready", "request_done", "feedback_given", "external"})


@dataclass(frozen=True, slots=True)
class Tried:
    """What would have been: `sent` counts by channel, `held` by reason, `beside` by what was done beside the message.
    `told` are the lines worth telling, the
    latest first: not those of guests whom the conditions simply did not fit."""

    sent: Counter[str]
    held: Counter[Reason]
    beside: Counter[ActionKind]
    told: Sequence[TriedLine]
    estimates: int


def can_try(when: When) -> bool:
    """Whether what a rule waits for is kept."""
    return not (isinstance(when, Event) and when.event in _NOT_KEPT)


async def try_out(uow: UnitOfWork, hotel: HotelRecord, trigger: TriggerRecord, now: datetime) -> Tried:
    """Play the last days again with a trigger, running or not, by the rules and settings of now and what was known
    then. Raises RejectedTrigger for one that can't be read."""
    rule = read(replace(trigger, is_active=True))
    scene = Scene(hotel, rule, now - BACK, now)
    is_heard = isinstance(rule.conditions.when, Event) and rule.conditions.when.event in OF_MESSAGES
    lines: list[TriedLine] = []
    async for guest_ids in _guests(uow, scene, is_heard=is_heard):
        for number, life in enumerate(await open_pasts(uow, guest_ids, scene.since if is_heard else None)):
            lines += Replay(scene, life).play()
            if number % _IN_A_ROW == 0:
                await asyncio.sleep(0)
    return _summed(lines)


async def _guests(uow: UnitOfWork, scene: Scene, *, is_heard: bool) -> AsyncIterator[Sequence[UUID]]:
    """Give the guests whose past the rule may have something to say about, so many at a time."""
    guests: dict[UUID, None] = {}
    if is_heard:
        guests = dict.fromkeys(await uow.messages.writers(scene.since))
    else:
        async for stays in uow.stays.pages_open_at(looks_back_to(scene.rule, scene.since)):
            guests |= dict.fromkeys(stay.guest_id for stay in stays)
    ids = list(guests)
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _summed(lines: Iterable[TriedLine]) -> Tried:
    lines = sorted(lines, key=lambda line: line.at, reverse=True)
    told = [line for line in lines if line.verdict.reason is not Reason.conditions_not_met]
    return Tried(
        sent=Counter(line.channel for line in lines if line.channel),
        held=Counter(line.verdict.reason for line in lines if not line.verdict.fires),
        beside=Counter(action.kind for line in lines for action in line.actions),
        told=told,
        estimates=sum(1 for line in lines if line.is_estimate),
    )
