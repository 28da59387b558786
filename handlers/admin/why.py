"""`/why GUEST N`: why a guest got a trigger's message, or did not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from bot.messages import Choice, OutgoingMessage
from bot.storage.repositories.firings import FiringRecord
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.explaining import explanation_text
from handlers.admin.trigger_card import gone
from handlers.admin.wishes import number_of
from handlers.base import Outcome, Turn
from handlers.filters import arguments_of
from triggers.engine import Engine, Explanation

PRESS = "why:"
MOST_GUESTS = 8
_PHONE = re.compile(r"\+?[\d\s()-]{7,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """A guest, by words or by id, and a trigger's number."""

    guest: str | UUID
    number: int


@dataclass(frozen=True, slots=True)
class Known:
    """What was found; `lines` is everything the ledger has about the one guest and the trigger."""

    trigger: TriggerRecord | None = None
    guests: tuple[tuple[GuestRecord, StayRecord | None], ...] = ()
    explanation: Explanation | None = None
    lines: tuple[FiringRecord, ...] = ()


def question_of(turn: Turn) -> Question | None:
    """Return what the command or the button asks; None when it can't be understood."""
    if turn.pressed is not None:
        guest_id, _, word = turn.pressed.removeprefix(PRESS).partition(":")
        number = number_of(word)
        try:
            return Question(UUID(guest_id), number) if number is not None else None
        except ValueError:
            return None
    words = arguments_of(turn.text).rsplit(maxsplit=1)
    number = number_of(words[1]) if len(words) == 2 else None
    return Question(words[0], number) if number is not None else None


class ExplainFiring:
    """Finds the guest and the trigger, and says what the ledger says."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def load(self, uow: UnitOfWork, turn: Turn) -> Known:
        question = question_of(turn)
        if question is None:
            return Known()
        trigger = await uow.triggers.by_number(question.number)
        guests = await _guests(uow, question.guest)
        stays = [await uow.stays.of_guest(guest.id) for guest in guests]
        known = tuple((guest, theirs[0] if theirs else None) for guest, theirs in zip(guests, stays, strict=True))
        if trigger is None or len(guests) != 1:
            return Known(trigger, known)
        lines = tuple(await uow.firings.of(trigger.id, guests[0].id))
        return Known(trigger, known, await self._engine.explain(uow, trigger, guests[0]), lines)

    def think(self, turn: Turn, loaded: Known) -> Outcome:
        return Outcome((_answer(turn, loaded),))


def _answer(turn: Turn, known: Known) -> OutgoingMessage:
    question = question_of(turn)
    if question is None:
        return turn.reply("admin-why-usage")
    if known.trigger is None:
        return gone(turn)
    if not known.guests:
        return turn.reply("admin-guest-not-found", words=str(question.guest)[:100])
    if len(known.guests) > MOST_GUESTS:
        return turn.reply("admin-guests-too-many", words=str(question.guest)[:100])
    if len(known.guests) > 1:
        choices = [_choice(turn, guest, stay, question.number) for guest, stay in known.guests]
        return turn.reply("admin-guests-several", *choices)
    assert known.explanation is not None, "asked of one guest and one trigger"
    guest = known.guests[0][0]
    return OutgoingMessage(explanation_text(turn, known.trigger, guest, known.explanation, known.lines))


async def _guests(uow: UnitOfWork, wanted: str | UUID) -> list[GuestRecord]:
    if isinstance(wanted, UUID):
        return list((await uow.guests.with_ids([wanted])).values())
    found = await uow.guests.search(wanted, MOST_GUESTS + 1)
    if found or not _PHONE.fullmatch(wanted):
        return found
    return await uow.guests.search(f"+{re.sub(r'[^0-9]', '', wanted)}", MOST_GUESTS + 1)


def _choice(turn: Turn, guest: GuestRecord, stay: StayRecord | None, number: int) -> Choice:
    name = guest.name or turn.say("admin-guest-nameless")
    label = f"{name} · {stay.external_id}" if stay else name
    return Choice(f"{PRESS}{guest.id}:{number}", label)
