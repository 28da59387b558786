"""A condition once it has been read: tests of single fields, joined by all, any and none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from triggers.base import When
from triggers.fields import Field, Operator, Value


class Mode(StrEnum):
    """How the parts of a group are joined; `none` is the opposite of `any`."""

    all = "all"
    any = "any"
    none = "none"


@dataclass(frozen=True, slots=True)
class Test:
    """One question to one field. `wanted` is what the author wrote, `values` the same ready to be compared."""

    path: str
    name: str
    field: Field
    operator: Operator
    wanted: Any
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined by one word; an empty `all` holds always."""

    mode: Mode
    parts: tuple[Test | Group, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """A trigger's conditions, read: when to look, and whether."""

    when: When
    whether: Group
