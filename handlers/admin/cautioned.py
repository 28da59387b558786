"""What an admin is told of a trigger that begins to run: it is saved all the same."""

from __future__ import annotations

from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.base import Turn
from triggers.cautions import caution_words, find_cautions
from triggers.premises import survey
from triggers.rules import read


async def cautions_about(uow: UnitOfWork, turn: Turn, trigger: TriggerRecord) -> list[str]:
    """Return a sentence for each thing to know of a trigger as it is stored now."""
    (found,) = await find_cautions([read(trigger)], await survey(uow, turn.hotel, turn.now))
    return [caution_words(one, turn.texts, turn.language) for one in found]
