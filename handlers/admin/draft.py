"""A trigger that is being made: what was answered so far, kept in the conversation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from models.enums import TriggerType

KEY = "draft"
LONGEST_NAME = 100
_UNKNOWN = "?"
_RULE = frozenset({"type", "conditions"})


class Question(StrEnum):
    """The steps of the dialogue, in order."""

    when = "when"
    amount = "amount"
    whether = "whether"
    value = "value"
    text = "text"
    action = "action"
    detail = "detail"
    name = "name"
    limits = "limits"
    limit = "limit"
    languages = "languages"
    translation = "translation"
    confirm = "confirm"


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers. `moment` is a side and an anchor whose distance is asked for, as in `after_checkin`; `asked_field` the
    field whose value is asked for; `is_whole` says that no more conditions come. Actions are only asked for when an
    admin wants any: `asks_actions` says so, `asked_action` is the kind of the one whose words are asked for. `number`
    is that of the trigger which is changed; a new one has none yet. `limits` are as a file has them; `aside` is what
    is being settled before it is saved, `part` the limit or the language that is asked for. `before` is what a change
    began from, as `values` has it: what somebody else changes meanwhile is not taken back."""

    kind: TriggerType = TriggerType.condition_based
    when: dict[str, Any] | None = None
    moment: str | None = None
    whether: dict[str, Any] = field(default_factory=dict)
    asked_field: str | None = None
    is_whole: bool = False
    text: str = ""
    name: str = ""
    number: int | None = None
    actions: list[Any] = field(default_factory=list)
    asks_actions: bool = False
    asked_action: str | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    translations: dict[str, str] = field(default_factory=dict)
    aside: str | None = None
    part: str | None = None
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        """What has to be asked next."""
        if self.when is None:
            return Question.amount if self.moment else Question.when
        if not self.is_whole:
            return Question.value if self.asked_field else Question.whether
        if not self.text:
            return Question.text
        if self.asks_actions:
            return Question.detail if self.asked_action else Question.action
        if not self.name:
            return Question.name
        return Question(self.aside) if self.aside else Question.confirm

    @property
    def conditions(self) -> dict[str, Any]:
        """The conditions as a trigger stores them."""
        return {**(self.when or {}), **self.whether}

    @property
    def values(self) -> dict[str, Any]:
        """The trigger as a file has it, as far as it is known."""
        return {
            "name": self.name or _UNKNOWN,
            "type": self.kind,
            "conditions": self.conditions,
            "text": self.text or _UNKNOWN,
            "translations": self.translations,
            "actions": self.actions,
            **self.limits,
        }

    @property
    def changed(self) -> frozenset[str]:
        """Which parts of `values` are to be written: all of a new one. Type and conditions go together."""
        names = self.values.keys() | self.before.keys()
        differing = {name for name in names if self.values.get(name) != self.before.get(name)}
        return frozenset(differing | _RULE if differing & _RULE else differing)

    def without(self, question: Question) -> Draft:
        """Forget an answer, so that it is asked for again; conditions are begun anew."""
        match question:
            case Question.when:
                return replace(self, kind=TriggerType.condition_based, when=None, moment=None)
            case Question.whether:
                return replace(self, whether={}, asked_field=None, is_whole=False)
            case Question.text:
                return replace(self, text="")
            case Question.action:
                return replace(self, asks_actions=True)
            case Question.limits | Question.languages:
                return replace(self, aside=question, part=None)
            case _:
                return replace(self, name="")

    def kept_in(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return a conversation's context with this draft in it."""
        return {**context, KEY: asdict(self)}

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Draft | None:
        """Return the draft that a conversation keeps. One that another release began is none: it does not say all
        that saving it would write."""
        kept = context.get(KEY)
        if not kept or kept.keys() != {one.name for one in fields(cls)}:
            return None
        return cls(**{**kept, "kind": TriggerType(kept["kind"])})


def free_name(name: str, taken: Collection[str]) -> str:
    """Return this name, or it with a number where a trigger has it already; `taken` are lower case."""
    numbers = ("", *(f" {count}" for count in range(2, len(taken) + 3)))
    numbered = (f"{name[: LONGEST_NAME - len(number)]}{number}" for number in numbers)
    return next(one for one in numbered if one.lower() not in taken)


def dropped(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return a conversation's context without a draft."""
    return {key: value for key, value in context.items() if key != KEY}
