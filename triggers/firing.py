"""Deciding: everything is checked again at the moment itself, and the verdict keeps its reasons. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.hotel_settings import HotelSettings
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.triggers import TriggerRecord
from models.enums import ConsentPurpose, ConsentState, FiringStatus
from triggers.actions import FOR_STAFF, Action, due_kinds
from triggers.base import ConditionResult, Event, Reason, Verdict
from triggers.conditions import evaluate
from triggers.dossiers import Dossier, midnight
from triggers.facts import Case, case_of
from triggers.happenings import holds
from triggers.reach import Reach
from triggers.rejections import RejectedTrigger
from triggers.rules import Rule, read, why_left_alone
from triggers.schedules import QuietHours, first_allowed
from triggers.templates import choose_text, render

# These answer what the guest has written and waits for, so neither the night nor the day's budget holds them back.
ANSWERING = frozenset({"message_received", "negative_sentiment", "requires_attention", "no_reply_for"})
# What only has to wait for a morning: by the names that are kept in the table.
MORNINGS = {reason.value: reason for reason in (Reason.quiet_hours, Reason.attention_budget)}
# Later than midnight of the next day whatever the clocks do, and earlier than that of the day after.
_INTO_TOMORROW = timedelta(hours=30)


@dataclass(frozen=True)
class Present:
    """A hotel at one moment: what is the same for all who are decided on then."""

    hotel: HotelRecord
    now: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hotel.timezone)

    @cached_property
    def settings(self) -> HotelSettings:
        return HotelSettings.model_validate(self.hotel.settings)

    @cached_property
    def quiet_until(self) -> datetime:
        """The first minute at which messages may go: this one, unless it is night."""
        return waits_until(Reason.quiet_hours, self.now, self.settings, self.zone)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked to go: on whose behalf, what happened, and until when it may. `has_acted` says that staff were
    told before of what waits now."""

    stay_id: UUID | None
    happened: Mapping[str, Any]
    useful_until: datetime
    has_acted: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a firing: the verdict, and what doing it takes; `actions` are those beside the message,
    with their words ready."""

    verdict: Verdict
    reach: Reach | None = None
    text: str = ""
    postponed_to: datetime | None = None
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a firing whose conditions hold from going; with a time where it only has to wait."""

    reason: Reason
    until: datetime | None = None


def decide(present: Present, trigger: TriggerRecord | None, dossier: Dossier, question: Question) -> Decision:
    """Check a firing against the world as it is now."""
    if trigger is None:
        return _no(FiringStatus.cancelled, Reason.trigger_inactive)
    try:
        rule = read(trigger)
    except RejectedTrigger:
        return _no(FiringStatus.failed, Reason.unreadable)
    stay = dossier.stay(question.stay_id)
    case = case_of(present.hotel, dossier, stay, question.happened, present.now)
    trace = evaluate(rule.conditions, case.facts)
    if not trigger.is_active:
        return _no(FiringStatus.cancelled, Reason.trigger_inactive, trace.checked)
    if question.stay_id is not None and (end := end_of(rule, stay)):
        return _no(FiringStatus.cancelled, end, trace.checked)
    if present.now > question.useful_until:
        return _no(FiringStatus.expired, Reason.no_longer_useful, trace.checked)
    if not trace.held:
        return _no(FiringStatus.skipped, Reason.conditions_not_met, trace.checked)
    obstacle = _obstacle(rule, present, dossier)
    said = _held_back(obstacle, question, trace.checked) if obstacle else _say(rule, case, dossier, trace.checked)
    if not rule.actions:
        return said
    due = due_kinds(said.verdict, has_acted=question.has_acted)
    return replace(said, actions=tuple(_ready(one, case) for one in rule.actions if one.kind in due))


def end_of(rule: Rule, stay: StayRecord | None) -> Reason | None:
    """Return why a stay is not spoken of: it is another guest's, is over, or not in the state that this is about."""
    if stay is None:
        return Reason.handed_on
    when = rule.conditions.when
    if holds(when.event, stay) if isinstance(when, Event) else rule.looks_at(stay.booking_status):
        return None
    return why_left_alone(stay.booking_status)


def _no(status: FiringStatus, reason: Reason, checked: tuple[ConditionResult, ...] = ()) -> Decision:
    return Decision(Verdict(status, reason, checked))


def _held_back(obstacle: Obstacle, question: Question, checked: tuple[ConditionResult, ...]) -> Decision:
    """Wait for the obstacle to go away, if that is in time: a tick comes a little after the moment it waits for."""
    if obstacle.until is None or obstacle.until >= question.useful_until:
        return _no(FiringStatus.skipped, obstacle.reason, checked)
    return Decision(Verdict(FiringStatus.postponed, obstacle.reason, checked), postponed_to=obstacle.until)


def _say(rule: Rule, case: Case, dossier: Dossier, checked: tuple[ConditionResult, ...]) -> Decision:
    record, default = rule.record, case.hotel.default_language
    template, language = choose_text(record.message_template, record.translations, case.guest.language, default)
    try:
        text = render(template, case.variables, language, case.zone)
    except RejectedTrigger:
        return _no(FiringStatus.failed, Reason.bad_template, checked)
    reach = dossier.reach(record.channels)
    return Decision(Verdict(FiringStatus.fired, Reason.fired, checked), reach, text)


def _ready(action: Action, case: Case) -> Action:
    """Return an action with the words that the hotel's people read; with none where they can't be made."""
    if action.kind not in FOR_STAFF:
        return action
    try:
        return replace(action, what=render(action.what, case.variables, case.hotel.default_language, case.zone))
    except RejectedTrigger:
        return replace(action, what="")


def _obstacle(rule: Rule, present: Present, dossier: Dossier) -> Obstacle | None:
    if ConsentState.withdrawn in dossier.consents.values():
        return Obstacle(Reason.opted_out)
    if rule.record.purpose is ConsentPurpose.promotional and ConsentPurpose.promotional not in dossier.consents:
        return Obstacle(Reason.no_consent)
    if dossier.reach() is None:
        return Obstacle(Reason.unreachable)
    if _rests(rule, dossier, present.now):
        return Obstacle(Reason.cooldown)
    when = rule.conditions.when
    if isinstance(when, Event) and when.event in ANSWERING:
        return None
    if present.quiet_until > present.now:
        return Obstacle(Reason.quiet_hours, present.quiet_until)
    if dossier.received_today >= present.settings.automatic_messages_a_day:
        reason = Reason.attention_budget
        return Obstacle(reason, waits_until(reason, present.now, present.settings, present.zone))
    return None


def waits_until(reason: Reason, since: datetime, settings: HotelSettings, zone: ZoneInfo) -> datetime:
    """Return the first minute at which what was put off for one of these reasons may go."""
    quiet = QuietHours(settings.quiet_from, settings.quiet_until)
    return first_allowed(_tomorrow(since, zone) if reason is Reason.attention_budget else since, quiet, zone)


def _rests(rule: Rule, dossier: Dossier, now: datetime) -> bool:
    """Whether the trigger has spoken to the guest too lately to speak again."""
    cooldown, latest = rule.record.cooldown, dossier.received.get(rule.record.name)
    return cooldown is not None and latest is not None and now - latest < cooldown


def _tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    return midnight(midnight(now, zone) + _INTO_TOMORROW, zone)
