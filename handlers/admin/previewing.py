"""`/trigger N preview`: whom a trigger fits now, and what it has planned for the next days."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import OutgoingMessage
from bot.storage.repositories.ledger import PlannedRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.explaining import reason_words
from handlers.admin.paging import page_of, pages_for, turning
from handlers.admin.trigger_card import gone
from handlers.admin.wishes import Action, button, wish_of
from handlers.admin.words import beside_words, mistake_words, moment_words
from handlers.base import Outcome, Turn
from triggers.preview import AHEAD, Match, Preview, look_ahead
from triggers.rules import read

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Looked:
    """The trigger, and what it is about to do; None for one that is gone, or can't be read."""

    trigger: TriggerRecord | None
    preview: Preview | None = None


class PreviewTrigger:
    """Says whom a trigger fits and what is planned, so many lines at a time."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> Looked:
        wish = wish_of(turn)
        trigger = await uow.triggers.by_number(wish.number) if wish else None
        if trigger is None or mistake_words(turn, trigger):
            return Looked(trigger)
        skipped = (_page(turn) - 1) * PER_PAGE
        return Looked(trigger, await look_ahead(uow, turn.hotel, trigger, turn.now, skipped, PER_PAGE))

    def think(self, turn: Turn, loaded: Looked) -> Outcome:
        if loaded.trigger is None:
            return Outcome((gone(turn),))
        if loaded.preview is None:
            return Outcome((OutgoingMessage(mistake_words(turn, loaded.trigger)),))
        return Outcome((_answer(turn, loaded.trigger, loaded.preview),))


def _page(turn: Turn) -> int:
    wish = wish_of(turn)
    return page_of(wish.detail if wish else "")


def _answer(turn: Turn, trigger: TriggerRecord, preview: Preview) -> OutgoingMessage:
    page = _page(turn)
    pages = pages_for(max(len(preview.matches), preview.planned_count), PER_PAGE)
    title = turn.say("admin-preview-title", number=str(trigger.number), name=trigger.name)
    beside = beside_words(turn, trigger.actions)
    blocks = (
        (title,) if trigger.is_active else (title, turn.say("admin-why-paused")),
        *([(beside,)] if beside else []),
        _matches(turn, trigger, preview, page),
        (
            turn.say("admin-preview-planned", count=preview.planned_count, days=AHEAD.days),
            *(planned_words(turn, one) for one in preview.planned),
        ),
    )
    text = "\n\n".join("\n".join(block) for block in blocks)
    show = turn.choice(button(Action.show, trigger.number), "admin-button-show")
    choices = turning(turn, f"{button(Action.preview, trigger.number)}:", page, pages)
    return OutgoingMessage(text, choices=(*choices, show))


def _matches(turn: Turn, trigger: TriggerRecord, preview: Preview, page: int) -> tuple[str, ...]:
    if read(trigger).asks_about_message():
        return (turn.say("admin-preview-message"),)
    matches = preview.matches[(page - 1) * PER_PAGE : page * PER_PAGE]
    title = turn.say("admin-preview-matches", count=len(preview.matches), stays=preview.stays)
    return (title, *(_match_line(turn, one) for one in matches))


def _match_line(turn: Turn, match: Match) -> str:
    return turn.say(
        "admin-preview-match",
        guest=match.guest or turn.say("admin-guest-nameless"),
        booking=match.stay.external_id,
        held="yes" if match.obstacle else "no",
        reason=reason_words(turn, match.obstacle) if match.obstacle else "",
    )


def planned_words(turn: Turn, planned: PlannedRecord) -> str:
    """Say when a planned message is due, and for whom."""
    return turn.say(
        "admin-preview-line",
        time=moment_words(turn, planned.due_at),
        guest=planned.guest or turn.say("admin-guest-nameless"),
        booking=planned.booking or turn.say("admin-value-unknown"),
    )
