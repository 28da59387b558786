"""`/trigger N try`: who would have got a trigger's message in the last days, when, by which channel, and who not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.messages import OutgoingMessage
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.explaining import reason_words
from handlers.admin.paging import page_of, pages_for, turning
from handlers.admin.trigger_card import gone
from handlers.admin.wishes import Action, button, wish_of
from handlers.admin.words import event_words, mistake_words, moment_words
from handlers.base import Outcome, Turn
from triggers.base import Event
from triggers.replay import TriedLine
from triggers.rules import read
from triggers.trying import BACK, Tried, can_try, try_out

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Replayed:
    """The trigger, None where it is gone, and what it would have done; or why that can't be told."""

    trigger: TriggerRecord | None
    tried: Tried | None = None
    obstacle: str = ""


class TryTrigger:
    """Plays the past again with a trigger, and tells the outcome so many lines at a time."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> Replayed:
        wish = wish_of(turn)
        trigger = await uow.triggers.by_number(wish.number) if wish else None
        if trigger is None:
            return Replayed(None)
        if obstacle := _obstacle(turn, trigger):
            return Replayed(trigger, obstacle=obstacle)
        return Replayed(trigger, await try_out(uow, turn.hotel, trigger, turn.now))

    def think(self, turn: Turn, loaded: Replayed) -> Outcome:
        if loaded.trigger is None:
            return Outcome((gone(turn),))
        if loaded.tried is None:
            return Outcome((OutgoingMessage(loaded.obstacle),))
        return Outcome((_answer(turn, loaded.trigger, loaded.tried),))


def _obstacle(turn: Turn, trigger: TriggerRecord) -> str:
    """Say why a trigger can't be tried; nothing where it can."""
    if mistake := mistake_words(turn, trigger):
        return mistake
    when = read(trigger).conditions.when
    if can_try(when) or not isinstance(when, Event):
        return ""
    return turn.say("admin-try-not-kept", event=event_words(turn, when))


def _answer(turn: Turn, trigger: TriggerRecord, tried: Tried) -> OutgoingMessage:
    wish = wish_of(turn)
    pages = pages_for(len(tried.told), PER_PAGE)
    page = min(page_of(wish.detail if wish else ""), pages)
    lines = [_line(turn, line) for line in tried.told[(page - 1) * PER_PAGE : page * PER_PAGE]]
    title = turn.say("admin-try-title", number=str(trigger.number), name=trigger.name, days=BACK.days)
    blocks = [title, "\n".join(_summary(turn, tried)), "\n".join(lines)]
    show = turn.choice(button(Action.show, trigger.number), "admin-button-show")
    choices = turning(turn, f"{button(Action.attempt, trigger.number)}:", page, pages)
    return OutgoingMessage("\n\n".join(block for block in blocks if block), choices=(*choices, show))


def _summary(turn: Turn, tried: Tried) -> Iterator[str]:
    yield turn.say("admin-try-sent", count=tried.sent.total())
    if len(tried.sent) > 1:
        for channel, count in tried.sent.most_common():
            yield turn.say("admin-try-by-channel", channel=channel, count=count)
    if tried.held:
        yield turn.say("admin-try-held", count=tried.held.total())
        for reason, count in tried.held.most_common():
            yield turn.say("admin-try-because", count=count, reason=reason_words(turn, reason))
    if tried.beside:
        yield turn.say("admin-try-beside")
        for kind, count in tried.beside.most_common():
            does = turn.say("admin-action-kind", kind=kind.value)
            yield turn.say("admin-try-because", count=count, reason=does)
    if tried.estimates:
        yield turn.say("admin-try-estimates", count=tried.estimates)


def _line(turn: Turn, line: TriedLine) -> str:
    text = turn.say(
        "admin-try-line",
        time=moment_words(turn, line.at),
        guest=line.guest or turn.say("admin-guest-nameless"),
        booking=line.booking or turn.say("admin-value-unknown"),
        went="yes" if line.channel else "no",
        channel=turn.say("admin-channel", channel=line.channel or ""),
        reason=reason_words(turn, line.verdict.reason),
    )
    return f"{text} {turn.say('admin-try-estimate')}" if line.is_estimate else text
