"""Firing: everything is read again and checked again at the moment itself, and the verdict keeps its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.hotel_settings import HotelSettings
from bot.messages import OutgoingMessage
from bot.outbox import Letter, enqueue
from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import ConsentState, FiringStatus, OutboxPurpose
from triggers.base import Event, Reason, Verdict
from triggers.conditions import evaluate
from triggers.facts import Case, gather
from triggers.planning import OVER
from triggers.reach import Reach, find_reach, open_conversation
from triggers.rejections import RejectedTrigger
from triggers.rules import Rule, read
from triggers.schedules import QuietHours, first_allowed, instant
from triggers.templates import choose_text, render

# These answer what the guest has just written, so neither the night nor the day's budget holds them back.
ANSWERING = frozenset({"message_received", "negative_sentiment", "requires_attention"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a firing: the verdict, and what doing it takes."""

    verdict: Verdict
    case: Case | None = None
    reach: Reach | None = None
    text: str = ""
    postponed_to: datetime | None = None


async def decide(
    uow: UnitOfWork, hotel: HotelRecord, trigger: TriggerRecord | None, firing: FiringRecord, now: datetime
) -> Decision:
    """Check a due firing against the world as it is now. Changes nothing."""
    if trigger is None or not trigger.is_active:
        return _no(FiringStatus.cancelled, Reason.trigger_inactive)
    rule = read(trigger)
    stay = await uow.stays.get(firing.stay_id) if firing.stay_id else None
    if stay is not None and stay.booking_status in OVER and not isinstance(rule.conditions.when, Event):
        return _no(FiringStatus.cancelled, Reason.stay_over)
    guest = await uow.guests.get(firing.guest_id)
    reach = await find_reach(uow, guest)
    case = await gather(uow, hotel, guest, stay, firing.event, reach.platform if reach else None, now)
    trace = evaluate(rule.conditions, case.facts)
    if now > firing.useful_until:
        return Decision(Verdict(FiringStatus.expired, Reason.no_longer_useful, trace.checked))
    if not trace.held:
        return Decision(Verdict(FiringStatus.skipped, Reason.conditions_not_met, trace.checked))
    obstacle = await _obstacle(uow, rule, case, reach, firing, now)
    if obstacle is not None:
        status, reason, postponed_to = obstacle
        return Decision(Verdict(status, reason, trace.checked), postponed_to=postponed_to)
    template, language = choose_text(
        trigger.message_template, trigger.translations, guest.language, hotel.default_language
    )
    try:
        text = render(template, case.variables, language, case.zone)
    except RejectedTrigger:
        return Decision(Verdict(FiringStatus.failed, Reason.bad_template, trace.checked), case)
    return Decision(Verdict(FiringStatus.fired, Reason.fired, trace.checked), case, reach, text)


def _no(status: FiringStatus, reason: Reason) -> Decision:
    return Decision(Verdict(status, reason))


async def _obstacle(
    uow: UnitOfWork, rule: Rule, case: Case, reach: Reach | None, firing: FiringRecord, now: datetime
) -> tuple[FiringStatus, Reason, datetime | None] | None:
    """Return what keeps a firing whose conditions hold from going; a time where it only has to wait."""
    if ConsentState.withdrawn in (await uow.consents.current(case.guest.id)).values():
        return FiringStatus.skipped, Reason.opted_out, None
    if reach is None:
        return FiringStatus.skipped, Reason.unreachable, None
    when = rule.conditions.when
    if isinstance(when, Event) and when.event in ANSWERING:
        return None
    settings = HotelSettings.model_validate(case.hotel.settings)
    allowed = first_allowed(now, QuietHours(settings.quiet_from, settings.quiet_until), case.zone)
    if allowed > now:
        if allowed > firing.useful_until:
            return FiringStatus.skipped, Reason.quiet_hours, None
        return FiringStatus.postponed, Reason.quiet_hours, allowed
    if await uow.firings.fired_since(case.guest.id, _midnight(now, case.zone)) >= settings.automatic_messages_a_day:
        return FiringStatus.skipped, Reason.attention_budget, None
    return None


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(now.astimezone(zone).date(), time()), zone)


async def act(uow: UnitOfWork, firing: FiringRecord, decision: Decision, now: datetime) -> None:
    """Write the verdict down, and queue the message of one that fires, in the caller's transaction."""
    verdict = decision.verdict
    values: dict[str, Any] = verdict.to_json()
    await uow.firings.decide(firing.id, verdict.status, verdict.reason, values, now, decision.postponed_to)
    if not verdict.fires or decision.case is None or decision.reach is None:
        return
    reach, guest = decision.reach, decision.case.guest
    letter = Letter(
        account_id=reach.account_id,
        chat_id=reach.chat_id,
        platform=reach.platform,
        purpose=OutboxPurpose.trigger,
        useful_for=firing.useful_until - now,
        correlation_id=firing.correlation_id,
        conversation_id=await open_conversation(uow, reach, guest, now),
        guest_id=guest.id,
        firing_id=firing.id,
    )
    await enqueue(uow, letter, OutgoingMessage(decision.text), now)
