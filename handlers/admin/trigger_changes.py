"""Triggers made, changed and removed: planned anew and audited in one transaction, and answered with the diff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.cautioned import cautions_about
from handlers.admin.diffs import diff_told
from handlers.admin.draft import Draft, free_name
from handlers.admin.limits import Limit
from handlers.admin.trigger_card import LIST, card, find_trigger, gone, with_note
from handlers.base import Turn
from triggers.audits import Author, audit_trigger
from triggers.engine import Engine
from triggers.exchange.document import columns_of, field_of_column
from triggers.exchange.reading import read_entry
from triggers.planning import PlanDiff
from triggers.rules import readable

# What a copy does not share with its trigger.
_OF_ONE = frozenset({"id", "number", "name", "is_active"})
# What the dialogue asks for, or offers to settle.
_ASKED = frozenset({"name", "trigger_type", "conditions", "message_template", "translations", "actions", *Limit})


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
        await audit(uow, turn, trigger, "deleted", columns_of(trigger), {}, diff)
        note = turn.say("admin-trigger-done", done="deleted", name=trigger.name)
        text = f"{note}\n{await diff_told(uow, turn, diff)}"
        return (OutgoingMessage(text, choices=(turn.choice(LIST, "admin-button-list"),)),)


@dataclass(frozen=True, slots=True)
class Create:
    """Save a checked draft as a trigger."""

    engine: Engine
    draft: Draft

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        draft = self.draft
        trigger = await uow.triggers.add(**_columns(draft))
        diff = await self.engine.plan_trigger(uow, trigger.id, turn.correlation_id)
        await audit(uow, turn, trigger, "created", {}, columns_of(trigger), diff)
        notes = [turn.say("admin-trigger-done", done="created", name=trigger.name), await diff_told(uow, turn, diff)]
        notes += await cautions_about(uow, turn, trigger)
        return (await shown(uow, turn, trigger, "\n".join(notes)),)


@dataclass(frozen=True, slots=True)
class Update:
    """Save what a checked draft changes of the trigger that it was begun from; all else stays as it is by now."""

    engine: Engine
    draft: Draft

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        draft = self.draft
        before = await uow.triggers.by_number(draft.number) if draft.number else None
        if before is None:
            return (gone(turn),)
        if changes := _columns(draft):
            await uow.triggers.update(before.id, **changes)
        diff = await self.engine.plan_trigger(uow, before.id, turn.correlation_id)
        after = await uow.triggers.get(before.id) or before
        old, new = _differing(columns_of(before), columns_of(after))
        await audit(uow, turn, after, "changed", old, new, diff)
        notes = [turn.say("admin-trigger-done", done="changed", name=after.name), await diff_told(uow, turn, diff)]
        is_old = before.translations == after.translations and before.message_template != after.message_template
        if after.translations and is_old:
            notes.append(turn.say("admin-translations-old", languages=", ".join(sorted(after.translations))))
        if before.name.lower() != after.name.lower():
            notes += await _named_elsewhere(uow, turn, before.name)
        notes += await cautions_about(uow, turn, after)
        return (await shown(uow, turn, after, "\n".join(notes)),)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Add a paused copy of a trigger: running, it would say everything twice."""

    trigger_id: UUID

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        trigger = await uow.triggers.get(self.trigger_id)
        if trigger is None:
            return (gone(turn),)
        taken = {one.name.lower() for one in await uow.triggers.all()}
        values = {name: getattr(trigger, name) for name in TriggerRecord.__slots__ if name not in _OF_ONE}
        copy = await uow.triggers.add(free_name(trigger.name, taken), is_active=False, **values)
        await audit(uow, turn, copy, "duplicated", {}, columns_of(copy))
        return (await shown(uow, turn, copy, turn.say("admin-trigger-done", done="duplicated", name=trigger.name)),)


def _columns(draft: Draft) -> dict[str, Any]:
    """Return what a draft changes of the table; what the dialogue does not ask for is not touched."""
    columns, changed = read_entry(draft.values).columns, draft.changed
    return {name: columns[name] for name in columns if name in _ASKED and field_of_column(name) in changed}


async def _named_elsewhere(uow: UnitOfWork, turn: Turn, name: str) -> list[str]:
    """Say which running triggers ask for one by a name that is gone: to them nobody has received it any more."""
    names = [rule.record.name for rule in readable(await uow.triggers.all()) if rule.names(name)]
    return [turn.say("admin-name-asked-for", old=name, names=", ".join(names))] if names else []


async def shown(uow: UnitOfWork, turn: Turn, trigger: TriggerRecord, note: str) -> OutgoingMessage:
    """Return the trigger's card as it stands now, with a sentence above it."""
    found = await find_trigger(uow, trigger.number)
    return with_note(card(turn, found.trigger or trigger, found.planned), note)


async def audit(
    uow: UnitOfWork,
    turn: Turn,
    trigger: TriggerRecord,
    done: str,
    old: dict[str, Any],
    new: dict[str, Any],
    diff: PlanDiff | None = None,
) -> None:
    """Write down what the admin of this turn changed; `diff` is what the change made of the plan."""
    author = Author(turn.now, turn.correlation_id, turn.user.id if turn.user else None)
    await audit_trigger(uow, author, trigger, done, old, new, diff)


def _differing(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is not the same on both sides."""
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}
