"""Reading what somebody else wrote: JSON of any quality, and the errors that name what was wrong with it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.channels.base import UnreadablePayload
from bot.errors import first_fault
from bot.messages import clean_text

LONGEST_ID = 200
_LONGEST_NAME = 255
_LAST_SECOND = 4_102_444_800
_DEEPEST = 200
"""Far below anything that we read, and what can be read can not always be written: that takes more of the stack."""
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Begins lines, or turns the direction of writing."""


class Part(BaseModel):
    """A piece of a provider's payload: what we don't name is left alone, so that new fields never hurt."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        """Take a part that is null for one that was left out: some servers write all that could be there."""
        return {name: part for name, part in value.items() if part is not None} if isinstance(value, dict) else value


def moment(value: Any) -> datetime:
    """Return the time that a provider writes as seconds since 1970. Raises ValueError where it is none."""
    seconds = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LAST_SECOND:
        raise ValueError("it is not a time in seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


Text = Annotated[str, AfterValidator(clean_text)]
Moment = Annotated[datetime, BeforeValidator(moment)]
"""Seconds since 1970, up to 2100; read as an aware datetime in UTC."""
Degrees = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]
Size = Annotated[
    int | None, BeforeValidator(lambda value: value if type(value) is int and 0 <= value < 2**63 else None)
]
"""Bytes; a size that makes no sense is as good as none."""

_Part = TypeVar("_Part", bound=Part)


def load(body: bytes) -> Any:
    """Return the JSON value in `body`. Raises UnreadablePayload when there is none.

    The strict and fast reader goes first; the tolerant one takes what providers do send (lone surrogates, NaN,
    integers beyond 64 bits).
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return _mended(json.loads(body))
    except (ValueError, RecursionError):
        pass
    raise UnreadablePayload("payload", "it is not JSON, or is nested too deeply")


def dump(value: Any) -> bytes:
    """Return `value`, which `load` gave, as JSON bytes that `load` reads back; what lies too deep is left out."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(_shallow(value, _DEEPEST)).encode()


def read(model: type[_Part], value: Any, part: str = "") -> _Part:
    """Return `value` as `model`. Raises UnreadablePayload that names the first part that does not fit."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        place, fault = first_fault(error)
    where = ".".join(str(step) for step in (*([part] if part else []), *place))
    raise UnreadablePayload(where or "payload", fault)


def digest(payload: bytes) -> str:
    """Return the event id of a payload that has none."""
    return f"sha256:{hashlib.sha256(payload).hexdigest()}"


def identifier(value: Any) -> str | None:
    """Return a provider's id as text that a database key can hold, or None when it is not one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = clean_text(value).strip() if isinstance(value, str) else _digits(value)
    return text if 0 < len(text) <= LONGEST_ID else None


def name_of(*parts: str | None) -> str | None:
    """Return somebody's name in one short line, or None where nothing is left of it.

    People choose it themselves, and staff read it in alerts: it must not look like what stands beside it.
    """
    words = _STEERING.sub(" ", " ".join(filter(None, parts)))
    return " ".join(words.split())[:_LONGEST_NAME].rstrip() or None


def inner(value: Any, *path: str) -> Any:
    """Return what lies at `path`, or None as soon as something on the way is not an object."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _digits(value: int) -> str:
    return str(value) if value.bit_length() <= 256 else ""


def _shallow(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        return [_shallow(item, depth - 1) for item in value] if depth else None
    if isinstance(value, dict):
        return {key: _shallow(item, depth - 1) for key, item in value.items()} if depth else None
    return value


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value
