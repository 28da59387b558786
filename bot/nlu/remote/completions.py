"""Speaks the chat completions protocol, which many servers share. Each question is asked once, within a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import orjson
from pydantic import BaseModel, ValidationError

from bot.errors import BellhopError, PermanentError, TransientError
from bot.telemetry.metrics import model_seconds, model_tokens

# What is asked for is a few hundred words; whatever sends more is no model, or a mad one.
MOST_BYTES = 256 * 1024
_OK = 200
_PASSING = frozenset({408, 409, 425, 429})
_SERVER_ERRORS = range(500, 600)
# Too long, or what the server's own filter stops: that is what one guest wrote, and not what others do.
_OF_THE_WORDS = frozenset({400, 413, 422})
_CUT_SHORT = frozenset({"length", "content_filter"})


class UnusableAnswer(BellhopError):
    """The model answered, but not as it was asked to: nothing of it is used."""


class Answer(Protocol):
    """What a server said."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def retry_after(self) -> timedelta | None: ...


class Wire(Protocol):
    """Makes requests. What `bot.channels.wire` does for channels, it does here."""

    async def ask(
        self,
        method: str,
        url: str,
        *,
        within: timedelta,
        repeatable: bool,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        most: int = MOST_BYTES,
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is; `deadline` is for one whole answer."""

    url: str
    name: str
    deadline: timedelta
    key: str | None = field(default=None, repr=False)


class Completions:
    """One model of one server."""

    def __init__(self, wire: Wire, endpoint: Endpoint) -> None:
        self._wire = wire
        self._endpoint = endpoint

    async def complete(self, task: str, given: Mapping[str, Any], most_tokens: int) -> str:
        """Return the JSON text that the model answers to a task about what is given.

        Raises TransientError, PermanentError and UnusableAnswer, none of which repeats what was sent or said: servers
        quote their caller's words, and wrong keys.
        """
        endpoint = self._endpoint
        with model_seconds.time():
            answer = await self._wire.ask(
                "POST",
                f"{endpoint.url}/chat/completions",
                within=endpoint.deadline,
                repeatable=True,
                json={
                    "model": endpoint.name,
                    "messages": [
                        {"role": "system", "content": task},
                        # As JSON, so that no guest's words can end their own quotation and go on as orders.
                        {"role": "user", "content": orjson.dumps(given).decode()},
                    ],
                    "response_format": {"type": "json_object"},
                    "temperature": 0,
                    "max_tokens": most_tokens,
                },
                headers={"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else None,
                most=MOST_BYTES,
            )
        _check_status(answer)
        return _content(answer.body)


class _Said(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Said
    finish_reason: str | None = None


class _Usage(BaseModel):
    total_tokens: int = 0


class _Completion(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


def _check_status(answer: Answer) -> None:
    status = answer.status
    if status == _OK:
        return
    if status in _PASSING or status in _SERVER_ERRORS:
        raise TransientError(f"the model's server can't answer now ({status})", answer.retry_after)
    if status in _OF_THE_WORDS:
        raise UnusableAnswer(f"the model's server refuses these words ({status})")
    if status in (401, 403):
        raise PermanentError(f"the model's server refuses the key ({status})")
    raise PermanentError(f"the model's server refuses the request ({status})")


def _content(body: bytes) -> str:
    """Return what was said. The frame around it is the server's, and no guest can spoil it."""
    if len(body) > MOST_BYTES:
        raise TransientError("the model's server does not stop talking")
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError:
        raise TransientError("the model's server does not speak of completions") from None
    if completion.usage is not None:
        model_tokens.inc(max(completion.usage.total_tokens, 0))
    first = next(iter(completion.choices), None)
    if first is None or not first.message.content:
        raise UnusableAnswer("the model's answer is empty")
    if first.finish_reason in _CUT_SHORT:
        raise UnusableAnswer("the model's answer was cut short")
    return first.message.content
