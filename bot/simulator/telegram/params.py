"""A call's parameters, however they came: query, form, multipart or JSON, nested values as JSON text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from bot.simulator.telegram.refusal import bad


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content_type: str
    content: bytes


class Params:
    """Typed reading of parameters; an empty value counts as absent, as with the real server."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def summary(self) -> dict[str, Any]:
        """The call as the history keeps it: uploads by name only."""
        return {k: v.name if isinstance(v, Upload) else v for k, v in self._values.items()}

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else orjson.dumps(value).decode()

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.text(name) or default)
        except ValueError:
            return default

    def number(self, name: str) -> float:
        try:
            return float(self.text(name))
        except ValueError:
            raise bad(f"{name} is empty or not a number") from None

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "yes", "1"}

    def json(self, name: str, what: str) -> Any:
        """Return the nested value or None; `what` names it in the error text."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad(f"can't parse {what} JSON object") from None

    def object(self, name: str, what: str) -> dict[str, Any]:
        """Return the nested object, empty where it is absent."""
        value = self.json(name, what)
        if value is not None and not isinstance(value, dict):
            raise bad(f"object expected as {what}")
        return value or {}

    def has(self, name: str) -> bool:
        return name in self._values

    def upload(self, name: str) -> Upload | None:
        """Return the file sent as `name`, directly or by `attach://` from it."""
        value = self._values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self._values.get(value.removeprefix("attach://"))
        return value if isinstance(value, Upload) else None


async def read_params(request: web.Request) -> Params:
    """Collect a request's parameters. Raises Refused for a body that is not what it says."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values |= _json_object(await request.read())
    elif request.body_exists:
        for name, value in (await request.post()).items():
            values[name] = _upload(value) if isinstance(value, web.FileField) else value
    return Params(values)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise bad("can't parse JSON encoded parameters") from None
    if not isinstance(value, dict):
        raise bad("can't parse JSON encoded parameters")
    return value


def _upload(field: web.FileField) -> Upload:
    return Upload(field.filename, field.content_type, field.file.read())
