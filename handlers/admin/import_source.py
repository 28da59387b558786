"""What an admin wants to import: where it came from, and what came of checking it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from handlers.admin.agreeing import new_mark
from handlers.base import Turn
from triggers.exchange.document import Document
from triggers.exchange.examples import example_problems
from triggers.exchange.packs import open_pack
from triggers.exchange.reading import RejectedFile, check_document
from triggers.rejections import RejectedTrigger

KEY = "import"
_REPLACE_WORDS = frozenset({"replace", "заменить", "замени"})


@dataclass(frozen=True, slots=True)
class Source:
    """The plain values of a file, or the name of a pack; with `replace` what is not in it is deleted. `mark` names
    what was shown of it."""

    values: Any = None
    pack: str | None = None
    replace: bool = False
    mark: str = field(default_factory=new_mark)

    def kept_in(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return a conversation's context with this source in it."""
        return {**context, KEY: asdict(self)}

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Source | None:
        """Return the source that a conversation keeps."""
        return cls(**context[KEY]) if context.get(KEY) else None


@dataclass(frozen=True, slots=True)
class Checked:
    """A source with the document that it stands for, or with everything that is wrong with it."""

    source: Source
    document: Document | None
    problems: Sequence[RejectedTrigger] = ()


def check(turn: Turn, source: Source) -> Checked:
    """Read a source, and run its examples in this hotel."""
    try:
        language = turn.hotel.default_language
        document = open_pack(source.pack, language) if source.pack else check_document(source.values)
    except RejectedFile as error:
        return Checked(source, None, error.problems)
    problems = tuple(example_problems(document, turn.hotel))
    return Checked(source, None if problems else document, problems)


def says_replace(text: str) -> bool:
    """Whether an admin wants what is not in the file to be deleted."""
    return not _REPLACE_WORDS.isdisjoint(text.casefold().split())


def dropped(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return a conversation's context without a source."""
    return {name: value for name, value in context.items() if name != KEY}
