"""The engine: plan · claim · fire · explain. Its memory is the table of firings, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.telemetry.logs import logger
from bot.telemetry.metrics import firings as counted
from models.enums import FiringStatus
from triggers.base import Event, Reason, Verdict
from triggers.conditions import evaluate
from triggers.facts import gather
from triggers.firing import act, decide
from triggers.planning import HORIZON, PlanDiff, event_firing, plan
from triggers.reach import find_reach
from triggers.rejections import RejectedTrigger
from triggers.rules import Rule, read

log = logger("triggers")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something happened to a guest. `facts` is what conditions may ask of it, by dotted name."""

    event: str
    guest_id: UUID
    stay_id: UUID | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a guest got a trigger's message or did not: the ledger's line, or the evaluation as of now."""

    verdict: Verdict | None
    firing: FiringRecord | None


class Engine:
    """Every method works inside the caller's unit of work and commits with it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def plan_stays(self, uow: UnitOfWork, stay_ids: Sequence[UUID], correlation_id: str) -> PlanDiff:
        """Stays were added or changed: make their plan right."""
        hotel, rules = await uow.hotels.get(), await self._rules(uow)
        stays = await uow.stays.with_ids(stay_ids)
        return await plan(uow, hotel, rules, stays, self._clock.now(), correlation_id, is_stay_news=True)

    async def plan_trigger(self, uow: UnitOfWork, trigger_id: UUID, correlation_id: str) -> PlanDiff:
        """A trigger was added, changed, paused, resumed or deleted: make its plan right."""
        now = self._clock.now()
        trigger = await uow.triggers.get(trigger_id)
        if trigger is None or not trigger.is_active:
            standing = await uow.firings.planned(trigger_id=trigger_id)
            cancelled = await uow.firings.cancel([firing.id for firing in standing], "trigger_inactive", now)
            return PlanDiff(cancelled=cancelled)
        stays = await uow.stays.open_at(now - HORIZON)
        hotel = await uow.hotels.get()
        return await plan(uow, hotel, [read(trigger)], stays, now, correlation_id, is_stay_news=False)

    async def raise_event(self, uow: UnitOfWork, happening: Happening, correlation_id: str) -> int:
        """Plan the triggers that wait for this event; return how many there are."""
        now, hotel = self._clock.now(), await uow.hotels.get()
        stay = await uow.stays.get(happening.stay_id) if happening.stay_id else None
        zone = ZoneInfo(hotel.timezone)
        waiting = [
            event_firing(rule, when, happening.guest_id, stay, dict(happening.facts), zone, now, correlation_id)
            for rule in await self._rules(uow)
            if isinstance(when := rule.conditions.when, Event) and when.event == happening.event
        ]
        return await uow.firings.plan(waiting, now, is_moving=False)

    async def fire_due(self, uow: UnitOfWork, limit: int) -> int:
        """Decide and act on up to `limit` due firings; return how many there were."""
        now = self._clock.now()
        due = await uow.firings.claim_due(now, limit)
        hotel = await uow.hotels.get() if due else None
        for firing in due:
            assert hotel is not None, "there is a hotel where something is due"
            decision = await decide(uow, hotel, await uow.triggers.get(firing.trigger_id), firing, now)
            await act(uow, firing, decision, now)
            counted.labels(decision.verdict.status).inc()
            log.info(
                "trigger_decided",
                firing_id=firing.id,
                trigger_id=firing.trigger_id,
                verdict=decision.verdict.status,
                reason_code=decision.verdict.reason,
            )
        return len(due)

    async def explain(self, uow: UnitOfWork, trigger: TriggerRecord, guest: GuestRecord) -> Explanation:
        """Return the latest line of the ledger about this guest, or what the conditions say as of now."""
        lines = await uow.firings.of(trigger.id, guest.id)
        decided = next((line for line in lines if line.verdict), None)
        if decided is not None:
            return Explanation(Verdict.from_json(decided.verdict), decided)
        planned = lines[0] if lines else None
        hotel, now = await uow.hotels.get(), self._clock.now()
        stays = await uow.stays.of_guest(guest.id)
        reach = await find_reach(uow, guest)
        channel = reach.platform if reach else None
        case = await gather(uow, hotel, guest, stays[0] if stays else None, {}, channel, now)
        trace = evaluate(read(trigger).conditions, case.facts)
        status = FiringStatus.scheduled if trace.held else FiringStatus.skipped
        reason = Reason.fired if trace.held else Reason.conditions_not_met
        return Explanation(Verdict(status, reason, trace.checked), planned)

    async def _rules(self, uow: UnitOfWork) -> list[Rule]:
        """Return the active rules; one that can't be read any more is left out and logged."""
        rules = []
        for record in await uow.triggers.all():
            if record.is_active:
                try:
                    rules.append(read(record))
                except RejectedTrigger as error:
                    log.error("trigger_unreadable", trigger_id=record.id, error=error)
        return rules
