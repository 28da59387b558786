"""What was known of guests at any moment of the past, as far as that was kept. Pure, once it is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.messages import Platform
from bot.storage.repositories.consents import ConsentLine
from bot.storage.repositories.firings import FiredRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.history import PastRecord
from bot.storage.repositories.messages import HeardRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from models.enums import BookingStatus
from triggers.dossiers import Dossier, midnight
from triggers.reach import Reach, find_reaches

# What JSON writes as text or as a number, and what it is.
_MOMENTS = ("booked_at", "check_in", "check_out", "checked_in_at", "checked_out_at")
_STAY_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "booking_status": BookingStatus,
    "amount": lambda value: Decimal(str(value)),
    **dict.fromkeys(_MOMENTS, datetime.fromisoformat),
}
_GUEST_VALUES: Mapping[str, Callable[[Any], Any]] = {"tags": tuple}
# Whose a stay was before guests were merged is nobody any more.
_NOT_ASKED = frozenset({"guest_id"})
# What a message brings is stored, by the database's clock, a moment after it was heard by ours.
_STORED_WITHIN = timedelta(seconds=10)
_HAS_COME = frozenset({BookingStatus.checked_in, BookingStatus.checked_out})


@dataclass(frozen=True, slots=True)
class StayLife:
    """A stay as it is now, and how it came to be."""

    now: StayRecord
    past: PastRecord

    def at(self, moment: datetime) -> StayRecord:
        """Return the stay as it was then. Before changes were kept its status is what its times tell."""
        former = _former(self.past, moment, _STAY_VALUES)
        stay = replace(self.now, **former) if former else self.now
        if moment >= self.past.known_since or stay.booking_status not in _HAS_COME:
            return stay
        return replace(stay, booking_status=_likely_status(stay, moment))

    def is_known_at(self, moment: datetime) -> bool:
        """Whether anybody had told of the stay by then."""
        return self.past.created_at <= moment

    def change_at(self, moment: datetime) -> tuple[StayRecord | None, StayRecord] | None:
        """Return the stay before and after what happened to it at that moment, None where nothing did."""
        if self.past.created_at == moment:
            return None, self.at(moment)
        # All that one transaction changed has one moment; what was before is in its first line.
        changes = [one for one in self.past.changes if one.at == moment]
        old = {name: value for one in reversed(changes) for name, value in one.old.items()}
        after = self.at(moment)
        return (replace(after, **_read(old, _STAY_VALUES)), after) if old else None


@dataclass(frozen=True, slots=True)
class GuestLife:
    """A guest over time. `reaches` are with the moments since which they are known, `spoke_at` when any was first."""

    now: GuestRecord
    past: PastRecord
    stays: tuple[StayLife, ...]
    reaches: tuple[tuple[datetime, Reach], ...]
    known_in_chat_since: datetime | None
    consents: Sequence[ConsentLine] = ()
    fired: Sequence[FiredRecord] = ()
    heard: Sequence[HeardRecord] = ()

    def stays_at(self, moment: datetime) -> list[StayRecord]:
        """Return the stays as they were then, those too of which nobody knew yet."""
        return [life.at(moment) for life in self.stays]

    def moments(self) -> set[datetime]:
        """Return when anything of the guest or a stay changed."""
        pasts = [self.past, *(life.past for life in self.stays)]
        return {at for past in pasts for at in (past.created_at, *(change.at for change in past.changes))}

    def stay(self, stay_id: UUID | None) -> StayLife | None:
        """Return one of the guest's stays."""
        return next((life for life in self.stays if life.now.id == stay_id), None)

    def is_kept(self, moment: datetime, stay_id: UUID | None) -> bool:
        """Whether changes of this guest, and of the stay where there is one, were on record by then."""
        life, stored_by = self.stay(stay_id), moment + _STORED_WITHIN
        return stored_by >= self.past.known_since and (life is None or stored_by >= life.past.known_since)

    def had_chat(self, moment: datetime) -> bool:
        """Whether there was a chat with the guest by then, be it open to us or not."""
        return self.known_in_chat_since is not None and self.known_in_chat_since <= moment + _STORED_WITHIN

    def dossier(
        self, moment: datetime, zone: ZoneInfo, got: Collection[tuple[str, datetime]], stay_id: UUID | None
    ) -> Dossier:
        """Return what was known then; `got` are the messages that count as received, by trigger."""
        today, earlier = midnight(moment, zone), [(name, at) for name, at in got if at <= moment]
        is_kept, stored_by = self.is_kept(moment, stay_id), moment + _STORED_WITHIN
        former = _former(self.past, stored_by, _GUEST_VALUES)
        return Dossier(
            guest=replace(self.now, **former) if former else self.now,
            stays=tuple(life.at(moment) for life in self.stays if life.is_known_at(moment) or not is_kept),
            reaches=tuple(reach for since, reach in self.reaches if since <= stored_by or not is_kept),
            consents={line.purpose: line.state for line in self.consents if line.at <= moment},
            received=dict(sorted(earlier, key=lambda one: one[1])),
            received_today=sum(1 for _, at in earlier if at >= today),
        )


def _former(past: PastRecord, moment: datetime, types: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Return the columns that were otherwise at that moment: as they were before the first change after it."""
    old: dict[str, Any] = {}
    for change in reversed(past.changes):
        if change.at <= moment:
            break
        old |= change.old
    return _read(old, types)


def _read(old: Mapping[str, Any], types: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {
        name: types[name](value) if name in types and value is not None else value
        for name, value in old.items()
        if name not in _NOT_ASKED
    }


def _likely_status(stay: StayRecord, moment: datetime) -> BookingStatus:
    if moment < (stay.checked_in_at or stay.check_in):
        return BookingStatus.confirmed
    has_left = moment >= (stay.checked_out_at or stay.check_out)
    return stay.booking_status if has_left else BookingStatus.checked_in


async def open_pasts(uow: UnitOfWork, guest_ids: Collection[UUID], heard_since: datetime | None) -> list[GuestLife]:
    """Return the lives of these guests, with what they wrote where that is asked; the number of queries does not
    depend on theirs."""
    stays = await uow.stays.of_guests(guest_ids)
    stay_pasts = await uow.history.of_stays([stay.id for stay in stays])
    lives: dict[UUID, list[StayLife]] = {}
    for stay in stays:
        lives.setdefault(stay.guest_id, []).append(StayLife(stay, stay_pasts[stay.id]))
    pasts, contacts = await uow.history.of_guests(guest_ids), await _open_contacts(uow, guest_ids)
    consents, fired = await uow.consents.lines(guest_ids), await uow.firings.fired_for(guest_ids)
    heard = await uow.messages.heard_from(guest_ids, heard_since) if heard_since else {}
    return [
        GuestLife(
            now=guest,
            past=pasts[guest.id],
            stays=tuple(lives.get(guest.id, ())),
            reaches=contacts.reaches(guest.id),
            known_in_chat_since=contacts.since(guest.id),
            consents=consents.get(guest.id, ()),
            fired=fired.get(guest.id, ()),
            heard=heard.get(guest.id, ()),
        )
        for guest in (await uow.guests.with_ids(guest_ids)).values()
    ]


@dataclass(frozen=True, slots=True)
class _Contacts:
    """By which chats guests can be written to now, and since when each is known."""

    found: Mapping[UUID, tuple[Reach, ...]]
    spoken: Mapping[UUID, Mapping[UUID, datetime]]
    phones: Mapping[UUID, datetime]

    def reaches(self, guest_id: UUID) -> tuple[tuple[datetime, Reach], ...]:
        return tuple((self._since(guest_id, reach), reach) for reach in self.found.get(guest_id, ()))

    def since(self, guest_id: UUID) -> datetime | None:
        """Return since when there was any chat, also one that is closed to us now."""
        phone = self.phones.get(guest_id)
        return min((*self.spoken.get(guest_id, {}).values(), *((phone,) if phone else ())), default=None)

    def _since(self, guest_id: UUID, reach: Reach) -> datetime:
        """A number is enough to write by WhatsApp, before anybody has; elsewhere the guest must have spoken."""
        spoken = self.spoken.get(guest_id, {}).get(reach.chat_id) if reach.chat_id else None
        by_number = self.phones.get(guest_id) if reach.platform == Platform.whatsapp_green else None
        return min(at for at in (spoken, by_number) if at is not None)


async def _open_contacts(uow: UnitOfWork, guest_ids: Collection[UUID]) -> _Contacts:
    return _Contacts(
        await find_reaches(uow, guest_ids),
        await uow.chats.first_spoken_in(guest_ids),
        await uow.guests.phones_since(guest_ids),
    )
