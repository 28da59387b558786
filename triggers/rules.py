"""A stored trigger, read: its conditions parsed once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from bot.storage.repositories.triggers import TriggerRecord
from models.enums import TriggerType
from triggers.clauses import Conditions
from triggers.conditions import parse_conditions
from triggers.templates import check_template


@dataclass(frozen=True, slots=True)
class Rule:
    """A trigger that can be planned and fired."""

    record: TriggerRecord
    conditions: Conditions


def read(record: TriggerRecord) -> Rule:
    """Return the rule of a stored trigger. Raises RejectedTrigger for one that an older release let through."""
    return Rule(record, _parsed(record.trigger_type, orjson.dumps(record.conditions, option=orjson.OPT_SORT_KEYS)))


@lru_cache(maxsize=4096)
def _parsed(kind: TriggerType, conditions: bytes) -> Conditions:
    return parse_conditions(kind, orjson.loads(conditions))


def check(
    kind: TriggerType, conditions: Mapping[str, Any], template: str, translations: Mapping[str, str]
) -> Conditions:
    """Check a trigger before it is saved. Raises RejectedTrigger that names the part at fault."""
    parsed = parse_conditions(kind, conditions)
    check_template(template)
    for language, text in translations.items():
        check_template(text, path=f"translations.{language}")
    return parsed
