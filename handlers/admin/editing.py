"""`/trigger 3 edit once_per=guest, cooldown=7d` or `/trigger 3 edit ru: Добро пожаловать!`: a change in one line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.answers import check_here, check_whole, draft_of, read_change
from handlers.admin.phrases import Unclear
from handlers.admin.trigger_card import gone
from handlers.admin.trigger_changes import Update
from handlers.admin.wishes import WORDS, Action, number_of
from handlers.admin.words import rejection_words
from handlers.base import Outcome, Turn
from handlers.filters import arguments_of, command_of
from triggers.engine import Engine
from triggers.premises import Premises, survey
from triggers.rejections import RejectedTrigger

_LINE = re.compile(r"(\S+)\s+(\S+)\s+(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be changed of the trigger with this number, as it was written."""

    number: int
    change: str


@dataclass(frozen=True, slots=True)
class Found:
    """The trigger, None where there is none, and what the hotel has."""

    trigger: TriggerRecord | None
    premises: Premises


class EditInOneLine:
    """Changes a trigger at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> Found:
        line = _line_of(turn)
        trigger = await uow.triggers.by_number(line.number) if line else None
        return Found(trigger, await survey(uow, turn.hotel, turn.now))

    def think(self, turn: Turn, loaded: Found) -> Outcome:
        line = _line_of(turn)
        if line is None or loaded.trigger is None:
            return Outcome((gone(turn),))
        try:
            draft = read_change(draft_of(loaded.trigger), line.change)
            check_whole(draft)
            check_here(draft, loaded.premises)
        except Unclear as error:
            return Outcome((turn.reply("admin-edit-unclear", phrase=error.phrase[:100]),))
        except RejectedTrigger as error:
            return Outcome((turn.reply("admin-short-rejected", problem=rejection_words(turn, error)),))
        return Outcome(effects=(Update(self._engine, draft),))


def edits_in_one_line(turn: Turn) -> bool:
    """Whether a trigger is to be changed, and the change is said already."""
    return turn.pressed is None and command_of(turn.text) == "trigger" and _line_of(turn) is not None


def _line_of(turn: Turn) -> Line | None:
    found = _LINE.fullmatch(arguments_of(turn.text).strip())
    if found is None:
        return None
    # Either order is said, as of all that is done with a trigger.
    first, second = found[1].casefold(), found[2].casefold()
    word, number = (second, number_of(first)) if number_of(first) is not None else (first, number_of(second))
    return Line(number, found[3]) if number is not None and word in WORDS[Action.edit] else None
