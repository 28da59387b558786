"""A round: the due firings of one hotel, decided in turn and done together, so that none spoils the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.notifications import Desk, Subject
from bot.storage.failures import is_passing
from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.telemetry.logs import logger
from bot.telemetry.metrics import firings as counted
from models.enums import FiringStatus, NotificationType, Severity
from triggers.acting import Decided, act, find_talks, undisturbed
from triggers.actions import tags_after
from triggers.base import Reason, Verdict
from triggers.dossiers import Dossier, open_dossiers
from triggers.errands import Errand, ask_staff, tag_guests
from triggers.firing import Decision, Present, Question, decide

# A broken trigger fails for every guest; staff are told once in this time.
REMIND_EVERY = timedelta(days=1)
_BROKEN = Decision(Verdict(FiringStatus.failed, Reason.error))

# Makes the plan right of guests who became known otherwise, each by the firing of that correlation.
Replan = Callable[[UnitOfWork, Mapping[UUID, str]], Awaitable[object]]

log = logger("triggers")


class Round:
    """Settles claimed firings within the unit of work that claimed them."""

    def __init__(self, uow: UnitOfWork, desk: Desk, hotel: HotelRecord, now: datetime, replan: Replan) -> None:
        self._uow = uow
        self._desk = desk
        self._present = Present(hotel, now)
        self._now = now
        self._replan = replan
        self._triggers: dict[UUID, TriggerRecord] = {}
        self._dossiers: dict[UUID, Dossier] = {}

    async def settle(self, due: Sequence[FiringRecord]) -> int:
        """Decide these firings in their order and act on them; return how many were settled.

        All go together; where that fails each goes alone. Those that the database could not serve just now, or in
        whose conversation somebody else is writing, stay due.
        """
        self._triggers = {trigger.id: trigger for trigger in await self._uow.triggers.all()}
        guests = {firing.guest_id for firing in due}
        self._dossiers = await open_dossiers(self._uow, self._present.hotel, guests, self._now)
        try:
            return await self._settle(due)
        except Exception as error:
            if self._uow.connection.invalidated:
                raise
            log.warning("round_failed", error=error)
        return sum([await self._settle_alone(firing) for firing in due])

    async def _settle_alone(self, firing: FiringRecord) -> int:
        """Settle one firing that failed together with others; what fails again would fail for ever."""
        try:
            return await self._settle([firing])
        except Exception as error:
            if self._uow.connection.invalidated:
                raise
            log.error("firing_failed", firing_id=firing.id, error=error)
            if is_passing(error):
                return 0
        await self._give_up(firing)
        return 1

    async def _settle(self, firings: Sequence[FiringRecord]) -> int:
        async with self._uow.connection.begin_nested():
            decided, dossiers = self._decide(firings)
            talks = await find_talks(self._uow, decided, self._now)
            done = undisturbed(decided, talks)
            await self._tell_staff(done)
            await act(self._uow, done, talks, self._now)
            await self._act_beside(done)
        for one in done:
            # For those that go alone after it.
            self._dossiers[one.firing.guest_id] = dossiers[one.firing.guest_id]
            _note(one)
        return len(done)

    def _decide(self, firings: Sequence[FiringRecord]) -> tuple[list[Decided], dict[UUID, Dossier]]:
        """Decide one after another: what one says to a guest counts for the next. Return also what is known of the
        guests once all is done."""
        dossiers, decided = dict(self._dossiers), []
        for firing in firings:
            trigger, dossier = self._triggers.get(firing.trigger_id), dossiers[firing.guest_id]
            decision = self._decision(firing, trigger, dossier)
            one = Decided(firing, decision)
            dossiers[firing.guest_id] = self._after(dossier, one)
            decided.append(one)
        return decided, dossiers

    def _decision(self, firing: FiringRecord, trigger: TriggerRecord | None, dossier: Dossier) -> Decision:
        question = Question(firing.stay_id, firing.event, firing.useful_until, bool(firing.done))
        try:
            return _without(firing.done, decide(self._present, trigger, dossier, question))
        except Exception as error:
            # Deciding is pure: it would fail again.
            log.error("firing_failed", firing_id=firing.id, error=error)
            return _BROKEN

    def _after(self, dossier: Dossier, decided: Decided) -> Dossier:
        """Return what is known of a guest once this was done."""
        decision = decided.decision
        if decision.actions:
            dossier = dossier.tagged(tags_after(dossier.guest.tags, decision.actions))
        if not decision.verdict.fires:
            return dossier
        return dossier.after(self._triggers[decided.firing.trigger_id].name, self._now)

    async def _act_beside(self, decided: Sequence[Decided]) -> None:
        """Do what these firings do beside their messages, and plan anew whom that makes another."""
        errands = [
            Errand(one.firing, self._triggers[one.firing.trigger_id], self._dossiers[one.firing.guest_id], action)
            for one in decided
            for action in one.decision.actions
        ]
        await ask_staff(self._uow, self._desk, errands, self._now)
        if tagged := await tag_guests(self._uow, errands):
            await self._replan(self._uow, tagged)

    async def _give_up(self, firing: FiringRecord) -> None:
        """End a firing that fails for no reason we know, so that it is not tried for ever."""
        given_up = Decided(firing, _BROKEN)
        try:
            async with self._uow.connection.begin_nested():
                await self._tell_staff([given_up])
        except Exception as error:
            log.error("staff_not_told", firing_id=firing.id, error=error)
        await act(self._uow, [given_up], {}, self._now)
        _note(given_up)

    async def _tell_staff(self, decided: Sequence[Decided]) -> None:
        """Raise an alert for each trigger that fails now and has not before."""
        failed = {one.firing.trigger_id: one for one in reversed(decided) if _has_failed(one)}
        if not failed:
            return
        told = await self._uow.firings.failed_since(failed.keys(), self._now - REMIND_EVERY)
        for trigger_id, one in failed.items():
            trigger = self._triggers.get(trigger_id)
            if trigger is not None and trigger_id not in told:
                await self._alert(trigger, one)

    async def _alert(self, trigger: TriggerRecord, failed: Decided) -> None:
        reason = failed.decision.verdict.reason.value
        words = await self._desk.sentence(
            self._uow, "alert-trigger-failed", number=str(trigger.number), name=trigger.name, reason=reason
        )
        await self._desk.raise_alert(
            self._uow,
            NotificationType.system_alert,
            Severity.warning,
            "alert-title-trigger",
            Subject(),
            words,
            failed.firing.correlation_id,
        )


def _without(done: Sequence[Any], decision: Decision) -> Decision:
    """Leave out what was done beside a message that was taken back before it left."""
    if not done:
        return decision
    return replace(decision, actions=tuple(one for one in decision.actions if one.to_json() not in done))


def _note(decided: Decided) -> None:
    """Count and log what was done."""
    firing, verdict = decided.firing, decided.decision.verdict
    counted.labels(verdict.status).inc()
    log.info(
        "trigger_decided",
        firing_id=firing.id,
        trigger_id=firing.trigger_id,
        verdict=verdict.status,
        reason_code=verdict.reason,
    )


def _has_failed(decided: Decided) -> bool:
    return decided.decision.verdict.status is FiringStatus.failed
