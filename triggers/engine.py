"""The engine: plan · claim · fire · explain. Its memory is the table of firings, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bot.clock import Clock
from bot.notifications import Desk
from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import FiringStatus
from triggers.actions import Action
from triggers.base import Change, Event, Reason, Verdict
from triggers.changes import plan_changes
from triggers.dossiers import Dossier, nearest_stay, open_dossiers
from triggers.firing import Present, Question, decide
from triggers.handing_on import hand_on
from triggers.happenings import Happening, StayChange, happenings_of
from triggers.planning import Occasion, PlanDiff, diff_of, looks_back_to, plan_times
from triggers.raising import Waiting, plan_events, waiting_for, withdraw, withdraw_untrue
from triggers.rejections import RejectedTrigger
from triggers.rounds import Round
from triggers.rules import Rule, read, readable
from triggers.schedules import useful_until
from triggers.waiting import put_off_anew

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a guest got a trigger's message or did not.

    `firing` is the line of the ledger that it is about. The verdict is that line's; where nothing was decided yet it
    is what would be decided now, `scheduled` standing for a message that would go. `actions` are those that were, or
    would be, done beside the message.
    """

    verdict: Verdict
    firing: FiringRecord | None
    actions: tuple[Action, ...] = ()


class Engine:
    """Every method works inside the caller's unit of work and commits with it."""

    def __init__(self, clock: Clock, desk: Desk) -> None:
        self._clock = clock
        self._desk = desk

    async def take_changes(self, uow: UnitOfWork, changes: Sequence[StayChange], correlation_id: str) -> PlanDiff:
        """Stays were saved: raise what happened, and make the plan of their guests right."""
        rules = readable(await uow.triggers.all()) if changes else []
        # All stays of the guests: conditions may count them.
        guests = [stay.guest_id for one in changes for stay in (one.before, one.after) if stay]
        planned = await self._plan_guests(uow, rules, dict.fromkeys(guests, correlation_id))
        went_on = [
            one.after for one in changes if one.before and one.before.booking_status != one.after.booking_status
        ]
        withdrawn = await withdraw_untrue(uow, rules, went_on, self._clock.now())
        handed_on = await hand_on(uow, rules, changes, self._clock.now(), correlation_id)
        waiting = waiting_for(rules, happenings_of(changes, correlation_id))
        happened = PlanDiff(added=await self._plan_events(uow, waiting), cancelled=withdrawn)
        return planned + handed_on + happened

    async def plan_guests(self, uow: UnitOfWork, correlations: Mapping[UUID, str]) -> PlanDiff:
        """Guests became known better (language, tags, another's stays), each by the message or command of that
        correlation: look at their stays again."""
        rules = readable(await uow.triggers.all()) if correlations else []
        if any(isinstance(rule.conditions.when, Change) for rule in rules):
            # Where guest and stay change at the same moment, one of the two must see both.
            await uow.stays.keep_still(correlations)
        return await self._plan_guests(uow, rules, correlations)

    async def _plan_guests(
        self, uow: UnitOfWork, rules: Sequence[Rule], correlations: Mapping[UUID, str]
    ) -> PlanDiff:
        if not rules or not correlations:
            return PlanDiff()
        occasion = replace(await self._occasion(uow, next(iter(correlations.values()))), correlations=correlations)
        diff, guests = PlanDiff(), sorted(correlations)
        for start in range(0, len(guests), _AT_ONCE):
            stays = await uow.stays.of_guests(guests[start : start + _AT_ONCE])
            diff += await _plan(uow, occasion, rules, stays, is_stay_news=True)
        return diff

    async def plan_trigger(self, uow: UnitOfWork, trigger_id: UUID, correlation_id: str) -> PlanDiff:
        """A trigger was added, changed, paused, resumed or deleted: make its plan right.

        Raises RejectedTrigger for one that was never checked.
        """
        return await self.plan_triggers(uow, [trigger_id], correlation_id)

    async def plan_triggers(self, uow: UnitOfWork, trigger_ids: Collection[UUID], correlation_id: str) -> PlanDiff:
        """The same for several triggers, in one pass over the stays."""
        occasion = await self._occasion(uow, correlation_id)
        active = [one for one in await uow.triggers.all() if one.is_active and one.id in trigger_ids]
        diff = PlanDiff()
        for trigger_id in set(trigger_ids) - {one.id for one in active}:
            diff += diff_of(
                cancelled=await uow.firings.cancel_trigger(trigger_id, Reason.trigger_inactive, occasion.now)
            )
        return diff + await self._plan_all(uow, occasion, [read(one) for one in active])

    async def plan_hotel(self, uow: UnitOfWork, correlation_id: str) -> PlanDiff:
        """Crontab rules can see a day further: plan all times anew."""
        return await self._plan_hotel(uow, await self._occasion(uow, correlation_id))

    async def plan_by_new_times(self, uow: UnitOfWork, correlation_id: str) -> PlanDiff:
        """The hotel's zone or quiet hours were changed: plan all times anew, and let what waits for the morning wait
        for the right one."""
        occasion = await self._occasion(uow, correlation_id)
        return await self._plan_hotel(uow, occasion) + await put_off_anew(uow, occasion)

    async def _plan_hotel(self, uow: UnitOfWork, occasion: Occasion) -> PlanDiff:
        rules = readable(await uow.triggers.all())
        timed = [rule for rule in rules if not isinstance(rule.conditions.when, Change | Event)]
        return await self._plan_all(uow, occasion, timed)

    async def raise_events(self, uow: UnitOfWork, happenings: Sequence[Happening]) -> int:
        """Something happened: plan the triggers that wait for it; return how many are news."""
        rules = readable(await uow.triggers.all()) if happenings else []
        return await self._plan_events(uow, waiting_for(rules, happenings))

    async def _plan_events(self, uow: UnitOfWork, waiting: Sequence[Waiting]) -> int:
        return await plan_events(uow, await uow.hotels.get(), self._clock.now(), waiting) if waiting else 0

    async def note_reply(self, uow: UnitOfWork, guest_id: UUID) -> int:
        """Somebody takes care of a guest: nothing more is said of nobody having replied; return how many waited."""
        rules = readable(await uow.triggers.all())
        return await withdraw(uow, rules, "no_reply_for", guest_id, self._clock.now())

    async def fire_due(self, uow: UnitOfWork, limit: int) -> int:
        """Decide and act on up to `limit` due firings; return how many were settled."""
        now = self._clock.now()
        due = await uow.firings.claim_due(now, limit)
        if not due:
            return 0
        return await Round(uow, self._desk, await uow.hotels.get(), now, self._plan_tagged).settle(due)

    async def _plan_tagged(self, uow: UnitOfWork, correlations: Mapping[UUID, str]) -> PlanDiff:
        """Triggers changed the tags of guests. Those that this makes fire come with the next round; since none fires
        twice for a stay, triggers that tag for each other come to an end."""
        rules = readable(await uow.triggers.all())
        if any(isinstance(rule.conditions.when, Change) and rule.asks_about("guest.tags") for rule in rules):
            # Firings and guests are held here, and whoever saves stays locks them the other way round.
            await uow.stays.keep_still(correlations, waits=False)
            return await self._plan_guests(uow, rules, correlations)
        return PlanDiff()

    async def explain(self, uow: UnitOfWork, trigger: TriggerRecord, guest: GuestRecord) -> Explanation:
        """Return what the ledger says of the guest's present stay, or what would be decided now. Writes nothing."""
        now, hotel = self._clock.now(), await uow.hotels.get()
        line = _line_of_now(await uow.firings.of(trigger.id, guest.id), now)
        if line is not None and line.verdict:
            return Explanation(Verdict.from_json(line.verdict), line, tuple(map(Action.from_json, line.done)))
        dossier = (await open_dossiers(uow, hotel, [guest.id], now))[guest.id]
        question = Question(_stay_of_now(dossier, line, now), line.event if line else {}, _until_if_due(trigger, now))
        decision = decide(Present(hotel, now), trigger, dossier, question)
        verdict = decision.verdict
        verdict = replace(verdict, status=FiringStatus.scheduled) if verdict.fires else verdict
        return Explanation(verdict, line, decision.actions)

    async def _occasion(self, uow: UnitOfWork, correlation_id: str) -> Occasion:
        return Occasion(await uow.hotels.get(), self._clock.now(), correlation_id)

    async def _plan_all(self, uow: UnitOfWork, occasion: Occasion, rules: Sequence[Rule]) -> PlanDiff:
        """Plan rules for every stay that they may have something to say about, so many at a time."""
        diff = PlanDiff()
        if rules:
            since = min(looks_back_to(rule, occasion.now) for rule in rules)
            async for stays in uow.stays.pages_open_at(since, _AT_ONCE):
                diff += await _plan(uow, occasion, rules, stays, is_stay_news=False)
        return diff


async def _plan(
    uow: UnitOfWork, occasion: Occasion, rules: Sequence[Rule], stays: Sequence[StayRecord], *, is_stay_news: bool
) -> PlanDiff:
    times = await plan_times(uow, occasion, rules, stays)
    return times + await plan_changes(uow, occasion, rules, stays, is_stay_news=is_stay_news)


def _line_of_now(lines: Sequence[FiringRecord], now: datetime) -> FiringRecord | None:
    """Return the latest line that was decided or whose time has come, else the next one planned."""
    told = next((line for line in lines if line.verdict or line.due_at <= now), None)
    return told or (lines[-1] if lines else None)


def _until_if_due(trigger: TriggerRecord, now: datetime) -> datetime:
    """Return until when a message would be useful that is due now."""
    try:
        rule = read(trigger)
    except RejectedTrigger:
        return now
    return useful_until(now, rule.conditions.when, rule.record.useful_for)


def _stay_of_now(dossier: Dossier, line: FiringRecord | None, now: datetime) -> UUID | None:
    """Return the stay to explain by: the line's, else the one that goes on or comes next, else the last."""
    if line is not None:
        return line.stay_id
    nearest = nearest_stay(dossier.stays, now)
    return nearest.id if nearest else None
