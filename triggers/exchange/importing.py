"""An import: what a file makes of a hotel's triggers, in the caller's one transaction, or as a rehearsal of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from triggers.audits import Author, audit_trigger
from triggers.cautions import Caution, find_cautions
from triggers.engine import Engine
from triggers.exchange.document import Document, columns_of, field_of_column
from triggers.exchange.examples import example_problems
from triggers.exchange.matching import count_matches
from triggers.exchange.reading import RejectedFile, within
from triggers.feasibility import check_feasible
from triggers.planning import PlanDiff
from triggers.premises import Premises, survey
from triggers.rejections import RejectedTrigger
from triggers.rules import read

PREVIEWED = timedelta(days=7)


class Deed(StrEnum):
    """What an import does to one trigger."""

    added = "added"
    changed = "changed"
    unchanged = "unchanged"
    left = "left"
    deleted = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one trigger; `fields` are those that changed, as the file calls them. `cautions` come with a
    rehearsal."""

    name: str
    deed: Deed
    fields: tuple[str, ...] = ()
    diff: PlanDiff = field(default_factory=PlanDiff)
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a trigger will do: the stays that meet its conditions now (None: it waits for an event), and the messages
    that are planned for the coming days."""

    matches: int | None
    planned: int


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and for whom; with `replace` what is not in the file is deleted."""

    document: Document
    author: Author
    replace: bool = False


def is_change(change: Change) -> bool:
    """Whether anything was done to the trigger."""
    return change.deed not in {Deed.unchanged, Deed.left}


def plan_of(changes: Iterable[Change]) -> PlanDiff:
    """Return what all changes together make of the plan."""
    return sum((change.diff for change in changes), PlanDiff())


async def apply(uow: UnitOfWork, engine: Engine, order: Order) -> list[Change]:
    """Add and change triggers as the file has them, plan each anew, and note it; what is not in it stays as it is.

    Raises RejectedFile when an example doesn't come out as it says, or a trigger can never go in this hotel.
    """
    stored = {record.name.lower(): record for record in await uow.triggers.all()}
    hotel = await uow.hotels.get()
    premises = await survey(uow, hotel, order.author.at)
    if problems := [*example_problems(order.document, hotel), *_infeasible(order.document, stored, premises)]:
        raise RejectedFile(problems)
    changes = []
    for entry in order.document.triggers:
        known = stored.pop(entry.name.lower(), None)
        changes.append(await _set(uow, engine, order, known, entry.columns))
    return changes + [await _leave(uow, engine, order, record) for record in stored.values()]


async def rehearse(uow: UnitOfWork, engine: Engine, order: Order) -> tuple[list[Change], dict[str, Outlook]]:
    """Do the import and take it back: the changes with their diffs, and what each running trigger of the file would
    do then, by name. Raises RejectedFile as `apply` does."""
    undone = await uow.connection.begin_nested()
    try:
        changes = await apply(uow, engine, order)
        outlook = await _look_ahead(uow, order)
        premises = await survey(uow, await uow.hotels.get(), order.author.at)
    finally:
        await undone.rollback()
    # It takes a while: what was changed is free for others by now.
    return await _cautioned(changes, premises), outlook


def _infeasible(
    document: Document, stored: Mapping[str, TriggerRecord], premises: Premises
) -> Iterator[RejectedTrigger]:
    """Yield a problem for each trigger that would begin to run as it is in the file, and could never go."""
    premises = premises.with_triggers([entry.name for entry in document.triggers])
    for number, entry in enumerate(document.triggers):
        known = stored.get(entry.name.lower())
        if entry.active and (known is None or columns_of(known) != entry.columns):
            try:
                check_feasible(read(entry.record), premises)
            except RejectedTrigger as error:
                place = f"triggers[{number}]"
                yield within(place if error.path == "channels" else f"{place}.conditions", error)


async def _cautioned(changes: list[Change], premises: Premises) -> list[Change]:
    """Return the changes with what an admin should know of the triggers that run then."""
    changed = {change.name for change in changes if is_change(change)}
    rules = [rule for rule in premises.rules if rule.record.name in changed]
    found = await find_cautions(rules, premises)
    cautions = {rule.record.name: tuple(some) for rule, some in zip(rules, found, strict=True)}
    return [replace(change, cautions=cautions.get(change.name, ())) for change in changes]


async def _look_ahead(uow: UnitOfWork, order: Order) -> dict[str, Outlook]:
    named = {entry.name for entry in order.document.triggers}
    records = [record for record in await uow.triggers.all() if record.name in named and record.is_active]
    matches = await count_matches(uow, records, order.author.at)
    until = order.author.at + PREVIEWED
    outlook = {}
    for record in records:
        planned = await uow.ledger.count_planned(record.id, until)
        outlook[record.name] = Outlook(matches.get(record.id), planned)
    return outlook


async def _set(
    uow: UnitOfWork, engine: Engine, order: Order, known: TriggerRecord | None, columns: Mapping[str, Any]
) -> Change:
    """Make a trigger what the file says."""
    if known is None:
        record = await uow.triggers.add(**columns)
        return await _settled(uow, engine, order, record, Deed.added, {}, columns)
    before = columns_of(known)
    old = {name: value for name, value in before.items() if value != columns[name]}
    if not old:
        return Change(known.name, Deed.unchanged)
    new = {name: columns[name] for name in old}
    await uow.triggers.update(known.id, **new)
    return await _settled(uow, engine, order, known, Deed.changed, old, new)


async def _leave(uow: UnitOfWork, engine: Engine, order: Order, record: TriggerRecord) -> Change:
    """Do with a trigger that is not in the file what was ordered."""
    if not order.replace:
        return Change(record.name, Deed.left)
    await uow.triggers.delete(record.id, order.author.at)
    return await _settled(uow, engine, order, record, Deed.deleted, columns_of(record), {})


async def _settled(
    uow: UnitOfWork,
    engine: Engine,
    order: Order,
    record: TriggerRecord,
    deed: Deed,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Change:
    diff = await engine.plan_trigger(uow, record.id, order.author.correlation_id)
    done = "created" if deed is Deed.added else deed.value
    await audit_trigger(uow, order.author, record, done, old, new, diff)
    fields = tuple(sorted(map(field_of_column, new))) if deed is Deed.changed else ()
    return Change(new.get("name", record.name), deed, fields, diff)
