"""Stays by hand: saved, planned anew and audited in one transaction, and answered with the diff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.storage.repositories.guests import GuestRecord, Identity
from bot.storage.repositories.stays import NewStay, StayRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.stay_card import stay_card
from handlers.admin.stay_form import StayForm
from handlers.admin.stay_guest import EVIDENCE, settle_guest
from handlers.admin.words import diff_words
from handlers.base import Turn
from models.enums import BookingStatus, IdentityKind
from triggers.engine import Engine
from triggers.guestbook import may_be_one
from triggers.happenings import StayChange
from triggers.stays import real_times

SOURCE = "manual"
# Whose values the audit does not keep: only that they were changed.
_OF_GUEST = ("name", "phone", "language")


@dataclass(frozen=True, slots=True)
class AddStay:
    """Add a stay. The phone finds a guest who is known already; without one the guest is new."""

    engine: Engine
    form: StayForm

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        form = self.form
        if await uow.stays.by_number(form.number):
            return (turn.reply("admin-stay-exists", number=form.number),)
        assert form.arrival is not None, "asked for before"
        assert form.departure is not None, "asked for before"
        guest = await self._guest(uow)
        if guest is None:
            return (turn.reply("admin-stay-not-this-guests", phone=form.phone or ""),)
        status = form.status or BookingStatus.confirmed
        stay = await uow.stays.save(
            NewStay(
                guest_id=guest.id,
                external_id=form.number,
                source=form.source or SOURCE,
                booking_status=status,
                check_in=form.arrival,
                check_out=form.departure,
                room_type=form.type,
                room_number=form.room,
                booked_at=turn.now,
                adults=form.adults,
                children=form.children,
                checked_in_at=_came_at(status, form.arrival, turn.now),
                checked_out_at=_left_at(status, min(form.departure, turn.now)),
            )
        )
        return (await _planned(uow, turn, self.engine, StayChange(None, stay), "added", {}, _stored(stay)),)

    async def _guest(self, uow: UnitOfWork) -> GuestRecord | None:
        """Return whose stay it is; None where the phone is that of somebody who is called otherwise, and who would
        get what is meant for another."""
        form = self.form
        identity = Identity(IdentityKind.phone, form.phone) if form.phone else None
        known = await uow.guests.recognise(identity) if identity else None
        if known is not None:
            return known if may_be_one(known.name, form.name) else None
        guest = await uow.guests.add(form.name, form.language)
        if identity is not None:
            await uow.guests.identify(guest.id, identity, EVIDENCE)
        return guest


@dataclass(frozen=True, slots=True)
class ChangeStay:
    """Change a stay, and its guest's name, language and phone; or hand it on to another guest."""

    engine: Engine
    stay_id: UUID
    form: StayForm

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        before = await uow.stays.get(self.stay_id)
        if before is None:
            return (turn.reply("admin-stay-not-found", number=self.form.number),)
        notes = await settle_guest(uow, turn, before, self.form)
        told = [name for name in _OF_GUEST if getattr(self.form, name) is not None]
        changes = _changes(self.form, before, turn.now)
        if changes:
            await uow.stays.update(before.id, **changes)
        stay = await uow.stays.get(before.id)
        assert stay is not None, "it was just changed"
        old, new = _stored(before), _stored(stay)
        differing = {name for name in new if old[name] != new[name]}
        reply = await _planned(
            uow,
            turn,
            self.engine,
            StayChange(before, stay),
            "changed",
            {name: old[name] for name in differing},
            {name: new[name] for name in differing} | ({"guest": told} if told else {}),
        )
        return (*notes, reply)


def _changes(form: StayForm, stay: StayRecord, now: datetime) -> dict[str, Any]:
    """Return the columns that change. A new status has its real times: who is checked in came at this moment."""
    told = {
        "room_number": form.room,
        "room_type": form.type,
        "check_in": form.arrival,
        "check_out": form.departure,
        "booking_status": form.status,
        "adults": form.adults,
        "children": form.children,
    }
    changes = {name: value for name, value in told.items() if value is not None}
    if form.status is None or form.status is stay.booking_status:
        return changes
    came = real_times(stay, form.status)["checked_in_at"]
    return {
        **changes,
        "checked_in_at": came or _came_at(form.status, stay.check_in, now),
        "checked_out_at": _left_at(form.status, now),
    }


def _came_at(status: BookingStatus, arrival: datetime, now: datetime) -> datetime | None:
    """Return when a guest really came, as far as the status tells."""
    return {BookingStatus.checked_in: now, BookingStatus.checked_out: min(arrival, now)}.get(status)


def _left_at(status: BookingStatus, at: datetime) -> datetime | None:
    """Return when a guest really left, as far as the status tells."""
    return at if status is BookingStatus.checked_out else None


async def _planned(
    uow: UnitOfWork,
    turn: Turn,
    engine: Engine,
    change: StayChange,
    done: str,
    old: dict[str, Any],
    new: dict[str, Any],
) -> OutgoingMessage:
    """Plan the stay anew, write down who changed what, and return the stay's card with the diff."""
    stay, diff = change.after, await engine.take_changes(uow, [change], turn.correlation_id)
    await uow.audits.add(
        f"stay.{done}",
        f"Stay {stay.external_id} was {done}",
        turn.now,
        user_id=turn.user.id if turn.user else None,
        metadata={"stay_id": str(stay.id), "old": old, "new": new},
        correlation_id=turn.correlation_id,
    )
    note = turn.say("admin-stay-done", done=done, number=stay.external_id)
    return OutgoingMessage(f"{note} {diff_words(turn, diff)}\n\n{await stay_card(uow, turn, stay)}")


def _stored(stay: StayRecord) -> dict[str, Any]:
    """Return what the audit keeps of a stay: plain values, and of the guest nothing but which one it is."""
    names = ("booking_status", "room_type", "room_number", "adults", "children")
    moments = {"check_in": stay.check_in, "check_out": stay.check_out, "checked_in_at": stay.checked_in_at}
    times = {name: at.isoformat() if at else None for name, at in moments.items()}
    return {"guest_id": str(stay.guest_id), **{name: getattr(stay, name) for name in names}, **times}
