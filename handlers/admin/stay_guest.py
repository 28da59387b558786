"""The guest of a stay as an admin tells it: known better, or another person to whom the stay was handed on."""

from __future__ import annotations

from uuid import UUID

from bot.integrations.base import StayRow
from bot.messages import OutgoingMessage
from bot.storage.repositories.guests import GuestRecord, Identity
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.stay_form import StayForm
from handlers.base import Turn
from models.enums import IdentityKind
from triggers.guestbook import Guestbook, key_of, may_be_one

EVIDENCE = {"by": "admin"}


async def settle_guest(uow: UnitOfWork, turn: Turn, stay: StayRecord, form: StayForm) -> tuple[OutgoingMessage, ...]:
    """Change what is known of a stay's guest, or hand the stay on where name and phone are both another's; return
    what is to be said of that."""
    guest = await uow.guests.get(stay.guest_id)
    is_other_name = not may_be_one(guest.name, form.name)
    if is_other_name and (heir := await _heir(uow, stay, form)) is not None:
        await uow.stays.hand_on(stay.id, heir)
        return (turn.reply("admin-stay-handed-on"),)
    owner = await _identified(uow, guest, form)
    if owner != guest.id and is_other_name:
        return (turn.reply("admin-stay-another-guests", phone=form.phone or ""),)
    await _introduce(uow, guest.id, form)
    return () if owner == guest.id else (turn.reply("admin-stay-phone-taken", phone=form.phone or ""),)


async def _heir(uow: UnitOfWork, stay: StayRecord, form: StayForm) -> UUID | None:
    """Return whose name and phone these are, found or made as for an import; None where they are the guest's own, or
    the phone is that of somebody who is called otherwise."""
    if form.phone is None:
        return None
    row = StayRow(0, stay.external_id, stay.source, form.name, form.phone, form.language)
    book = await Guestbook.open(uow, [row], {key_of(row): stay})
    owner = (await uow.guests.with_ids([book.guest_of(row)])).get(book.guest_of(row))
    if owner is not None and (owner.id == stay.guest_id or not may_be_one(owner.name, form.name)):
        return None
    await book.save(uow, EVIDENCE)
    return book.guest_of(row)


async def _identified(uow: UnitOfWork, guest: GuestRecord, form: StayForm) -> UUID:
    """Put the phone down, and return whose it is."""
    if form.phone is None:
        return guest.id
    return await uow.guests.identify(guest.id, Identity(IdentityKind.phone, form.phone), EVIDENCE)


async def _introduce(uow: UnitOfWork, guest_id: UUID, form: StayForm) -> None:
    told = {"name": form.name, "language": form.language}
    values = {name: value for name, value in told.items() if value is not None}
    if values:
        await uow.guests.update(guest_id, **values)
