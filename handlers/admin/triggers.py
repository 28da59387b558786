"""`/trigger N`, `/trigger N pause|resume|delete`, and the buttons below a trigger."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import OutgoingMessage
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.trigger_card import (
    DELETE,
    PAUSE,
    PRESS,
    RESUME,
    SHOW,
    SURELY_DELETE,
    Found,
    card,
    find_trigger,
    gone,
)
from handlers.admin.trigger_changes import Remove, Switch
from handlers.base import Outcome, Turn
from handlers.filters import arguments_of
from triggers.engine import Engine

# What an admin may write for each action.
_ACTIONS = {
    SHOW: {"", "show", "покажи", "показать"},
    PAUSE: {"pause", "stop", "off", "пауза", "стоп", "останови", "остановить", "выключи", "выключить"},
    RESUME: {"resume", "start", "on", "включи", "включить", "возобнови", "возобновить"},
    DELETE: {"delete", "remove", "удали", "удалить"},
}
_LARGEST_NUMBER = 10**6


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with the trigger of this number."""

    action: str
    number: int


def number_of(word: str) -> int | None:
    """Return the number of a trigger as somebody wrote it: 3, #3, №3."""
    digits = word.lstrip("#№")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 9
    return int(digits) if is_number and int(digits) < _LARGEST_NUMBER else None


def wish_of(turn: Turn) -> Wish | None:
    """Return what the command or the button asks for; None when it can't be understood."""
    if turn.pressed is not None:
        action, _, word = turn.pressed.removeprefix(PRESS).partition(":")
        number = number_of(word)
        return Wish(action, number) if number is not None else None
    first, _, rest = arguments_of(turn.text).partition(" ")
    number, wanted = number_of(first), rest.strip().casefold()
    asked = next((name for name, words in _ACTIONS.items() if wanted in words), None)
    return Wish(asked, number) if number is not None and asked is not None else None


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
        match wish.action:
            case "pause" | "resume":
                return Outcome(effects=(Switch(self._engine, trigger.id, wish.action == RESUME),))
            case "delete":
                return Outcome((_asked_again(turn, loaded),))
            case "surely":
                return Outcome(effects=(Remove(self._engine, trigger.id),))
            case _:
                return Outcome((card(turn, trigger, loaded.planned),))


def _asked_again(turn: Turn, found: Found) -> OutgoingMessage:
    assert found.trigger is not None, "asked before"
    number = found.trigger.number
    return turn.reply(
        "admin-delete-ask",
        turn.choice(f"{PRESS}{SURELY_DELETE}:{number}", "admin-button-surely"),
        turn.choice(f"{PRESS}{SHOW}:{number}", "admin-button-keep"),
        name=found.trigger.name,
        planned=found.planned,
    )
