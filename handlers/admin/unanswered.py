"""`/questions`: what guests asked and nothing written down answers, those together that ask alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.messages import Choice, OutgoingMessage
from bot.nlu.knowledge import KnowledgeIndex, index_of
from bot.nlu.likeness import group_alike
from bot.storage.repositories.knowledge import KnowledgeRecord
from bot.storage.repositories.questions import QuestionRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.paging import page_of, pages_for, turning
from handlers.base import Outcome, Turn
from handlers.information import as_item

PAGE = "ask:page:"
WRITE = "ask:write:"
DISMISS = "ask:dismiss:"
PER_PAGE = 5
# So many of the newest are grouped: more than anybody answers in a day.
MOST_READ = 300


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that ask alike in one language, the newest first."""

    questions: tuple[QuestionRecord, ...]

    @property
    def newest(self) -> QuestionRecord:
        return self.questions[0]

    @property
    def ids(self) -> tuple[UUID, ...]:
        return tuple(question.id for question in self.questions)

    @property
    def guests(self) -> int:
        return len({question.guest_id for question in self.questions})


async def open_groups(uow: UnitOfWork, now: datetime) -> list[QuestionGroup]:
    """Return what is still unanswered, what most guests ask first. An answer that was written since counts."""
    index = index_of_told(await uow.knowledge.all())
    newest = await uow.questions.newest(MOST_READ, now)
    return _grouped([question for question in newest if index.find(question.content).answer is None])


def index_of_told(records: Sequence[KnowledgeRecord]) -> KnowledgeIndex:
    """Return where to look up what guests are told already."""
    return index_of(tuple(as_item(record) for record in records if any(record.answers.values())))


def group_with(groups: Sequence[QuestionGroup], value: str) -> QuestionGroup | None:
    """Return the group that a question is in, by the question's id: groups have none, since they grow and part."""
    return next((group for group in groups if value in map(str, group.ids)), None)


class ListQuestions:
    """Shows the groups, five at a time, each with its two buttons."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> list[QuestionGroup]:
        return await open_groups(uow, turn.now)

    def think(self, turn: Turn, loaded: list[QuestionGroup]) -> Outcome:
        return Outcome((shown(turn, loaded, page_of((turn.pressed or "").removeprefix(PAGE))),))


class DismissQuestions:
    """Forgets a group; asked again, it is there again."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> list[QuestionGroup]:
        return await open_groups(uow, turn.now)

    def think(self, turn: Turn, loaded: list[QuestionGroup]) -> Outcome:
        group = group_with(loaded, (turn.pressed or "").removeprefix(DISMISS))
        if group is None:
            return Outcome((turn.reply("admin-questions-gone"),))
        left = [one for one in loaded if one is not group]
        return Outcome((shown(turn, left),), effects=(Forget(group.ids),))


@dataclass(frozen=True, slots=True)
class Forget:
    """Take questions off the list."""

    question_ids: tuple[UUID, ...]

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        await uow.questions.remove(self.question_ids)
        return ()


def shown(turn: Turn, groups: Sequence[QuestionGroup], page: int = 1) -> OutgoingMessage:
    """Return a page of the list."""
    if not groups:
        return turn.reply("admin-questions-none")
    pages = pages_for(len(groups), PER_PAGE)
    page = min(page, pages)
    first = (page - 1) * PER_PAGE
    lines, choices = [], list[Choice]()
    for number, group in enumerate(groups[first : first + PER_PAGE], start=first + 1):
        newest = group.newest
        lines.append(
            turn.say(
                "admin-questions-line",
                number=str(number),
                guests=group.guests,
                language=newest.language,
                question=newest.content,
            )
        )
        choices.append(Choice(f"{WRITE}{newest.id}", turn.say("admin-button-answer", number=str(number))))
        choices.append(Choice(f"{DISMISS}{newest.id}", turn.say("admin-button-dismiss", number=str(number))))
    text = "\n\n".join([turn.say("admin-questions-title", count=len(groups)), *lines])
    return OutgoingMessage(text, choices=(*choices, *turning(turn, PAGE, page, pages)))


def _grouped(newest: Sequence[QuestionRecord]) -> list[QuestionGroup]:
    groups = []
    for language in sorted({question.language for question in newest}):
        own = [question for question in newest if question.language == language]
        groups += [
            QuestionGroup(tuple(own[place] for place in places))
            for places in group_alike([question.content for question in own])
        ]
    return sorted(groups, key=lambda group: -group.guests)
