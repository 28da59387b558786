"""Triggers paused and resumed: one, or all of them with one command."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from bot.hotel_settings import HotelSettings
from bot.messages import OutgoingMessage
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.cautioned import cautions_about
from handlers.admin.diffs import diff_told
from handlers.admin.trigger_card import LIST, gone
from handlers.admin.trigger_changes import audit, shown
from handlers.admin.wishes import WORDS, Action
from handlers.admin.words import mistake_words
from handlers.base import Outcome, Reply, Turn
from handlers.filters import arguments_of, command_of
from triggers.engine import Engine

PRESS = "trgs:"
PAUSE_ALL, RESUME_ALL = f"{PRESS}pause", f"{PRESS}resume"
_ALL = frozenset({"all", "все", "всё"})
_WORDS = {False: WORDS[Action.pause], True: WORDS[Action.resume]}


@dataclass(frozen=True, slots=True)
class Switch:
    """Pause or resume a trigger; one that is in that state already stays as it is."""

    engine: Engine
    trigger_id: UUID
    is_active: bool

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        together = await _paused_together(uow)
        trigger = await uow.triggers.get(self.trigger_id)
        if trigger is None:
            return (gone(turn),)
        if trigger.is_active is self.is_active:
            note = turn.say("admin-trigger-already", active="yes" if self.is_active else "no")
            return (await shown(uow, turn, trigger, note),)
        if self.is_active and (mistake := mistake_words(turn, trigger)):
            return (await shown(uow, turn, trigger, mistake),)
        await uow.triggers.update(trigger.id, is_active=self.is_active)
        # Whoever decides about one of those paused together has decided: the next pause is for a reason of its own.
        await _remember(uow, together, together - {trigger.id})
        diff = await self.engine.plan_trigger(uow, trigger.id, turn.correlation_id)
        done = "resumed" if self.is_active else "paused"
        old, new = {"is_active": trigger.is_active}, {"is_active": self.is_active}
        await audit(uow, turn, trigger, done, old, new, diff)
        notes = [turn.say("admin-trigger-done", done=done, name=trigger.name), await diff_told(uow, turn, diff)]
        if self.is_active:
            notes += await cautions_about(uow, turn, replace(trigger, is_active=True))
        return (await shown(uow, turn, trigger, "\n".join(notes)),)


@dataclass(frozen=True, slots=True)
class PauseAll:
    """Pause every running trigger, and remember which: the others were paused for reasons of their own."""

    engine: Engine

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        together = await _paused_together(uow)
        running = [trigger for trigger in await uow.triggers.all() if trigger.is_active]
        if not running:
            return (_all_said(turn, "admin-all-paused-already"),)
        await _remember(uow, together, together | {trigger.id for trigger in running})
        return (await _switch(uow, turn, self.engine, running, is_active=False),)


@dataclass(frozen=True, slots=True)
class ResumeAll:
    """Resume the triggers that were paused together; one that can't be read any more stays paused."""

    engine: Engine

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        together = await _paused_together(uow)
        waiting = [one for one in await uow.triggers.all() if one.id in together and not one.is_active]
        if not waiting:
            return (_all_said(turn, "admin-all-none-to-resume"),)
        await _remember(uow, together, frozenset())
        readable = [one for one in waiting if not mistake_words(turn, one)]
        return (await _switch(uow, turn, self.engine, readable, is_active=True),)


class SwitchAll(Reply):
    """Pauses everything, or resumes what was paused with everything."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome(effects=(ResumeAll(self._engine) if _wanted(turn) else PauseAll(self._engine),))


def is_for_all(turn: Turn) -> bool:
    """Whether all triggers are meant: `/triggers pause`, `/trigger pause all`, or a button."""
    return _wanted(turn) is not None


def _wanted(turn: Turn) -> bool | None:
    """Return whether all triggers shall run, None where something else is asked."""
    if turn.pressed is not None:
        return {PAUSE_ALL: False, RESUME_ALL: True}.get(turn.pressed)
    words = set(arguments_of(turn.text).casefold().split())
    name, is_all = command_of(turn.text), bool(words & _ALL)
    if name != "triggers" and not (name == "trigger" and is_all):
        return None
    return next((is_active for is_active, names in _WORDS.items() if len(words - _ALL) == 1 and words & names), None)


async def _switch(
    uow: UnitOfWork, turn: Turn, engine: Engine, triggers: Collection[TriggerRecord], *, is_active: bool
) -> OutgoingMessage:
    for trigger in triggers:
        await uow.triggers.update(trigger.id, is_active=is_active)
    diff = await engine.plan_triggers(uow, [trigger.id for trigger in triggers], turn.correlation_id)
    done = "resumed" if is_active else "paused"
    for trigger in triggers:
        await audit(uow, turn, trigger, done, {"is_active": not is_active}, {"is_active": is_active})
    note = turn.say("admin-all-done", done=done, count=len(triggers))
    back = (
        turn.choice(PAUSE_ALL, "admin-button-pause-all")
        if is_active
        else turn.choice(RESUME_ALL, "admin-button-resume-all")
    )
    return OutgoingMessage(
        f"{note}\n{await diff_told(uow, turn, diff)}", choices=(back, turn.choice(LIST, "admin-button-list"))
    )


def _all_said(turn: Turn, key: str) -> OutgoingMessage:
    return turn.reply(key, turn.choice(LIST, "admin-button-list"))


async def _paused_together(uow: UnitOfWork) -> frozenset[UUID]:
    """Return what was paused by one command; until the transaction ends nobody else pauses or resumes anything."""
    return HotelSettings.model_validate((await uow.hotels.hold()).settings).paused_together


async def _remember(uow: UnitOfWork, before: frozenset[UUID], after: frozenset[UUID]) -> None:
    if before != after:
        await uow.hotels.change_settings(HotelSettings.changes(paused_together=after))
