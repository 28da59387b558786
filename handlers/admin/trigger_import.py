"""A file of triggers, or `/trigger import hotel`: what it would change is shown first, and written when told to.

What was shown is kept in the conversation, so that what is written is what was shown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import PurePath

from bot.errors import PermanentError, TransientError
from bot.messages import AttachmentKind, OutgoingMessage
from bot.storage.unit_of_work import UnitOfWork
from handlers.admin.agreeing import is_agreed, to_agree
from handlers.admin.diffs import diff_rows, diff_told
from handlers.admin.import_source import Checked, Source, check, dropped, says_replace
from handlers.admin.import_words import preview_text, problems_text, written_text
from handlers.base import Files, Outcome, Reply, Turn
from handlers.filters import arguments_of, command_of
from triggers.audits import Author
from triggers.engine import Engine
from triggers.exchange.document import Document
from triggers.exchange.importing import Order, apply, is_change, plan_of, rehearse
from triggers.exchange.markup import MOST_BYTES, read_values
from triggers.exchange.packs import pack_names
from triggers.exchange.reading import RejectedFile
from triggers.rejections import RejectedTrigger

PRESS = "imp:"
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True, slots=True)
class Preview:
    """Say what an import would change, and offer to write it."""

    engine: Engine
    order: Order
    mark: str

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        try:
            changes, outlook = await rehearse(uow, self.engine, self.order)
        except RejectedFile as error:
            return (OutgoingMessage(problems_text(turn, error.problems)),)
        if not any(map(is_change, changes)):
            return (turn.reply("admin-import-same"),)
        rows = await diff_rows(uow, turn, plan_of(changes))
        text = preview_text(turn, changes, outlook, rows)
        return (OutgoingMessage(text, choices=to_agree(turn, PRESS, self.mark)),)


@dataclass(frozen=True, slots=True)
class Import:
    """Write what was shown; where others changed triggers meanwhile, it says what became of it now."""

    engine: Engine
    order: Order

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        try:
            changes = await apply(uow, self.engine, self.order)
        except RejectedFile as error:
            # It was right when it was shown; what the hotel has is no longer the same. Nothing was written yet.
            return (OutgoingMessage(problems_text(turn, error.problems)),)
        return (OutgoingMessage(f"{written_text(turn, changes)}\n{await diff_told(uow, turn, plan_of(changes))}"),)


class TakeTriggers(Reply):
    """Reads a file that an admin sends."""

    def __init__(self, engine: Engine, files: Files) -> None:
        self._engine = engine
        self._files = files

    async def fetch(self, turn: Turn, loaded: None) -> Checked | None:
        """Fetch the file and check it; None where the provider does not hand it over, or not now."""
        (attachment,) = turn.message.attachments
        try:
            data = await self._files.fetch(turn.hotel.id, turn.chat.account_id, attachment, MOST_BYTES)
        except (PermanentError, TransientError):
            return None
        # A large file takes a second: the loop goes on meanwhile.
        return await asyncio.to_thread(_read, turn, data)

    def think(self, turn: Turn, loaded: Checked | None) -> Outcome:
        if loaded is None:
            return Outcome((turn.reply("admin-import-unfetched", kilobytes=MOST_BYTES // 1024),))
        return _shown(turn, self._engine, loaded)


class ImportTriggers(Reply):
    """Shows a pack, and writes or forgets what was shown."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def think(self, turn: Turn, loaded: None) -> Outcome:
        if turn.pressed is None:
            return self._show_pack(turn)
        source, context = Source.of(turn.context), dropped(turn.context)
        agreed = is_agreed(turn, PRESS, source.mark) if source else None
        if source is None or agreed is None:
            return Outcome((turn.reply("admin-import-nothing"),))
        if not agreed:
            return Outcome((turn.reply("admin-import-left-alone"),), context=context)
        checked = check(turn, source)
        if checked.document is None:
            return Outcome((OutgoingMessage(problems_text(turn, checked.problems)),), context=context)
        effect = Import(self._engine, _order(turn, checked.document, source))
        return Outcome(effects=(effect,), context=context)

    def _show_pack(self, turn: Turn) -> Outcome:
        _, _, words = arguments_of(turn.text).partition(" ")
        name = words.casefold().strip().partition(" ")[0]
        if name not in pack_names():
            return Outcome((turn.reply("admin-import-how", packs=", ".join(pack_names())),))
        return _shown(turn, self._engine, check(turn, Source(pack=name, replace=says_replace(words))))


def hands_over_triggers(turn: Turn) -> bool:
    """Whether the message is a document that may hold triggers."""
    kinds = [one.kind for one in turn.message.attachments]
    if kinds != [AttachmentKind.document]:
        return False
    name = PurePath(turn.message.attachments[0].file_name or "")
    return name.suffix.lower() in _SUFFIXES or command_of(turn.text) == "trigger"


def _read(turn: Turn, data: bytes) -> Checked:
    try:
        source = Source(read_values(data), replace=says_replace(turn.text))
    except RejectedTrigger as error:
        return Checked(Source(), None, (error,))
    return check(turn, source)


def _shown(turn: Turn, engine: Engine, checked: Checked) -> Outcome:
    if checked.document is None:
        return Outcome((OutgoingMessage(problems_text(turn, checked.problems)),))
    effect = Preview(engine, _order(turn, checked.document, checked.source), checked.source.mark)
    return Outcome(context=checked.source.kept_in(turn.context), effects=(effect,))


def _order(turn: Turn, document: Document, source: Source) -> Order:
    author = Author(turn.now, turn.correlation_id, turn.user.id if turn.user else None)
    return Order(document, author, source.replace)
