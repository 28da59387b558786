"""Whether: read once when a trigger is saved, then asked of any facts, always with an explanation. Pure.

The same evaluator serves saving, firing, dry run and explanation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.messages import clean_text
from models.enums import TriggerType
from triggers.base import ConditionResult, Facts
from triggers.clauses import Conditions, Group, Mode, Test
from triggers.contradictions import check_possible
from triggers.fields import (
    CHOOSING,
    FIELDS,
    Field,
    FieldType,
    Operator,
    Value,
    field_of,
    holds,
    known_value,
    wanted_value,
)
from triggers.moments import WHEN_KEYS, parse_when
from triggers.rejections import Problem, RejectedTrigger, nearest, shown

_GROUPS = frozenset(mode.value for mode in Mode)
_NOT_RECEIVED = "not_received"
_KEYS = WHEN_KEYS | _GROUPS | FIELDS.keys() | {_NOT_RECEIVED}

_DEEPEST = 5
_MOST_TESTS = 50
_MOST_CHOICES = 100
_LONGEST_TEXT = 200
_EXACT_IN_JSON = 2**53
_OF_ANOTHER_TYPE = {FieldType.whole: Problem.not_whole, FieldType.number: Problem.not_a_number}


def parse_conditions(kind: TriggerType, mapping: object) -> Conditions:
    """Read a trigger's conditions as they are stored. Raises RejectedTrigger that names the path at fault."""
    keys = _object("conditions", mapping)
    whether = Group(Mode.all, tuple(_parse_parts("", {k: v for k, v in keys.items() if k not in WHEN_KEYS}, 0)))
    when = parse_when(kind, {key: value for key, value in keys.items() if key in WHEN_KEYS})
    if kind is TriggerType.condition_based and not whether.parts:
        raise RejectedTrigger("conditions", Problem.empty, "say what must become true, as in room_type")
    if sum(1 for _ in tests_of(whether)) > _MOST_TESTS:
        raise RejectedTrigger("conditions", Problem.too_much, f"at most {_MOST_TESTS} conditions fit one trigger")
    check_possible(whether)
    return Conditions(when, whether)


def _object(path: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RejectedTrigger(path, Problem.wrong_type, f"must be an object of conditions, not {shown(value)!r}")
    for key in value:
        if not isinstance(key, str):
            raise RejectedTrigger(path, Problem.wrong_type, f"a name must be text, not {shown(key)!r}")
    return value


def _parse_parts(prefix: str, keys: Mapping[str, Any], depth: int) -> Iterator[Test | Group]:
    for key, value in keys.items():
        path = prefix + (key or '""')
        if key in _GROUPS:
            yield _parse_group(path, Mode(key), value, depth + 1)
        elif key == _NOT_RECEIVED:
            yield _parse_not_received(path, value)
        elif key in WHEN_KEYS:
            raise RejectedTrigger(path, Problem.misplaced, "goes on the outermost level only")
        else:
            yield from _parse_field(path, key, value)


def _parse_group(path: str, mode: Mode, value: object, depth: int) -> Group:
    if depth > _DEEPEST:
        raise RejectedTrigger(path, Problem.too_much, f"conditions nest at most {_DEEPEST} deep")
    if not isinstance(value, list | tuple):
        raise RejectedTrigger(path, Problem.wrong_type, 'must be a list of conditions like [{"nights": 1}]')
    if not value:
        raise RejectedTrigger(path, Problem.empty, "needs at least one condition")
    return Group(mode, tuple(_parse_member(f"{path}[{index}]", member, depth) for index, member in enumerate(value)))


def _parse_member(path: str, value: object, depth: int) -> Group:
    member = _object(path, value)
    if not member:
        raise RejectedTrigger(path, Problem.empty, "needs at least one condition")
    return Group(Mode.all, tuple(_parse_parts(f"{path}.", member, depth)))


def _parse_field(path: str, name: str, value: object) -> Iterator[Test]:
    field = field_of(name)
    if field is None:
        raise RejectedTrigger(path, Problem.unknown_name, "there is no such key or field", nearest(name, _KEYS))
    if isinstance(value, Mapping):
        yield from _parse_operators(path, name, field, _object(path, value))
    elif isinstance(value, list | tuple):
        yield _parse_test(path, name, field, Operator.in_, value)
    else:
        yield _parse_test(path, name, field, Operator.eq, value)


def _parse_operators(path: str, name: str, field: Field, operators: Mapping[str, Any]) -> Iterator[Test]:
    if not operators:
        raise RejectedTrigger(path, Problem.empty, "needs an operator, as in gte")
    for key, wanted in operators.items():
        if key not in field.operators:
            is_known = key in frozenset(Operator)
            detail = "does not go with this field" if is_known else "there is no such operator"
            right = sorted(operator.value for operator in field.operators)
            problem = Problem.misplaced if is_known else Problem.unknown_name
            raise RejectedTrigger(f"{path}.{key}", problem, detail, None if is_known else nearest(key, right))
        yield _parse_test(f"{path}.{key}", name, field, Operator(key), wanted)


def _parse_not_received(path: str, value: object) -> Test:
    names = value if isinstance(value, list | tuple) else [value]
    return _parse_test(path, "received", FIELDS["received"], Operator.not_in, names)


def _parse_test(path: str, name: str, field: Field, operator: Operator, wanted: object) -> Test:
    if operator is Operator.exists:
        return Test(path, name, field, operator, wanted, (_parse_yes_or_no(path, wanted),))
    if operator not in CHOOSING:
        return Test(path, name, field, operator, wanted, (_parse_value(path, field, operator, wanted),))
    if not isinstance(wanted, list | tuple):
        raise RejectedTrigger(path, Problem.wrong_type, f"must be a list, not {shown(wanted)!r}")
    if not wanted:
        raise RejectedTrigger(path, Problem.empty, "needs at least one value")
    if len(wanted) > _MOST_CHOICES:
        raise RejectedTrigger(path, Problem.too_much, f"at most {_MOST_CHOICES} values fit one list")
    values = tuple(_parse_value(f"{path}[{index}]", field, operator, one) for index, one in enumerate(wanted))
    return Test(path, name, field, operator, list(wanted), values)


def _parse_yes_or_no(path: str, wanted: object) -> bool:
    if not isinstance(wanted, bool):
        raise RejectedTrigger(path, Problem.wrong_type, f"must be true or false, not {shown(wanted)!r}")
    return wanted


def _parse_value(path: str, field: Field, operator: Operator, wanted: object) -> Value:
    if isinstance(wanted, str) and len(wanted) > _LONGEST_TEXT:
        raise RejectedTrigger(path, Problem.too_much, f"must have at most {_LONGEST_TEXT} characters")
    value = wanted_value(field, wanted, operator)
    if value is None:
        problem = _OF_ANOTHER_TYPE.get(field.type, Problem.wrong_type)
        raise RejectedTrigger(path, problem, f"must be {field.type.value}, not {shown(wanted)!r}")
    if field.words and operator is not Operator.contains and value not in field.words:
        detail = f"{shown(wanted)!r} is none of its values"
        raise RejectedTrigger(path, Problem.unknown_value, detail, nearest(str(value), field.words))
    return value


def tests_of(group: Group) -> Iterator[Test]:
    for part in group.parts:
        if isinstance(part, Test):
            yield part
        else:
            yield from tests_of(part)


@dataclass(frozen=True, slots=True)
class ConditionTrace:
    """The answer, and every condition that was asked with what was found."""

    held: bool
    checked: tuple[ConditionResult, ...]


def evaluate(conditions: Conditions, facts: Facts) -> ConditionTrace:
    """Ask every condition of the facts. Never raises, and never stops at the first answer: the trace is whole."""
    checked: list[ConditionResult] = []
    return ConditionTrace(_group_holds(conditions.whether, facts, checked), tuple(checked))


def _group_holds(group: Group, facts: Facts, checked: list[ConditionResult]) -> bool:
    answers = [
        _test_holds(part, facts, checked) if isinstance(part, Test) else _group_holds(part, facts, checked)
        for part in group.parts
    ]
    match group.mode:
        case Mode.all:
            return all(answers)
        case Mode.any:
            return any(answers)
        case Mode.none:
            return not any(answers)


def _test_holds(test: Test, facts: Facts, checked: list[ConditionResult]) -> bool:
    found = facts.get(test.name)
    held = holds(test.operator, known_value(test.field, found), test.values)
    checked.append(ConditionResult(test.path, test.operator.value, test.wanted, _plain(found), held))
    return held


def _plain(value: object) -> Any:
    """Return a fact as a value that JSON (and PostgreSQL's) can hold, cut to what an explanation needs."""
    if isinstance(value, str):
        return clean_text(value[:_LONGEST_TEXT])
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _EXACT_IN_JSON:
        return value
    if isinstance(value, int | float | Decimal):
        return str(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | Set):
        return sorted(_plain(one) for one in value if isinstance(one, str))[:_MOST_CHOICES]
    return None
