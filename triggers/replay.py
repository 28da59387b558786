"""A guest's past, played again with one trigger: planned, fired and postponed as the engine does, by the same parts.

Where the engine writes a row of the table, a replay remembers it; nothing leaves, and nothing is stored. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from bot.storage.repositories.firings import NewFiring
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from models.enums import FiringStatus
from triggers.actions import Action, tags_after
from triggers.base import Change, Cron, Event, Reason, Verdict
from triggers.changes import look
from triggers.dossiers import Dossier, nearest_stay
from triggers.firing import Decision, Present, Question, decide
from triggers.happenings import Happening, StayChange, happenings_of, holds, message_events, message_facts
from triggers.past import GuestLife
from triggers.planning import HORIZON, Key, Occasion, comes_late, key_of, wanted_times
from triggers.raising import event_firing, waiting_for
from triggers.rules import Rule

_NOBODY = "try"
# A crontab rule is planned anew well before its horizon comes near.
_PLANNED_EVERY = HORIZON / 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What is played: which rule, as one that runs, in which hotel, from when to when."""

    hotel: HotelRecord
    rule: Rule
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class TriedLine:
    """What would have been decided for a guest; `channel` is that of a message which would have gone, `actions` are
    those that would have been done beside it."""

    at: datetime
    guest: str | None
    booking: str | None
    verdict: Verdict
    channel: str | None
    is_estimate: bool
    actions: tuple[Action, ...] = ()


@dataclass(slots=True)
class _Row:
    """A line of the remembered table: open until it is decided, and then final if it fired."""

    firing: NewFiring
    is_open: bool = True
    is_postponed: bool = False
    has_fired: bool = False
    done: tuple[Action, ...] = ()


class Replay:
    """One guest's past. What the trigger itself really sent in that time does not count; what it sent before does."""

    def __init__(self, scene: Scene, life: GuestLife) -> None:
        self._scene = scene
        self._life = life
        self._rule = scene.rule
        own = scene.rule.record.id
        self._got = [(one.trigger, one.at) for one in life.fired if one.trigger_id != own or one.at < scene.since]
        self._sent = {
            (own, one.subject, one.occurrence) for one in life.fired if one.trigger_id == own and one.at < scene.since
        }
        self._table: dict[Key, _Row] = {}
        self._held: set[Key] = set()
        self._tagging: tuple[Action, ...] = ()

    def play(self) -> Iterator[TriedLine]:
        """Yield every decision, in the order of time."""
        for moment, following in pairwise([*self._moments(), self._scene.until]):
            yield from self._plan(moment)
            yield from self._fire(moment, following)

    def _moments(self) -> list[datetime]:
        """Return when something has to be planned anew: whatever changed, was said, or came into sight."""
        since, until = self._scene.since, self._scene.until
        moments = {since, *self._life.moments(), *(one.at for one in self._life.heard)}
        moments |= {life.past.known_since for life in self._life.stays}
        if isinstance(self._rule.conditions.when, Cron):
            moments |= {since + _PLANNED_EVERY * count for count in range((until - since) // _PLANNED_EVERY + 1)}
        return sorted(moment for moment in moments if since <= moment < until)

    def _plan(self, moment: datetime) -> Iterator[TriedLine]:
        match self._rule.conditions.when:
            case Event():
                yield from self._raise(moment)
            case Change():
                yield from self._look(moment)
            case _:
                yield from self._plan_times(moment)

    def _plan_times(self, moment: datetime) -> Iterator[TriedLine]:
        before = {key: row.firing for key, row in self._table.items() if row.is_open}
        wanted = wanted_times(self._occasion(moment), [self._rule], self._life.stays_at(moment), before)
        self._drop(lambda key: key not in wanted)
        for firing in wanted.values():
            # What was due before the time that is played was decided before it.
            if firing.due_at >= self._scene.since and not self._is_told_later(firing, moment):
                yield from self._put(firing, moment)

    def _is_told_later(self, firing: NewFiring, moment: datetime) -> bool:
        """Whether the stay became known only after the moment of its message, but in time: then it still went."""
        life = self._life.stay(firing.stay_id)
        told_at = life.past.created_at if life else moment
        return moment < told_at and firing.due_at < told_at <= firing.useful_until

    def _look(self, moment: datetime) -> Iterator[TriedLine]:
        dossier = self._dossier(moment, None)
        stays = [stay for stay in dossier.stays if self._is_known(stay.id, moment)]
        looked = look(self._occasion(moment), [self._rule], stays, {self._life.now.id: dossier})
        held = {key: seen.firing for key, seen in looked.items() if seen.held}
        news = held.keys() - self._held
        self._held = set(held)
        self._drop(lambda key: key not in held)
        # Where the past begins, or begins to be kept, nobody knows for how long the conditions have held.
        if moment != self._scene.since and not self._begins_to_be_kept(moment):
            for key in news:
                yield from self._put(held[key], moment, is_news=True)

    def _is_known(self, stay_id: UUID | None, moment: datetime) -> bool:
        life = self._life.stay(stay_id)
        return life is None or life.is_known_at(moment)

    def _begins_to_be_kept(self, moment: datetime) -> bool:
        return any(life.past.created_at < life.past.known_since == moment for life in self._life.stays)

    def _raise(self, moment: datetime) -> Iterator[TriedLine]:
        occasion = self._occasion(moment)
        stays = {stay.id: stay for stay in self._life.stays_at(moment)}
        self._drop(lambda key: self._is_untrue(self._table[key].firing, stays))
        for rule, when, happening in waiting_for([self._rule], self._happenings(moment)):
            stay = stays.get(happening.stay_id) if happening.stay_id else None
            firing = event_firing(occasion, rule, when, happening, stay)
            if firing.useful_until > moment and (stay is None or holds(when.event, stay)):
                yield from self._put(firing, moment, is_news=True)

    def _is_untrue(self, firing: NewFiring, stays: Mapping[UUID, StayRecord]) -> bool:
        """Whether what happened is not so any more with the stay that a firing is about."""
        when, stay = self._rule.conditions.when, stays.get(firing.stay_id) if firing.stay_id else None
        return isinstance(when, Event) and stay is not None and not holds(when.event, stay)

    def _happenings(self, moment: datetime) -> Sequence[Happening]:
        changes = [change for life in self._life.stays if (change := life.change_at(moment)) is not None]
        found = happenings_of([StayChange(*change) for change in changes], _NOBODY)
        stay = nearest_stay([stay for stay in self._life.stays_at(moment) if self._is_known(stay.id, moment)], moment)
        for one in self._life.heard:
            if one.at == moment:
                facts = message_facts(one.text, one.score, one.mood, one.intent)
                guest_id, stay_id = self._life.now.id, stay.id if stay else None
                found += [Happening(name, guest_id, stay_id, _NOBODY, facts) for name in message_events(one.mood)]
        return found

    def _put(self, firing: NewFiring, moment: datetime, *, is_news: bool = False) -> Iterator[TriedLine]:
        """Plan a firing as the table would: what fired stays so, what came to nothing waits for another chance."""
        key, row = key_of(firing), self._table.get(key_of(firing))
        if key in self._sent or (row is not None and not self._yields(row, firing, moment, is_news=is_news)):
            return
        is_late = comes_late(self._rule, firing, moment) and not (row and row.firing.due_at == firing.due_at)
        self._table[key] = _Row(firing, is_open=not is_late)
        if is_late:
            yield self._line(firing, moment, Decision(Verdict(FiringStatus.skipped, Reason.came_late)))

    def _yields(self, row: _Row, firing: NewFiring, moment: datetime, *, is_news: bool) -> bool:
        if row.has_fired or (row.is_open and is_news):
            return False
        if row.is_open:
            return not (row.is_postponed and row.firing.useful_until == firing.useful_until)
        return is_news or firing.due_at > moment

    def _drop(self, is_unwanted: Callable[[Key], bool]) -> None:
        """Cancel what is planned and no longer wanted."""
        self._table = {key: row for key, row in self._table.items() if not (row.is_open and is_unwanted(key))}

    def _fire(self, moment: datetime, following: datetime) -> Iterator[TriedLine]:
        """Decide what falls due before the next change, in the order of time."""
        while True:
            due = [row for row in self._table.values() if row.is_open and row.firing.due_at < following]
            if not due:
                return
            row = min(due, key=lambda one: one.firing.due_at)
            at = max(row.firing.due_at, moment)
            decision = self._decide(row, at)
            row.done += decision.actions
            if self._is_known(row.firing.stay_id, at):
                self._tagging += decision.actions
            if decision.postponed_to is not None:
                row.firing, row.is_postponed = replace(row.firing, due_at=decision.postponed_to), True
                continue
            # Of a stay that nobody knew yet nothing would have gone: such a line stands in nothing's way.
            row.is_open, row.has_fired = False, decision.verdict.fires and self._is_known(row.firing.stay_id, at)
            if row.has_fired:
                self._got.append((self._rule.record.name, at))
            yield replace(self._line(row.firing, at, decision), actions=row.done)

    def _decide(self, row: _Row, at: datetime) -> Decision:
        firing = row.firing
        question = Question(firing.stay_id, firing.event, firing.useful_until, bool(row.done))
        present = Present(self._scene.hotel, at)
        return decide(present, self._rule.record, self._dossier(at, firing.stay_id), question)

    def _dossier(self, at: datetime, stay_id: UUID | None) -> Dossier:
        """Return what was known then, with the tags that the trigger itself would have changed by then."""
        dossier = self._life.dossier(at, self._occasion(at).zone, self._got, stay_id)
        return dossier.tagged(tags_after(dossier.guest.tags, self._tagging))

    def _line(self, firing: NewFiring, at: datetime, decision: Decision) -> TriedLine:
        stay = self._life.stay(firing.stay_id)
        # Whether a chat was open to us then was not kept.
        is_guess = decision.verdict.reason is Reason.unreachable and self._life.had_chat(at)
        return TriedLine(
            at=at,
            guest=self._life.now.name,
            booking=stay.now.external_id if stay else None,
            verdict=decision.verdict,
            channel=decision.reach.platform if decision.reach else None,
            is_estimate=is_guess or not self._life.is_kept(at, firing.stay_id),
        )

    def _occasion(self, moment: datetime) -> Occasion:
        return Occasion(self._scene.hotel, moment, _NOBODY)
