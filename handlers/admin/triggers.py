"""`/trigger N`, and what is done with it at once: pause, resume, duplicate, delete, priority."""

from __future__ import annotations

from bot.messages import OutgoingMessage
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.pausing import Switch
from handlers.admin.previewing import planned_words
from handlers.admin.priorities import PRIORITIES, Move, Prioritise, priority_of
from handlers.admin.trigger_card import Found, card, find_trigger, gone
from handlers.admin.trigger_changes import Duplicate, Remove
from handlers.admin.wishes import Action, Wish, button, wish_of
from handlers.base import Effect, Outcome, Turn
from triggers.engine import Engine


class HandleTrigger:
    """Shows a trigger or changes it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> Found:
        wish = wish_of(turn)
        return await find_trigger(uow, wish.number) if wish else Found(None)

    def think(self, turn: Turn, loaded: Found) -> Outcome:
        wish, trigger = wish_of(turn), loaded.trigger
        if wish is None:
            return Outcome((turn.reply("admin-trigger-usage"),))
        if trigger is None:
            return Outcome((gone(turn),))
        if wish.action is Action.delete:
            return Outcome((_asked_again(turn, loaded),))
        if wish.action is Action.priority and priority_of(wish.detail) is None:
            least, most = str(PRIORITIES[0]), str(PRIORITIES[-1])
            return Outcome((turn.reply("admin-priority-usage", least=least, most=most),))
        effect = self._effect(wish, trigger)
        return Outcome(effects=(effect,)) if effect else Outcome((card(turn, trigger, loaded.planned),))

    def _effect(self, wish: Wish, trigger: TriggerRecord) -> Effect | None:
        """Return the change that is wished; None where the trigger is only to be shown."""
        match wish.action:
            case Action.pause | Action.resume:
                return Switch(self._engine, trigger.id, wish.action is Action.resume)
            case Action.surely:
                return Remove(self._engine, trigger.id)
            case Action.duplicate:
                return Duplicate(trigger.id)
            case Action.up | Action.down:
                return Move(trigger.id, wish.action is Action.up)
            case Action.priority:
                return Prioritise(trigger.id, int(wish.detail))
            case _:
                return None


def _asked_again(turn: Turn, found: Found) -> OutgoingMessage:
    assert found.trigger is not None, "asked before"
    number = found.trigger.number
    lines = [turn.say("admin-delete-ask", name=found.trigger.name, planned=found.planned)]
    lines += [planned_words(turn, one) for one in found.first]
    if more := found.planned - len(found.first):
        lines.append(turn.say("admin-import-more", count=more))
    surely = turn.choice(button(Action.surely, number), "admin-button-surely")
    keep = turn.choice(button(Action.show, number), "admin-button-keep")
    return OutgoingMessage("\n".join(lines), choices=(surely, keep))
