"""`/trigger new` and `/trigger N edit`: a trigger made or changed step by step; a new one in one line, too.

The draft lives in the conversation until it is saved or cancelled, so the dialogue can be left for any other
command and taken up again. A button of an earlier step changes that answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.answers import ROOM_TYPE, check_here, check_whole, draft_of, read_short_form, take
from handlers.admin.draft import Draft, Question, dropped
from handlers.admin.phrases import Unclear
from handlers.admin.questions import (
    ASK_ROOM_TYPE,
    CANCEL,
    CHANGE_ANSWER,
    CHANGEABLE,
    PRESS,
    SAVE,
    House,
    ask,
    suggested_name,
)
from handlers.admin.trigger_card import gone
from handlers.admin.trigger_changes import Create, Update
from handlers.admin.trigger_list import NEW
from handlers.admin.wishes import wish_of
from handlers.admin.words import rejection_words
from handlers.base import Outcome, Turn
from handlers.filters import arguments_of, command_of
from handlers.menu import AT_REST
from triggers.engine import Engine
from triggers.premises import survey
from triggers.rejections import RejectedTrigger

STATES = "admin:new:"
_MOST_ROOM_TYPES = 6


async def load_house(uow: UnitOfWork, turn: Turn) -> House:
    """Read what questions and answers need of the hotel. A trigger that is changed may keep its name."""
    draft = Draft.of(turn.context)
    changed = draft.number if draft else None
    names = frozenset(one.name.lower() for one in await uow.triggers.all() if one.number != changed)
    premises = await survey(uow, turn.hotel, turn.now)
    return House(premises, names, await _room_types(uow, turn) if _asks_room_type(turn) else ())


async def _room_types(uow: UnitOfWork, turn: Turn) -> tuple[str, ...]:
    """Return the types that most of the present and coming stays have."""
    types: Counter[str] = Counter()
    async for stays in uow.stays.pages_open_at(turn.now):
        types.update(stay.room_type for stay in stays if stay.room_type)
    return tuple(name for name, _ in types.most_common(_MOST_ROOM_TYPES))


def _asks_room_type(turn: Turn) -> bool:
    draft = Draft.of(turn.context)
    return turn.pressed == ASK_ROOM_TYPE or (draft is not None and draft.asked_field == ROOM_TYPE)


class BeginTrigger:
    """Begins a draft or goes on with the one there is; with everything in one line, saves it at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> House:
        return await load_house(uow, turn)

    def think(self, turn: Turn, loaded: House) -> Outcome:
        _, _, line = arguments_of(turn.text).partition(" ")
        if turn.pressed is None and line.strip():
            return self._save_line(turn, line, loaded)
        draft = Draft.of(turn.context)
        if draft is None:
            return _asking(turn, Draft(), loaded)
        return _asking(turn, draft, loaded, turn.say("admin-new-go-on"))

    def _save_line(self, turn: Turn, line: str, house: House) -> Outcome:
        try:
            draft = read_short_form(line)
            check_here(draft, house.premises)
        except Unclear as error:
            return Outcome((turn.reply("admin-short-unclear", phrase=_shown(error.phrase)),))
        except RejectedTrigger as error:
            return Outcome((turn.reply("admin-short-rejected", problem=rejection_words(turn, error)),))
        if draft.name.lower() in house.names:
            return Outcome((turn.reply("admin-name-taken", name=draft.name),))
        return Outcome(effects=(Create(self._engine, draft),))


@dataclass(frozen=True, slots=True)
class Begun:
    """The trigger that is to be changed, None where there is none, and what questions need."""

    trigger: TriggerRecord | None
    house: House


class BeginEdit:
    """Begins a draft from a trigger, or goes on with the one there is: what was begun is not lost for another."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> Begun:
        wish = wish_of(turn)
        trigger = await uow.triggers.by_number(wish.number) if wish else None
        return Begun(trigger, await load_house(uow, turn))

    def think(self, turn: Turn, loaded: Begun) -> Outcome:
        if loaded.trigger is None:
            return Outcome((gone(turn),))
        draft = Draft.of(turn.context)
        if draft is None:
            return _asking(turn, draft_of(loaded.trigger), loaded.house)
        return _asking(turn, draft, loaded.house, turn.say("admin-new-go-on"))


class TakeAnswer:
    """Takes an answer, written or pressed, and asks the next question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> House:
        return await load_house(uow, turn)

    def think(self, turn: Turn, loaded: House) -> Outcome:
        draft = Draft.of(turn.context)
        if draft is None:
            return Outcome((turn.reply("admin-new-nothing", turn.choice(NEW, "admin-button-new")),), state=AT_REST)
        if turn.pressed == SAVE:
            return self._save(turn, draft, loaded)
        if turn.pressed is not None and turn.pressed.startswith(CHANGE_ANSWER):
            part = turn.pressed.removeprefix(CHANGE_ANSWER)
            return _asking(turn, draft.without(Question(part)) if part in CHANGEABLE else draft, loaded)
        return _answered(turn, draft, loaded)

    def _save(self, turn: Turn, draft: Draft, house: House) -> Outcome:
        if draft.question is not Question.confirm:
            return _asking(turn, draft, house)
        if draft.name.lower() in house.names:
            note = turn.say("admin-name-taken", name=draft.name)
            return _asking(turn, draft.without(Question.name), house, note)
        try:
            check_whole(draft)
            check_here(draft, house.premises)
        except RejectedTrigger as error:
            return _asking(turn, draft, house, rejection_words(turn, error))
        effect = Update(self._engine, draft) if draft.number else Create(self._engine, draft)
        return Outcome(state=AT_REST, context=dropped(turn.context), effects=(effect,))


class CancelDraft:
    """Leaves the dialogue for good."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> None:
        return None

    def think(self, turn: Turn, loaded: None) -> Outcome:
        key = "admin-cancelled" if Draft.of(turn.context) else "admin-nothing-to-cancel"
        return Outcome((turn.reply(key),), state=AT_REST, context=dropped(turn.context))


def is_answer(turn: Turn) -> bool:
    """Whether an admin answers the dialogue in their own words."""
    return turn.state.startswith(STATES) and turn.message.press is None and command_of(turn.text) is None


def is_cancel(turn: Turn) -> bool:
    """Whether the dialogue is to be left."""
    return turn.pressed == CANCEL or command_of(turn.text) == "cancel"


def _answered(turn: Turn, draft: Draft, house: House) -> Outcome:
    question, answer = _answer(turn, draft)
    if question is Question.name:
        if turn.pressed is not None and draft.when is not None:
            answer = suggested_name(turn, draft, house)
        if answer.strip().lower() in house.names:
            return _asking(turn, draft, house, turn.say("admin-name-taken", name=_shown(answer)))
    try:
        taken = take(draft, question, answer)
        if (taken.conditions, taken.limits) != (draft.conditions, draft.limits):
            check_here(taken, house.premises)
        return _asking(turn, taken, house)
    except Unclear as error:
        phrase = _shown(error.phrase)
        return _asking(turn, draft, house, turn.say("admin-new-unclear", question=question.value, phrase=phrase))
    except RejectedTrigger as error:
        return _asking(turn, draft, house, rejection_words(turn, error))


def _answer(turn: Turn, draft: Draft) -> tuple[Question, str]:
    """Return which question was answered and how: a button names its own, words are for the latest."""
    if turn.pressed is not None and turn.pressed.startswith(PRESS):
        name, _, answer = turn.pressed.removeprefix(PRESS).partition(":")
        if name in frozenset(Question):
            return Question(name), answer
    return draft.question, turn.text


def _asking(turn: Turn, draft: Draft, house: House, note: str = "") -> Outcome:
    return Outcome(
        (ask(turn, draft, house, note),), state=f"{STATES}{draft.question}", context=draft.kept_in(turn.context)
    )


def _shown(phrase: str) -> str:
    return phrase if len(phrase) <= 100 else f"{phrase[:99]}…"
