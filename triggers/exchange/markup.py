"""Plain values as YAML or JSON, for editors who are people: careful in what is written, strict in what is read.

YAML is read as its version 1.2 has it: `on`, `no` and `10:00` are text. What version 1.1 would take for something
else is written in quotes, so that every reader reads the same. Anchors, tags and names that come twice are refused:
nobody needs them here, and the first two are how a small file becomes a huge one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import orjson
import yaml

from bot.integrations.decoding import UnknownEncoding, decode
from triggers.rejections import Problem, RejectedTrigger

MOST_BYTES = 256 * 1024
_DEEPEST = 20
_TOO_DEEP = f"it is nested deeper than {_DEEPEST}"
_MOST_DIGITS = 18
_WIDTH = 10_000
_AT_MEMBER = 2
# Line breaks that only some readers keep, and empty lines at the end, which run into the one that sets members apart.
_FRAGILE = re.compile(r"[\r\x85\u2028\u2029]|\n\n\Z")
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq"))
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SCALARS = (
    ("null", r"~|null|", "~n"),
    ("bool", r"true|false", "tf"),
    # No longer than a number of JSON can be: what is longer stays text, and is refused where a number is wanted.
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}", "-0123456789"),
)


class _Mark(Protocol):
    """A place in a file, counted from 0."""

    line: int
    column: int


class _Loader(yaml.CSafeLoader):
    """The safe loader, with the few kinds of scalars that JSON has."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                raise _unreadable("a name must be text", key.start_mark)
            if key.value in seen:
                raise _unreadable(f"{key.value[:40]!r} stands there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), [*_first, ""])


class _Dumper(yaml.SafeDumper):
    """Keeps the resolvers of YAML 1.1, so that what they would take for a date or a truth is quoted. (That of libyaml
    is faster, and writes 🛎 as \\U0001F6CE.)"""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True  # what comes twice is written twice

    def write_line_break(self, data: str | None = None) -> None:
        """Set the members of the outer list apart by an empty line."""
        super().write_line_break(data)
        if len(self.indents) == _AT_MEMBER:
            super().write_line_break()


class Block(str):
    """Text to be written as an editor of texts likes it: line by line, without quotes."""

    __slots__ = ()


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if isinstance(text, Block) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _FRAGILE.search(text) else style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Block, _represent_text)


def to_yaml(values: Mapping[str, Any]) -> str:
    """Write plain values, in the order that they are in."""
    return yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


def to_json(values: Mapping[str, Any]) -> str:
    return orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def read_values(data: bytes) -> Any:
    """Return the plain values of a YAML or JSON file. Raises RejectedTrigger that names line and column."""
    if len(data) > MOST_BYTES:
        raise RejectedTrigger("file", Problem.too_much, f"must have at most {MOST_BYTES // 1024} KB")
    try:
        text = decode(data)
    except UnknownEncoding:
        raise RejectedTrigger("file", Problem.unreadable, "it is not text in UTF-8") from None
    values = _read_json(text) if text.lstrip().startswith("{") else _read_yaml(text)
    _check_storable(values)
    return values


def _check_storable(values: Any) -> None:
    """Raise RejectedTrigger for what escapes of YAML and JSON can say, and PostgreSQL can't keep."""
    try:
        is_storable = not _NUL.search(orjson.dumps(values))
    except orjson.JSONEncodeError:
        is_storable = False
    if not is_storable:
        raise RejectedTrigger("file", Problem.unreadable, "it has characters that can't be kept: NUL, or half of one")


def _read_json(text: str) -> Any:
    """Read JSON by the standard library's parser, which can be told to refuse a name that comes twice."""
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_int=_whole, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RejectedTrigger("file", Problem.unreadable, f"{place}: {error.msg}") from None
    except RecursionError:
        raise RejectedTrigger("file", Problem.unreadable, _TOO_DEEP) from None


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            raise RejectedTrigger("file", Problem.unreadable, f"{name[:40]!r} stands there twice")
        found[name] = value
    return found


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _refuse_constant(name: str) -> Any:
    raise RejectedTrigger("file", Problem.unreadable, f"{name} is no number of JSON")


def _read_yaml(text: str) -> Any:
    try:
        _check_events(yaml.parse(text, Loader=_Loader))
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error.problem or "this is not YAML", error.problem_mark or error.context_mark) from None
    except yaml.YAMLError:
        raise RejectedTrigger("file", Problem.unreadable, "it has characters that YAML does not know") from None


def _check_events(events: Iterator[yaml.Event]) -> None:
    """Raise RejectedTrigger before anything is built that could be large, deep or something else than plain."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _unreadable("anchors (&, *) are not read here", event.start_mark)
        tag = getattr(event, "tag", None)
        if tag not in _PLAIN_TAGS and tag not in (None, "!"):
            raise _unreadable("tags (!) are not read here", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _unreadable(_TOO_DEEP, event.start_mark)


def _unreadable(detail: str, mark: _Mark | None) -> RejectedTrigger:
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return RejectedTrigger("file", Problem.unreadable, f"{place}{detail}")
