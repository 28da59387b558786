"""`/trigger export`: all triggers of the hotel as a file."""

from __future__ import annotations

from bot.messages import OutgoingFile, OutgoingMessage
from bot.storage.repositories.triggers import TriggerRecord
from bot.storage.unit_of_work import UnitOfWork
from handlers.base import Outcome, Turn
from handlers.filters import arguments_of
from triggers.exchange.document import plain_document
from triggers.exchange.markup import to_json, to_yaml


class ExportTriggers:
    """Answers with a file that can be edited and sent back: YAML, or JSON where that is asked for."""

    async def load(self, uow: UnitOfWork, turn: Turn) -> list[TriggerRecord]:
        return await uow.triggers.all()

    def think(self, turn: Turn, loaded: list[TriggerRecord]) -> Outcome:
        if not loaded:
            return Outcome((turn.reply("admin-list-empty"),))
        is_json = arguments_of(turn.text).partition(" ")[2].strip().casefold() == "json"
        form, write = ("json", to_json) if is_json else ("yaml", to_yaml)
        name = f"triggers-{turn.hotel.slug}.{form}"
        file = OutgoingFile(name, f"application/{form}", write(plain_document(loaded)))
        return Outcome((OutgoingMessage(turn.say("admin-export", count=len(loaded)), file=file),))
