"""Changes of triggers: saved, planned anew and audited in one transaction, and answered with the diff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.draft import Draft
from handlers.admin.trigger_card import LIST, card, find_trigger, gone, with_note
from handlers.admin.words import diff_words, rejection_words
from handlers.base import Turn
from triggers.engine import Engine
from triggers.planning import PlanDiff
from triggers.rejections import RejectedTrigger
from triggers.rules import read


@dataclass(frozen=True, slots=True)
class Switch:
    """Pause or resume a trigger; one that is in that state already stays as it is."""

    engine: Engine
    trigger_id: UUID
    is_active: bool

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        trigger = await uow.triggers.get(self.trigger_id)
        if trigger is None:
            return (gone(turn),)
        if trigger.is_active is self.is_active:
            note = turn.say("admin-trigger-already", active="yes" if self.is_active else "no")
            return (await _shown(uow, turn, trigger, note),)
        try:
            read(trigger)
        except RejectedTrigger as error:
            if self.is_active:
                return (await _shown(uow, turn, trigger, rejection_words(turn, error)),)
        await uow.triggers.update(trigger.id, is_active=self.is_active)
        diff = await self.engine.plan_trigger(uow, trigger.id, turn.correlation_id)
        done = "resumed" if self.is_active else "paused"
        old, new = {"is_active": trigger.is_active}, {"is_active": self.is_active}
        await _audit(uow, turn, trigger, done, old, new, diff)
        note = turn.say("admin-trigger-done", done=done, name=trigger.name)
        return (await _shown(uow, turn, trigger, f"{note}\n{diff_words(turn, diff)}"),)


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete a trigger; what was planned is cancelled, the ledger keeps what was done."""

    engine: Engine
    trigger_id: UUID

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        trigger = await uow.triggers.get(self.trigger_id)
        if trigger is None:
            return (gone(turn),)
        await uow.triggers.delete(trigger.id, turn.now)
        diff = await self.engine.plan_trigger(uow, trigger.id, turn.correlation_id)
        await _audit(uow, turn, trigger, "deleted", _stored(trigger), {}, diff)
        note = turn.say("admin-trigger-done", done="deleted", name=trigger.name)
        text = f"{note}\n{diff_words(turn, diff)}"
        return (OutgoingMessage(text, choices=(turn.choice(LIST, "admin-button-list"),)),)


@dataclass(frozen=True, slots=True)
class Create:
    """Save a checked draft as a trigger."""

    engine: Engine
    draft: Draft

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        draft = self.draft
        trigger = await uow.triggers.add(draft.name, draft.kind, draft.conditions, draft.text)
        diff = await self.engine.plan_trigger(uow, trigger.id, turn.correlation_id)
        await _audit(uow, turn, trigger, "created", {}, _stored(trigger), diff)
        note = turn.say("admin-trigger-done", done="created", name=trigger.name)
        return (await _shown(uow, turn, trigger, f"{note}\n{diff_words(turn, diff)}"),)


async def _shown(uow: UnitOfWork, turn: Turn, trigger: TriggerRecord, note: str) -> OutgoingMessage:
    """Return the trigger's card as it stands now, with a sentence above it."""
    found = await find_trigger(uow, trigger.number)
    return with_note(card(turn, found.trigger or trigger, found.planned), note)


async def _audit(
    uow: UnitOfWork,
    turn: Turn,
    trigger: TriggerRecord,
    done: str,
    old: dict[str, Any],
    new: dict[str, Any],
    diff: PlanDiff,
) -> None:
    plan = {"added": diff.added, "moved": diff.moved, "cancelled": diff.cancelled}
    await uow.audits.add(
        f"trigger.{done}",
        f"Trigger {trigger.number} was {done}",
        turn.now,
        user_id=turn.user.id if turn.user else None,
        metadata={"trigger_id": str(trigger.id), "old": old, "new": new, "plan": plan},
        correlation_id=turn.correlation_id,
    )


def _stored(trigger: TriggerRecord) -> dict[str, Any]:
    return {
        "name": trigger.name,
        "trigger_type": trigger.trigger_type.value,
        "conditions": trigger.conditions,
        "message_template": trigger.message_template,
        "translations": trigger.translations,
        "is_active": trigger.is_active,
        "priority": trigger.priority,
    }
