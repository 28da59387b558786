"""Which trigger speaks first: a priority that is told, or one step before or behind another trigger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.trigger_card import gone
from handlers.admin.trigger_changes import audit, shown
from handlers.base import Turn

PRIORITIES = range(-1000, 1001)


@dataclass(frozen=True, slots=True)
class Prioritise:
    """Give a trigger this priority. Nothing is planned anew: it counts when several are due at once."""

    trigger_id: UUID
    priority: int

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        trigger = await uow.triggers.get(self.trigger_id)
        if trigger is None:
            return (gone(turn),)
        return (await _changed(uow, turn, trigger, self.priority),)


@dataclass(frozen=True, slots=True)
class Move:
    """Let a trigger speak before the next one ahead of it, or after the next one behind it."""

    trigger_id: UUID
    is_up: bool

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        triggers = await uow.triggers.all()
        trigger = next((one for one in triggers if one.id == self.trigger_id), None)
        if trigger is None:
            return (gone(turn),)
        others = [one.priority for one in triggers if one is not trigger]
        wanted = _before(trigger.priority, others) if self.is_up else _behind(trigger.priority, others)
        return (await _changed(uow, turn, trigger, wanted),)


def priority_of(text: str) -> int | None:
    """Return the priority that somebody wrote; None for what is none."""
    try:
        priority = int(text)
    except ValueError:
        return None
    return priority if priority in PRIORITIES else None


def _before(own: int, others: Sequence[int]) -> int:
    return min((one + 1 for one in others if one >= own), default=own)


def _behind(own: int, others: Sequence[int]) -> int:
    return max((one - 1 for one in others if one <= own), default=own)


async def _changed(uow: UnitOfWork, turn: Turn, trigger: TriggerRecord, wanted: int) -> OutgoingMessage:
    if wanted == trigger.priority or wanted not in PRIORITIES:
        return await shown(uow, turn, trigger, turn.say("admin-priority-same", priority=trigger.priority))
    await uow.triggers.update(trigger.id, priority=wanted)
    await audit(uow, turn, trigger, "prioritised", {"priority": trigger.priority}, {"priority": wanted})
    triggers = await uow.triggers.all()
    ahead = sum(1 for one in triggers if one.priority > wanted)
    note = turn.say("admin-priority-done", priority=wanted, place=ahead + 1, count=len(triggers))
    return await shown(uow, turn, trigger, note)
