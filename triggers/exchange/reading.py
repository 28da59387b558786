"""From a file to a checked document: whatever is wrong with it is found at once, each with its path in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.errors import RejectedInput
from bot.texts import language_code
from models.enums import BookingStatus, CatchUp, ConsentPurpose, OncePer, TriggerType
from triggers.actions import action_problems
from triggers.conditions import parse_conditions
from triggers.exchange.document import (
    Document,
    Entry,
    Example,
    ExampleGuest,
    ExampleMessage,
    ExampleStay,
)
from triggers.exchange.markup import read_values
from triggers.rejections import Problem, RejectedTrigger, nearest, shown
from triggers.templates import check_template

MOST_SHOWN = 50

# By what a part of a file is called, the names that may stand in it.
_NAMES: Mapping[str, frozenset[str]] = {
    "": frozenset(Document.model_fields),
    "triggers": frozenset(Entry.model_fields),
    "examples": frozenset(Example.model_fields),
    "stay": frozenset(ExampleStay.model_fields),
    "guest": frozenset(ExampleGuest.model_fields),
    "message": frozenset(ExampleMessage.model_fields),
}
_WORDS: Mapping[str, type[StrEnum]] = {
    "type": TriggerType,
    "once_per": OncePer,
    "purpose": ConsentPurpose,
    "catch_up": CatchUp,
    "booking_status": BookingStatus,
}
_PROBLEMS = {
    "missing": Problem.missing,
    "extra_forbidden": Problem.unknown_name,
    "enum": Problem.unknown_value,
    "literal_error": Problem.unknown_value,
    "int_type": Problem.not_whole,
    "float_type": Problem.not_a_number,
    "string_too_short": Problem.empty,
    "string_too_long": Problem.too_much,
    "too_long": Problem.too_much,
    "greater_than_equal": Problem.out_of_range,
    "less_than_equal": Problem.out_of_range,
}
_PYDANTICS_WORDS = re.compile(r"^Value error, must|^\w+ should")
# That these are missing or empty may come of a wrong name that was taken out.
_WHOLES = frozenset({"conditions", "event"})
# Stands for a member of a group that was taken out, so that the others keep their numbers.
_ANYTHING = {"guest.preferences.anything": {"exists": True}}


class RejectedFile(RejectedInput):
    """The file can't be imported as it is, and nothing of it was: correct the named parts and give it again."""

    def __init__(self, problems: Sequence[RejectedTrigger]) -> None:
        told = [str(problem) for problem in problems[:MOST_SHOWN]]
        if len(problems) > MOST_SHOWN:
            told.append(f"and {len(problems) - MOST_SHOWN} more")
        super().__init__("\n".join(told))
        self.problems = tuple(problems)


def read_document(data: bytes) -> Document:
    """Return the triggers of a YAML or JSON file. Raises RejectedFile with everything that is wrong."""
    try:
        values = read_values(data)
    except RejectedTrigger as error:
        raise RejectedFile([error]) from None
    return check_document(values)


def check_document(values: Any) -> Document:
    """Return the document that plain values stand for. Raises RejectedFile with everything that is wrong."""
    problems = [*_shape_problems(values), *_sense_problems(values)]
    if problems:
        raise RejectedFile(problems)
    return _validated(values)


def _validated(values: Any) -> Document:
    # As JSON, so that strict means what a file can say: no 1 for true, but the name of a value for the value.
    return Document.model_validate_json(orjson.dumps(values), strict=True)


def read_entry(values: Mapping[str, Any]) -> Entry:
    """Return one trigger of a file whose conditions and texts were checked already.

    Raises RejectedTrigger for the first wrong name or kind of value.
    """
    try:
        return Entry.model_validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        raise _shape_problem(error.errors(include_url=False)[0]) from None


def _shape_problems(values: Any) -> Iterator[RejectedTrigger]:
    """Yield what is wrong with names and kinds of values."""
    try:
        _validated(values)
    except ValidationError as error:
        yield from (_shape_problem(detail) for detail in error.errors(include_url=False))


def _shape_problem(error: ErrorDetails) -> RejectedTrigger:
    loc, given = error["loc"], shown(error["input"])
    problem = _PROBLEMS.get(error["type"], Problem.wrong_type)
    name = str(loc[-1]) if loc else ""
    match problem:
        case Problem.missing:
            return RejectedTrigger(_path(loc), problem, "is needed")
        case Problem.unknown_name:
            owner = next((str(part) for part in reversed(loc[:-1]) if isinstance(part, str)), "")
            return RejectedTrigger(_path(loc), problem, "there is no such name", nearest(name, _NAMES.get(owner, ())))
        case Problem.unknown_value if name in _WORDS:
            right = list(_WORDS[name])
            detail = f"{given!r} is none of {', '.join(right)}"
            return RejectedTrigger(_path(loc), problem, detail, nearest(given, right))
    return RejectedTrigger(_path(loc), problem, _PYDANTICS_WORDS.sub("must", error["msg"]))


def _path(loc: Sequence[int | str]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return path.removeprefix(".") or "file"


def _sense_problems(values: Any) -> Iterator[RejectedTrigger]:
    """Yield what is wrong with conditions, texts, actions and names, as far as there are any."""
    entries = values.get("triggers") if isinstance(values, Mapping) else None
    places: dict[str, int] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, Mapping):
            continue
        if isinstance(name := entry.get("name"), str):
            first = places.setdefault(name.lower(), index)
            if first != index:
                detail = f"triggers[{first}] has this name already"
                yield RejectedTrigger(f"triggers[{index}].name", Problem.repeated, detail)
        # Each costs a reading of all conditions, and nobody reads thousands.
        for problem in (
            *islice(_condition_problems(entry), MOST_SHOWN),
            *_text_problems(entry),
            *_action_problems(entry),
        ):
            yield within(f"triggers[{index}]", problem)


def _action_problems(entry: Mapping[str, Any]) -> Sequence[RejectedTrigger]:
    given = entry.get("actions")
    return action_problems(given) if isinstance(given, list) else ()


def within(path: str, error: RejectedTrigger) -> RejectedTrigger:
    """Return the same problem of a part of something larger, which is at this path."""
    return RejectedTrigger(f"{path}.{error.path}", error.problem, error.detail, error.nearest)


def _text_problems(entry: Mapping[str, Any]) -> Iterator[RejectedTrigger]:
    given = entry.get("translations")
    translations = given if isinstance(given, Mapping) else {}
    for language in translations:
        try:
            language_code(language)
        except RejectedInput as error:
            yield RejectedTrigger(f"translations.{language}", Problem.unknown_name, error.sentence)
    texts = {f"translations.{language}": text for language, text in translations.items()}
    for path, text in {"text": entry.get("text"), **texts}.items():
        try:
            if isinstance(text, str):
                check_template(text, path=path)
        except RejectedTrigger as error:
            yield error


def _condition_problems(entry: Mapping[str, Any]) -> Iterator[RejectedTrigger]:
    """Yield all that is wrong with a trigger's conditions: what was found is taken out, and the rest read again."""
    kind, conditions = entry.get("type"), entry.get("conditions")
    if not isinstance(kind, str) or kind not in frozenset(TriggerType) or not isinstance(conditions, Mapping):
        return
    left: Any = conditions
    is_whole = True
    while (error := _first_problem(TriggerType(kind), left)) is not None:
        if is_whole or error.path not in _WHOLES:
            yield error if error.path == "conditions" else within("conditions", error)
        left, before = _without(left, error.path), left
        is_whole = False
        if left is None or left == before:
            return


def _first_problem(kind: TriggerType, conditions: object) -> RejectedTrigger | None:
    try:
        parse_conditions(kind, conditions)
    except RejectedTrigger as error:
        return error
    return None


def _without(value: Any, path: str) -> Any:
    """Return conditions without the part at a path such as `any[0].guest.tags.in`; None where nothing is left."""
    if not path:
        return None
    if isinstance(value, list) and (index := re.match(r"\[(\d+)\]\.?", path)):
        number = int(index[1])
        if not isinstance(value[number], Mapping):
            return None
        inner = _without(value[number], path[index.end() :])
        return [*value[:number], _ANYTHING if inner is None else inner, *value[number + 1 :]]
    if isinstance(value, Mapping):
        # The longest first: names have dots in them, as paths do.
        for name in sorted(value, key=len, reverse=True):
            rest = path.removeprefix(name)
            if rest != path and (not rest or rest[0] in ".["):
                inner = _without(value[name], rest.removeprefix("."))
                return {**value, name: inner} if inner is not None else _dropped(value, name)
    return value


def _dropped(value: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    return {key: other for key, other in value.items() if key != name} or None
