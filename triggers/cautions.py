"""What an admin should know of a trigger that may be saved all the same. Pure, but for the words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bot.texts import Texts
from triggers.base import Event
from triggers.coincidences import Coincidences
from triggers.feasibility import unknown_values
from triggers.firing import ANSWERING
from triggers.premises import Premises
from triggers.rules import Rule


class Concern(StrEnum):
    """What a caution is about; the catalogues hold a sentence for each."""

    overlap = "overlap"
    shadowed = "shadowed"
    shadowing = "shadowing"
    muted = "muted"
    unknown = "unknown"


@dataclass(frozen=True, slots=True)
class Caution:
    """`names` are those of other triggers, `budget` is a guest's for a day; `value` is what nobody has, at `path`,
    and `nearest` what it may mean."""

    concern: Concern
    names: tuple[str, ...] = ()
    budget: int = 0
    path: str = ""
    value: str = ""
    nearest: str | None = None


class Neighbours:
    """A hotel's running triggers, as they stand to each other."""

    def __init__(self, premises: Premises, pairs: Coincidences) -> None:
        self.premises = premises
        self.pairs = pairs
        self.budget = premises.settings.automatic_messages_a_day
        self.counting = [rule for rule in premises.rules if not _answers(rule)]
        self._used: dict[UUID, int] = {}

    def used_before(self, rule: Rule) -> int:
        """Return how many messages of a guest's day go before this rule's; the same for all that ask it."""
        if rule.record.id not in self._used:
            others = _all_but(rule, self.counting)
            self._used[rule.record.id] = sum(self.pairs.messages_ahead(rule, other) for other in others)
        return self._used[rule.record.id]


async def find_cautions(rules: Sequence[Rule], premises: Premises) -> list[list[Caution]]:
    """Return what speaks against each of these running triggers, worked out beside other work."""
    neighbours = Neighbours(premises, Coincidences(premises.today))
    return await asyncio.to_thread(lambda: [cautions_of(rule, neighbours) for rule in rules])


def cautions_of(rule: Rule, neighbours: Neighbours) -> list[Caution]:
    """Return what speaks against a trigger without standing in its way; nothing of one that does not run."""
    if not rule.record.is_active:
        return []
    return [*_unknown(rule, neighbours.premises), *_overlaps(rule, neighbours), *_shadows(rule, neighbours)]


def caution_words(caution: Caution, texts: Texts, language: str) -> str:
    """Say a caution in a language of the catalogues."""
    words = texts(
        "trigger-caution",
        language,
        concern=caution.concern.value,
        names=", ".join(caution.names),
        budget=caution.budget,
        path=caution.path,
        value=caution.value,
    )
    return (
        f"{words} {texts('admin-problem-nearest', language, nearest=caution.nearest)}" if caution.nearest else words
    )


def _unknown(rule: Rule, premises: Premises) -> Iterator[Caution]:
    for one in unknown_values(rule.conditions.whether, premises):
        yield Caution(Concern.unknown, path=one.test.path, value=one.value, nearest=one.nearest)
    known = premises.known.get("guest.channel", ())
    for channel in rule.record.channels if known else ():
        if channel not in known:
            yield Caution(Concern.unknown, path="channels", value=channel)


def _overlaps(rule: Rule, neighbours: Neighbours) -> Iterator[Caution]:
    others = _all_but(rule, neighbours.premises.rules)
    names = [other.record.name for other in others if neighbours.pairs.overlap(rule, other)]
    if names:
        yield Caution(Concern.overlap, tuple(names))


def _shadows(rule: Rule, neighbours: Neighbours) -> Iterator[Caution]:
    """Yield whom the guest's attention budget leaves no room for: this one, or others because of it."""
    budget, pairs = neighbours.budget, neighbours.pairs
    if _answers(rule):
        return
    if budget == 0:
        yield Caution(Concern.muted)
        return
    others = _all_but(rule, neighbours.counting)
    if neighbours.used_before(rule) >= budget:
        ahead = (other.record.name for other in others if pairs.messages_ahead(rule, other))
        yield Caution(Concern.shadowed, tuple(ahead), budget)
    shaded = [
        other.record.name
        for other in others
        if (own := pairs.messages_ahead(other, rule))
        and neighbours.used_before(other) - own < budget <= neighbours.used_before(other)
    ]
    if shaded:
        yield Caution(Concern.shadowing, tuple(shaded), budget)


def _all_but(rule: Rule, rules: Iterable[Rule]) -> list[Rule]:
    return [other for other in rules if other.record.id != rule.record.id]


def _answers(rule: Rule) -> bool:
    """Whether the guest waits for an answer, which no budget holds back."""
    when = rule.conditions.when
    return isinstance(when, Event) and when.event in ANSWERING
