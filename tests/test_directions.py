"""The table of import directions knows every room of the house; import-linter holds them to it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def test_every_room_has_its_place_when_one_is_added() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    placed = set(re.findall(r"[a-z_.]+", " ".join(layers)))
    rooms = {path.stem for path in (PROJECT / "bot").glob("*.py")} | {
        path.parent.name for path in (PROJECT / "bot").glob("*/__init__.py")
    }
    assert {f"bot.{room}" for room in rooms - {"__init__"}} <= placed
