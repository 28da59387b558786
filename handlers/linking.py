"""What linking does: the guest of a chat turns out to be the guest of a stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.messages import OutgoingMessage
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import format_date
from handlers.base import Turn
from handlers.language import has_chosen
from handlers.menu import menu_choices
from handlers.open_stays import is_open
from handlers.surnames import given_name
from handlers.welcome import stay_greeting


@dataclass(frozen=True, slots=True)
class LinkStay:
    """Merge the chat's guest into the stay's, and say what was found; `evidence` is how it was proven."""

    stay_id: UUID
    evidence: str
    is_arrival: bool = False

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        stay = await uow.stays.get(self.stay_id)
        if stay is None or not is_open(stay, turn.now):
            return (turn.reply("link-not-found"),)
        guest = await become(uow, turn, stay.guest_id, self.evidence)
        await uow.stays.update(stay.id, verified_at=turn.now)
        name = given_name(guest.name)
        choices = menu_choices(turn, stay)
        return (stay_greeting(turn, stay, name, choices) if self.is_arrival else _done(turn, stay, name),)


@dataclass(frozen=True, slots=True)
class Recognise:
    """Merge the chat's guest into another who has nothing booked just now."""

    guest_id: UUID
    evidence: str

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        await become(uow, turn, self.guest_id, self.evidence)
        return ()


async def become(uow: UnitOfWork, turn: Turn, guest_id: UUID, evidence: str) -> GuestRecord:
    """Let the chat belong to this guest; return them. They are written to in the language of the chat,
    unless they chose another."""
    winner = await uow.guests.get(guest_id)
    loser = turn.guest
    if loser is None or loser.id == winner.id:
        return winner
    proof = {"by": evidence, "channel": turn.platform.value, "at": turn.now.isoformat()}
    winner = await uow.guests.get(await uow.guests.merge(loser.id, winner.id, proof))
    changes: dict[str, Any] = {"last_interaction": turn.now}
    if not has_chosen(winner):
        changes |= {"language": turn.language, "preferences": {**loser.preferences, **winner.preferences}}
    await uow.guests.update(winner.id, **changes)
    return winner


def _done(turn: Turn, stay: StayRecord, name: str | None) -> OutgoingMessage:
    dates = {
        "check_in": format_date(stay.check_in, turn.language, turn.zone),
        "check_out": format_date(stay.check_out, turn.language, turn.zone),
    }
    choices = menu_choices(turn, stay)
    if name is None:
        return turn.reply("link-done-nameless", *choices, **dates)
    if stay.room_number is None:
        return turn.reply("link-done-no-room", *choices, guest=name, **dates)
    return turn.reply("link-done", *choices, guest=name, room=stay.room_number, **dates)
