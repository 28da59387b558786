"""One stay as admins see it, with what is planned for it."""

from __future__ import annotations

from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.words import moment_words, value_words
from handlers.base import Turn

_MOST_PLANNED = 5


async def stay_card(uow: UnitOfWork, turn: Turn, stay: StayRecord) -> str:
    """Return the stay's card."""
    guest = await uow.guests.get(stay.guest_id)
    text = turn.say(
        "admin-stay-card",
        number=stay.external_id,
        source=stay.source,
        status=value_words(turn, "booking_status", stay.booking_status),
        guest=guest.name or turn.say("admin-guest-nameless"),
        room=stay.room_number or turn.say("admin-value-unknown"),
        type=stay.room_type or turn.say("admin-value-unknown"),
        arrival=moment_words(turn, stay.check_in),
        departure=moment_words(turn, stay.check_out),
    )
    return "\n".join([text, *await _planned_lines(uow, turn, stay)])


async def _planned_lines(uow: UnitOfWork, turn: Turn, stay: StayRecord) -> list[str]:
    names = {trigger.id: trigger.name for trigger in await uow.triggers.all()}
    planned = sorted(await uow.firings.standing(names.keys(), [stay.id], []), key=lambda firing: firing.due_at)
    if not planned:
        return [turn.say("admin-stay-nothing-planned")]
    lines = [
        turn.say("admin-stay-planned", trigger=names[firing.trigger_id], time=moment_words(turn, firing.due_at))
        for firing in planned[:_MOST_PLANNED]
    ]
    rest = len(planned) - _MOST_PLANNED
    return lines if rest <= 0 else [*lines, turn.say("admin-stay-planned-more", count=rest)]
