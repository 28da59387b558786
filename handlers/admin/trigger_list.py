"""The list of a hotel's triggers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.messages import Choice, OutgoingMessage
from bot.storage.repositories.ledger import Tally
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.paging import page_of, pages_for, turning
from handlers.admin.pausing import PAUSE_ALL
from handlers.admin.words import rejection_words, when_words
from handlers.base import Outcome, Turn
from triggers.rejections import RejectedTrigger
from triggers.rules import read

PAGE = "trg:page:"
NEW = "new:begin"
PER_PAGE = 10
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Listed:
    """All rules, and how each did."""

    triggers: list[TriggerRecord]
    tallies: dict[UUID, Tally]


class ListTriggers:
    """Shows every trigger in a line or two, ten at a time."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> Listed:
        return Listed(await uow.triggers.all(), await uow.ledger.tally(turn.now - LATELY))

    def think(self, turn: Turn, loaded: Listed) -> Outcome:
        create = turn.choice(NEW, "admin-button-new")
        if not loaded.triggers:
            return Outcome((turn.reply("admin-list-empty", create),))
        pages = pages_for(len(loaded.triggers), PER_PAGE)
        page = min(page_of((turn.pressed or "").removeprefix(PAGE)), pages)
        shown = loaded.triggers[(page - 1) * PER_PAGE : page * PER_PAGE]
        lines = [_line(turn, trigger, loaded.tallies.get(trigger.id, Tally())) for trigger in shown]
        title = turn.say("admin-list-title", count=len(loaded.triggers), page=page, pages=pages)
        text = "\n\n".join([title, *lines, turn.say("admin-list-how")])
        return Outcome(
            (OutgoingMessage(text, choices=(*turning(turn, PAGE, page, pages), create, *_pausing(turn, loaded))),)
        )


def _pausing(turn: Turn, listed: Listed) -> tuple[Choice, ...]:
    is_any_running = any(trigger.is_active for trigger in listed.triggers)
    return (turn.choice(PAUSE_ALL, "admin-button-pause-all"),) if is_any_running else ()


def _line(turn: Turn, trigger: TriggerRecord, tally: Tally) -> str:
    try:
        when = when_words(turn, read(trigger).conditions.when)
    except RejectedTrigger as error:
        when = rejection_words(turn, error)
    return turn.say(
        "admin-list-line",
        number=str(trigger.number),
        name=trigger.name,
        active="yes" if trigger.is_active else "no",
        when=when,
        planned=tally.planned,
        fired=tally.fired,
        skipped=tally.skipped,
    )
