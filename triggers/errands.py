"""Errands: what firings do beside their messages, all those of a round at once, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.notifications import Alert, Desk, Subject
from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.repositories.service_requests import NewRequest
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import NotificationType, RequestKind, Severity
from triggers.actions import TAGGING, Action, ActionKind, tags_after
from triggers.dossiers import Dossier

# What is written down for somebody to do by hand.
_REQUESTS: Mapping[ActionKind, RequestKind] = {
    ActionKind.open_request: RequestKind.request,
    ActionKind.offer_service: RequestKind.offer,
    ActionKind.start_flow: RequestKind.flow,
}
_TITLES = {
    ActionKind.open_request: "alert-title-request",
    ActionKind.offer_service: "alert-title-offer",
    ActionKind.start_flow: "alert-title-flow",
}
_NOTICES = {
    Severity.info: "alert-title-notice",
    Severity.warning: "alert-title-notice-warning",
    Severity.critical: "alert-title-notice-critical",
}


@dataclass(frozen=True, slots=True)
class Errand:
    """One action that is to be done, with its words ready; for which firing, of which trigger, and about whom."""

    firing: FiringRecord
    trigger: TriggerRecord
    dossier: Dossier
    action: Action


async def ask_staff(uow: UnitOfWork, desk: Desk, errands: Sequence[Errand], now: datetime) -> None:
    """Let the hotel's people know, and write down what they are asked to do."""
    asked = [one for one in errands if one.action.kind not in TAGGING]
    if not asked:
        return
    hotel = await uow.hotels.get()
    words = [_words(desk, hotel, one) for one in asked]
    requests = [
        NewRequest(
            kind=_REQUESTS[one.action.kind],
            department=one.action.department,
            description=said,
            guest_id=one.firing.guest_id,
            stay_id=one.firing.stay_id,
            firing_id=one.firing.id,
        )
        for one, said in zip(asked, words, strict=True)
        if one.action.kind in _REQUESTS
    ]
    await uow.service_requests.add_all(requests, now)
    await desk.raise_alerts(uow, [_alert(desk, hotel, *pair) for pair in zip(asked, words, strict=True)])


def _words(desk: Desk, hotel: HotelRecord, errand: Errand) -> str:
    """Return what an errand is about; words that could not be made for this guest can be looked up."""
    return errand.action.what or desk.say(hotel, "alert-action-wordless", number=str(errand.trigger.number))


def _alert(desk: Desk, hotel: HotelRecord, errand: Errand, words: str) -> Alert:
    action, guest = errand.action, errand.dossier.guest
    stay = errand.dossier.stay(errand.firing.stay_id)
    return Alert(
        kind=NotificationType.system_alert,
        severity=action.severity,
        title_key=_TITLES.get(action.kind) or _NOTICES[action.severity],
        subject=Subject(guest.id, guest.name, stay.room_number if stay else None),
        words=desk.say(
            hotel,
            "alert-action",
            kind=action.kind.value,
            department=desk.say(hotel, "alert-department", department=action.department.value),
            words=words,
            number=str(errand.trigger.number),
            name=errand.trigger.name,
        ),
        correlation_id=errand.firing.correlation_id,
    )


async def tag_guests(uow: UnitOfWork, errands: Sequence[Errand]) -> dict[UUID, str]:
    """Change the tags of guests, one action after another; return by guest whose changed, and by which correlation.

    The guests' rows are locked since their firings were claimed, so nobody else's tags are overwritten.
    """
    before = {one.dossier.guest.id: one.dossier.guest.tags for one in errands}
    after, correlations = dict(before), dict[UUID, str]()
    for one in errands:
        guest_id = one.dossier.guest.id
        after[guest_id] = tags_after(after[guest_id], [one.action])
        correlations[guest_id] = one.firing.correlation_id
    changed = {guest_id: tags for guest_id, tags in after.items() if tags != before[guest_id]}
    if changed:
        async with uow.acting_as("trigger"):
            await uow.guests.tag(changed)
    return {guest_id: correlations[guest_id] for guest_id in changed}
