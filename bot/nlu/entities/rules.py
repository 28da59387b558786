"""Rules over the sorts of a text's lexemes (`lexicon` lists them), and how they are applied one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.nlu.base import Entity, EntityKind
from bot.nlu.entities.lexemes import Lexeme

# What a rule has read is hidden from the later ones, which may still ask what it was.
HIDDEN = {EntityKind.date: "D", EntityKind.time: "H", EntityKind.room_number: "B"}
HIDDEN_OTHER = "_"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an entity is worth."""

    kind: EntityKind
    value: str
    unit: str | None = None


@dataclass(slots=True)
class Sentence:
    """A text's lexemes, and their sorts as far as nothing has read them; `found` grows."""

    text: str
    lexemes: Sequence[Lexeme]
    now: datetime
    sorts: str = ""
    found: list[Entity] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sorts = "".join(lexeme.sort for lexeme in self.lexemes)

    def apply(self, rule: Rule) -> None:
        """Note all that a rule reads, and hide it from the next."""
        for match in rule.pattern.finditer(self.sorts):
            reading = rule.read(Match(self, match))
            if reading is not None:
                self._note(reading, match.start(), match.end())

    def _note(self, reading: Reading, first: int, end: int) -> None:
        hidden = HIDDEN.get(reading.kind, HIDDEN_OTHER) * (end - first)
        self.sorts = self.sorts[:first] + hidden + self.sorts[end:]
        start, stop = self.lexemes[first].start, self.lexemes[end - 1].end
        self.found.append(Entity(reading.kind, reading.value, self.text[start:stop], start, reading.unit))


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule's pattern holds; `match[name]` is the value of the lexeme that the group covers, or None."""

    sentence: Sentence
    places: re.Match[str]

    def __getitem__(self, group: str) -> Any:
        at = self.place(group)
        return None if at is None else self.sentence.lexemes[at].value

    def place(self, group: str) -> int | None:
        """Return which lexeme the group covers first."""
        at = self.places.start(group) if group in self.places.re.groupindex else -1
        return None if at < 0 else at

    def written(self, group: str) -> str:
        """Return what the group covers, as it stands in the text."""
        first, end = self.places.span(group)
        return self.sentence.text[self.sentence.lexemes[first].start : self.sentence.lexemes[end - 1].end]

    def within(self) -> Sequence[Lexeme]:
        """Return the lexemes of the match."""
        return self.sentence.lexemes[slice(*self.places.span())]

    def before(self, most: int) -> Sequence[Lexeme]:
        """Return the lexemes before the match, the nearest first."""
        start = self.places.start()
        return self.sentence.lexemes[max(start - most, 0) : start][::-1]

    def after(self, most: int) -> Sequence[Lexeme]:
        """Return the lexemes behind the match."""
        return self.sentence.lexemes[self.places.end() : self.places.end() + most]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the pattern holds among the sorts, `read` says what it is; None where it is nothing after all."""

    pattern: re.Pattern[str]
    read: Callable[[Match], Reading | None]


def rules(read: Callable[[Match], Reading | None], *patterns: str) -> tuple[Rule, ...]:
    """Return rules that are read in the same way."""
    return tuple(Rule(re.compile(pattern), read) for pattern in patterns)
