"""One trigger with everything it says, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from bot.messages import Choice, OutgoingMessage
from bot.storage.repositories.ledger import PlannedRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.limits import Limit, limit_words, limits_of
from handlers.admin.wishes import PRESS, Action, button
from handlers.admin.words import beside_words, rejection_words, when_words, whether_words
from handlers.base import Turn
from triggers.planning import FIRST_SHOWN
from triggers.rejections import RejectedTrigger
from triggers.rules import read

LIST = f"{PRESS}page:1"
_ACTIONS = (Action.preview, Action.attempt, Action.up, Action.down, Action.duplicate, Action.delete)


@dataclass(frozen=True, slots=True)
class Found:
    """The trigger that an admin means, None when there is none; how many messages it has planned, and the first."""

    trigger: TriggerRecord | None
    planned: int = 0
    first: Sequence[PlannedRecord] = ()


async def find_trigger(uow: UnitOfWork, number: int) -> Found:
    """Return the trigger with this number."""
    trigger = await uow.triggers.by_number(number)
    if trigger is None:
        return Found(None)
    first = await uow.ledger.planned(trigger.id, None, 0, FIRST_SHOWN)
    return Found(trigger, await uow.ledger.count_planned(trigger.id), first)


def card(turn: Turn, trigger: TriggerRecord, planned: int) -> OutgoingMessage:
    """Return the trigger's card with its buttons."""
    parts = [
        turn.say(
            "admin-card",
            number=str(trigger.number),
            name=trigger.name,
            active="yes" if trigger.is_active else "no",
            rule=_rule(turn, trigger),
            priority=trigger.priority,
            once=trigger.once_per.value,
            limits="".join(f" · {one}" for one in _limits(turn, trigger)),
            planned=planned,
            text=trigger.message_template,
        )
    ]
    for language, text in sorted(trigger.translations.items()):
        parts.append(turn.say("admin-card-translation", language=language, text=str(text)))
    if beside := beside_words(turn, trigger.actions):
        parts.append(beside)
    return OutgoingMessage("\n\n".join(parts), choices=_buttons(turn, trigger))


def gone(turn: Turn) -> OutgoingMessage:
    """Return the answer about a trigger that isn't there, or not any more."""
    return turn.reply("admin-trigger-gone", turn.choice(LIST, "admin-button-list"))


def with_note(message: OutgoingMessage, note: str) -> OutgoingMessage:
    """Return the message with a sentence above it."""
    return replace(message, text=f"{note}\n\n{message.text}")


def _rule(turn: Turn, trigger: TriggerRecord) -> str:
    try:
        conditions = read(trigger).conditions
    except RejectedTrigger as error:
        stored = orjson.dumps(trigger.conditions).decode()
        return f"{rejection_words(turn, error)}\n{stored}"
    return turn.say(
        "admin-rule", when=when_words(turn, conditions.when), whether=whether_words(turn, conditions.whether)
    )


def _limits(turn: Turn, trigger: TriggerRecord) -> list[str]:
    """Say what is not as usual, but how often, which stands there already."""
    limits = limits_of(trigger)
    return [limit_words(turn, name, value) for name, value in limits.items() if name != Limit.once_per]


def _buttons(turn: Turn, trigger: TriggerRecord) -> tuple[Choice, ...]:
    switch = Action.pause if trigger.is_active else Action.resume
    actions = (Action.edit, switch, *_ACTIONS)
    choices = (
        Choice(button(action, trigger.number), turn.say("admin-button-do", action=action.value)) for action in actions
    )
    return (*choices, turn.choice(LIST, "admin-button-list"))
