"""A stored trigger, read: its conditions parsed once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from bot.storage.repositories.triggers import TriggerRecord
from bot.telemetry.logs import logger
from models.enums import BookingStatus, TriggerType
from triggers.actions import Action, parse_actions
from triggers.base import Anchor, Cron, Offset, Once, Reason, When
from triggers.clauses import Conditions, Group, Mode, Test
from triggers.conditions import parse_conditions, tests_of
from triggers.fields import Operator, folded
from triggers.rejections import RejectedTrigger
from triggers.templates import check_template

OVER = frozenset({BookingStatus.cancelled, BookingStatus.no_show})
_LEFT = OVER | {BookingStatus.checked_out}
_ARRIVED = _LEFT | {BookingStatus.checked_in}

log = logger("triggers")


@dataclass(frozen=True, slots=True)
class Rule:
    """A trigger that can be planned and fired."""

    record: TriggerRecord
    conditions: Conditions
    actions: tuple[Action, ...] = ()

    def looks_at(self, status: BookingStatus) -> bool:
        """Whether stays of this status are looked at: those for which its moment has passed or never comes only when
        it asks for them."""
        return status not in _too_late(self.conditions.when) or _asks_for(self.conditions.whether, status)

    def asks_about_message(self) -> bool:
        """Whether what a guest writes decides, so that nobody can say before for whom it holds."""
        return self.asks_about("message.")

    def asks_about(self, field: str) -> bool:
        """Whether the conditions ask this field, or one of those that begin so."""
        return any(test.name.startswith(field) for test in tests_of(self.conditions.whether))

    def names(self, trigger: str) -> bool:
        """Whether the conditions ask about what the trigger of this name has said."""
        asked = (test for test in tests_of(self.conditions.whether) if test.name == "received")
        return any(folded(trigger) in test.values for test in asked)


def why_left_alone(status: BookingStatus) -> Reason:
    """Return why a stay of this status is not spoken of where its rule does not look at it."""
    return Reason.stay_over if status in _LEFT else Reason.other_state


def _too_late(when: When) -> frozenset[BookingStatus]:
    """Return in which states of a stay there is nothing left to say: what goes before the arrival or before the
    departure does not go after it, and what goes to guests in house does not go to those who have left."""
    match when:
        case Offset(anchor=Anchor.checkin, amount=amount) if amount < 0:
            return _ARRIVED
        case Offset(anchor=Anchor.checkout, amount=amount) if amount < 0:
            return _LEFT
        case Offset(anchor=Anchor.checkin) | Cron() | Once():
            return _LEFT
        case _:
            return OVER


def _asks_for(group: Group, status: BookingStatus) -> bool:
    if group.mode is Mode.none:
        return False
    return any(_asks_for(part, status) if isinstance(part, Group) else _names(part, status) for part in group.parts)


def _names(test: Test, status: BookingStatus) -> bool:
    is_choice = test.operator in {Operator.eq, Operator.in_}
    return test.name == "booking_status" and is_choice and status.value in test.values


def read(record: TriggerRecord) -> Rule:
    """Return the rule of a stored trigger. Raises RejectedTrigger for one that an older release let through."""
    conditions = _parsed(record.trigger_type, orjson.dumps(record.conditions, option=orjson.OPT_SORT_KEYS))
    return Rule(record, conditions, _parsed_actions(orjson.dumps(record.actions)) if record.actions else ())


def readable(records: Iterable[TriggerRecord]) -> list[Rule]:
    """Return the rules of the active triggers; one that can't be read any more is left out and logged."""
    rules = []
    for record in records:
        if record.is_active:
            try:
                rules.append(read(record))
            except RejectedTrigger as error:
                log.error("trigger_unreadable", trigger_id=record.id, error=error)
    return rules


@lru_cache(maxsize=4096)
def _parsed(kind: TriggerType, conditions: bytes) -> Conditions:
    return parse_conditions(kind, orjson.loads(conditions))


@lru_cache(maxsize=4096)
def _parsed_actions(actions: bytes) -> tuple[Action, ...]:
    return parse_actions(orjson.loads(actions))


def check(
    kind: TriggerType,
    conditions: Mapping[str, Any],
    template: str,
    translations: Mapping[str, str],
    actions: Sequence[Any] = (),
) -> Conditions:
    """Check a trigger before it is saved. Raises RejectedTrigger that names the part at fault."""
    parsed = parse_conditions(kind, conditions)
    check_template(template)
    for language, text in translations.items():
        check_template(text, path=f"translations.{language}")
    parse_actions(list(actions))
    return parsed
