"""What an admin should know of a trigger that may be saved all the same. Pure, but for the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.texts import Texts
from triggers.base import Event
from triggers.coincidences import messages_ahead, overlap
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


def cautions_of(rule: Rule, premises: Premises) -> list[Caution]:
    """Return what speaks against a trigger without standing in its way; nothing of one that does not run."""
    if not rule.record.is_active:
        return []
    others = [other for other in premises.rules if other.record.id != rule.record.id]
    return [*_unknown(rule, premises), *_overlaps(rule, others, premises), *_shadows(rule, others, premises)]


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


def _overlaps(rule: Rule, others: Sequence[Rule], premises: Premises) -> Iterator[Caution]:
    names = [other.record.name for other in others if overlap(rule, other, premises.today)]
    if names:
        yield Caution(Concern.overlap, tuple(names))


def _shadows(rule: Rule, others: Sequence[Rule], premises: Premises) -> Iterator[Caution]:
    """Yield whom the guest's attention budget leaves no room for: this one, or others because of it."""
    budget = premises.settings.automatic_messages_a_day
    if _answers(rule):
        return
    if budget == 0:
        yield Caution(Concern.muted)
        return
    counting = [other for other in others if not _answers(other)]
    ahead = _ahead(rule, counting, premises)
    if sum(ahead.values()) >= budget:
        yield Caution(Concern.shadowed, tuple(ahead), budget)
    shaded = [
        other.record.name
        for other in counting
        if (own := messages_ahead(other, rule, premises.today))
        and 0 < budget - sum(_ahead(other, counting, premises).values()) <= own
    ]
    if shaded:
        yield Caution(Concern.shadowing, tuple(shaded), budget)


def _ahead(rule: Rule, others: Sequence[Rule], premises: Premises) -> dict[str, int]:
    """Return by trigger how many messages go before this rule's on its day."""
    counts = {other.record.name: messages_ahead(rule, other, premises.today) for other in others if other is not rule}
    return {name: count for name, count in counts.items() if count}


def _answers(rule: Rule) -> bool:
    """Whether the guest waits for an answer, which no budget holds back."""
    when = rule.conditions.when
    return isinstance(when, Event) and when.event in ANSWERING
