"""A round: the due firings of one hotel, decided one after another, so that none spoils the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
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
from triggers.base import Reason, Verdict
from triggers.dossiers import Dossier, open_dossiers
from triggers.firing import Decision, Question, act, decide

# The second try is for a race that was lost; what fails again would fail for ever.
TRIES = 2
# A broken trigger fails for every guest; staff are told once in this time.
REMIND_EVERY = timedelta(days=1)

log = logger("triggers")


class Round:
    """Settles claimed firings within the unit of work that claimed them."""

    def __init__(self, uow: UnitOfWork, desk: Desk, hotel: HotelRecord, now: datetime) -> None:
        self._uow = uow
        self._desk = desk
        self._hotel = hotel
        self._now = now
        self._triggers: dict[UUID, TriggerRecord] = {}
        self._dossiers: dict[UUID, Dossier] = {}

    async def settle(self, due: Sequence[FiringRecord]) -> int:
        """Decide these firings in their order and act on them; return how many were settled.

        Those that the database could not serve just now stay due.
        """
        self._triggers = {trigger.id: trigger for trigger in await self._uow.triggers.all()}
        guests = {firing.guest_id for firing in due}
        self._dossiers = await open_dossiers(self._uow, self._hotel, guests, self._now)
        return sum([await self._settle(firing) for firing in due])

    async def _settle(self, firing: FiringRecord) -> bool:
        for attempt in range(1, TRIES + 1):
            try:
                async with self._uow.connection.begin_nested():
                    await self._fire(firing)
                return True
            except Exception as error:
                if self._uow.connection.invalidated:
                    raise
                log.error("firing_failed", firing_id=firing.id, attempt=attempt, error=error)
                if is_passing(error):
                    return False
        await self._give_up(firing)
        return True

    async def _fire(self, firing: FiringRecord) -> None:
        trigger, dossier = self._triggers.get(firing.trigger_id), self._dossiers[firing.guest_id]
        question = Question(firing.stay_id, firing.event, firing.useful_until)
        decision = decide(self._hotel, trigger, dossier, question, self._now)
        if decision.verdict.status is FiringStatus.failed:
            await self._tell_staff(firing, decision.verdict.reason)
        await act(self._uow, firing, decision, self._now)
        if trigger is not None and decision.verdict.fires:
            self._dossiers[firing.guest_id] = dossier.after(trigger.name)
        _note(firing, decision.verdict)

    async def _give_up(self, firing: FiringRecord) -> None:
        """End a firing that fails for no reason we know, so that it is not tried for ever."""
        verdict = Verdict(FiringStatus.failed, Reason.error)
        try:
            async with self._uow.connection.begin_nested():
                await self._tell_staff(firing, verdict.reason)
        except Exception as error:
            log.error("staff_not_told", firing_id=firing.id, error=error)
        await act(self._uow, firing, Decision(verdict), self._now)
        _note(firing, verdict)

    async def _tell_staff(self, firing: FiringRecord, reason: Reason) -> None:
        trigger = self._triggers.get(firing.trigger_id)
        if trigger is None or await self._uow.firings.has_failed_since(trigger.id, self._now - REMIND_EVERY):
            return
        words = await self._desk.sentence(
            self._uow, "alert-trigger-failed", number=str(trigger.number), name=trigger.name, reason=reason.value
        )
        await self._desk.raise_alert(
            self._uow,
            NotificationType.system_alert,
            Severity.warning,
            "alert-title-trigger",
            Subject(),
            words,
            firing.correlation_id,
        )


def _note(firing: FiringRecord, verdict: Verdict) -> None:
    counted.labels(verdict.status).inc()
    log.info(
        "trigger_decided",
        firing_id=firing.id,
        trigger_id=firing.trigger_id,
        verdict=verdict.status,
        reason_code=verdict.reason,
    )
