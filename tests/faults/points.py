"""All the places at which the product commits, read from its source: a new one is found without being registered."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "handlers", "triggers")
_OPENERS = ("Database.unit", "Claims._ask", "Sender._locking")
"""Whoever only opens transactions for others: their callers are the points."""


@dataclass(frozen=True, slots=True)
class CommitPoint:
    """`name` is module:function, with #2, #3 … for a function's further transactions."""

    name: str
    file: str
    line: int


@cache
def commit_points() -> tuple[CommitPoint, ...]:
    """Return every place that opens a transaction: `.unit(…)`, `transaction(…)`, and what the claims and the sender
    open theirs by."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return tuple(point for path in paths for point in _in(path))


def _in(path: Path) -> Iterator[CommitPoint]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    tree = ast.parse(path.read_text())
    times: Counter[str] = Counter()
    for function, call in _calls(tree, ""):
        if _opens(call, module) and function not in _OPENERS:
            times[function] += 1
            nth = f"#{times[function]}" if times[function] > 1 else ""
            yield CommitPoint(f"{module}:{function}{nth}", str(path), call.lineno)


def _calls(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield inside, child
        if isinstance(child, ast.ClassDef):
            yield from _calls(child, f"{inside}.{child.name}".lstrip("."))
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            nested = f"{inside}.{child.name}".lstrip(".")
            yield from _calls(child, nested)
        else:
            yield from _calls(child, inside)


def _opens(call: ast.Call, module: str) -> bool:
    match call.func:
        case ast.Attribute(attr="unit" | "_locking") | ast.Name(id="transaction"):
            return True
        case ast.Attribute(attr="begin"):  # an engine's, which would begin nothing
            return not call.args
        case ast.Attribute(attr="_ask"):
            return module == "bot.storage.claims"
        case _:
            return False
