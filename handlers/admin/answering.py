"""Writing an answer to what guests asked: the question is filled in, the admin writes what the hotel says to it.

What is being written lives in the conversation until it is saved or left, as a trigger's draft does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.nlu.tokens import tokenise
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.draft import free_name
from handlers.admin.unanswered import WRITE, QuestionGroup, group_with, index_of_told, open_groups
from handlers.base import Outcome, Reply, Turn
from handlers.filters import command_of
from handlers.menu import AT_REST

PRESS = "answer:"
# Behind that which saves stands which question it is for: the button of an earlier one saves nothing.
SAVE, REWORD, LEAVE = f"{PRESS}save", f"{PRESS}reword", f"{PRESS}leave"
STATES = "admin:answer:"
_ANSWER, _QUESTION = f"{STATES}answer", f"{STATES}question"
_KEY = "answer_draft"
_LONGEST_ANSWER, _LONGEST_QUESTION, _LONGEST_NAME = 2000, 200, 60
# The other ways in which guests asked the same are ways to ask it from now on, too.
_MOST_WORDINGS = 5


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """A question as guests will read it, in `language`, and what is said to it so far.

    `wordings` are the other ways in which guests asked it, and `question_ids` those whom it takes off the list: what
    the admin was shown, whatever is asked meanwhile.
    """

    question: str
    language: str
    wordings: tuple[str, ...]
    question_ids: tuple[str, ...]
    answer: str = ""

    @property
    def save(self) -> str:
        """The value of the button that saves it."""
        return f"{SAVE}:{self.question_ids[0]}"

    def kept_in(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return a conversation's context with this draft in it."""
        return {**context, _KEY: asdict(self)}

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> AnswerDraft | None:
        """Return the draft that a conversation keeps; one that another release began is none."""
        kept = context.get(_KEY)
        if not kept or kept.keys() != {one.name for one in fields(cls)}:
            return None
        lists = {name: tuple(kept[name]) for name in ("wordings", "question_ids")}
        return cls(**{**kept, **lists})

    @classmethod
    def for_group(cls, group: QuestionGroup) -> AnswerDraft:
        """Begin an answer to what these guests asked."""
        question = group.newest.content[:_LONGEST_QUESTION]
        others = dict.fromkeys(one.content for one in group.questions if one.content != question)
        return cls(question, group.newest.language, tuple(others)[:_MOST_WORDINGS], tuple(map(str, group.ids)))


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """Write an answer down, and take the questions that it is for off the list. Nobody who asked is written to. What
    another admin has answered meanwhile stays so: two answers to one question are none."""

    draft: AnswerDraft

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        draft, known = self.draft, await uow.knowledge.all()
        if index_of_told(known).find(draft.question).answer is not None:
            return (turn.reply("admin-answer-before", question=draft.question),)
        taken = {record.intent.lower() for record in known}
        intent = free_name(_name(draft.question), taken)
        await uow.knowledge.save(
            intent, {draft.language: [draft.question, *draft.wordings]}, {draft.language: draft.answer}
        )
        await uow.questions.remove([UUID(one) for one in draft.question_ids])
        await uow.audits.add(
            "knowledge.save",
            f"The answer {intent} was written",
            turn.now,
            user_id=turn.user.id if turn.user else None,
            correlation_id=turn.correlation_id,
        )
        return (turn.reply("admin-answer-saved", question=draft.question),)


class BeginAnswer:
    """Fills the question in and asks for the answer."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> list[QuestionGroup]:
        return await open_groups(uow, turn.now)

    def think(self, turn: Turn, loaded: list[QuestionGroup]) -> Outcome:
        asked = (turn.pressed or "").removeprefix(WRITE)
        group = group_with(loaded, asked)
        if group is None:
            return Outcome((turn.reply("admin-questions-gone"),))
        return _asking(turn, AnswerDraft.for_group(group))


class TakeAnswerText(Reply):
    """Takes the answer, or the question in other words, and shows both."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        draft = AnswerDraft.of(turn.context)
        if draft is None:
            return Outcome((turn.reply("admin-answer-nothing"),), state=AT_REST)
        if turn.pressed == REWORD:
            choices = (turn.choice(LEAVE, "admin-button-cancel"),)
            return Outcome((turn.reply("admin-answer-reword", *choices, question=draft.question),), state=_QUESTION)
        text, most = turn.text.strip(), _LONGEST_QUESTION if turn.state == _QUESTION else _LONGEST_ANSWER
        if not 0 < len(text) <= most:
            return _asking(turn, draft, turn.say("admin-answer-length", most=most))
        changed = replace(draft, question=text) if turn.state == _QUESTION else replace(draft, answer=text)
        return _asking(turn, changed)


class SaveAnswer(Reply):
    """Writes down what was shown."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        draft = AnswerDraft.of(turn.context)
        if draft is None:
            return Outcome((turn.reply("admin-answer-nothing"),), state=AT_REST)
        if not draft.answer or turn.pressed != draft.save:
            return _asking(turn, draft)
        return Outcome(state=AT_REST, context=_dropped(turn.context), effects=(WriteAnswer(draft),))


class LeaveAnswer(Reply):
    """Leaves the dialogue; the question stays on the list."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((turn.reply("admin-answer-left"),), state=AT_REST, context=_dropped(turn.context))


def writes_answer(turn: Turn) -> bool:
    """Whether an admin says something in this dialogue in their own words."""
    return turn.state.startswith(STATES) and turn.message.press is None and command_of(turn.text) is None


def leaves_answer(turn: Turn) -> bool:
    """Whether the dialogue is to be left."""
    is_cancel = turn.state.startswith(STATES) and command_of(turn.text) == "cancel"
    return is_cancel or turn.pressed == LEAVE


def _asking(turn: Turn, draft: AnswerDraft, note: str = "") -> Outcome:
    key = "admin-answer-preview" if draft.answer else "admin-answer-ask"
    text = turn.say(key, question=draft.question, language=draft.language, answer=draft.answer)
    if draft.wordings:
        wordings = "\n".join(f"• {one}" for one in draft.wordings)
        text = f"{text}\n\n{turn.say('admin-answer-wordings')}\n{wordings}"
    save = (turn.choice(draft.save, "admin-button-save"),) if draft.answer else ()
    choices = (*save, turn.choice(REWORD, "admin-button-reword"), turn.choice(LEAVE, "admin-button-cancel"))
    reply = OutgoingMessage(f"{note}\n\n{text}" if note else text, choices=choices)
    return Outcome((reply,), state=_ANSWER, context=draft.kept_in(turn.context))


def _dropped(context: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in context.items() if key != _KEY}


def _name(question: str) -> str:
    """Return a short name for an answer: its question's words."""
    words = (token.word for token in tokenise(question) if token.word[0].isalnum())
    return "_".join(words)[:_LONGEST_NAME] or "question"
