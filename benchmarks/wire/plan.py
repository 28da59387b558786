"""What the player is told to do and what it tells: plain values that pass between two processes as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Lane:
    """One bot's webhook and the chats that write there."""

    path: str
    secret: str
    first_chat: int
    chats: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Guests who write. Either so many at once, each waiting for the answer, or so many a second whatever comes.

    Streams of one name are counted together.
    """

    name: str
    lanes: tuple[Lane, ...]
    in_flight: int = 0
    per_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Who writes to the server on which port for how long: a time to warm up, then so many windows."""

    port: int
    streams: tuple[Stream, ...]
    connections: int
    warm_seconds: float
    window_seconds: float
    windows: int
    awaits_reply: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Plan:
        streams = tuple(
            Stream(**{**stream, "lanes": tuple(Lane(**lane) for lane in stream["lanes"])})
            for stream in told["streams"]
        )
        return cls(**{**told, "streams": streams})


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened to one name's messages in one window. Times in seconds; latencies count from the moment at which
    a message was to leave, so that a player who is held up doesn't hide it.

    `rested` counts messages that waited for a guest who may write again: the pace's limit, not the product's.
    """

    name: str
    began: float
    ended: float
    accepted: int
    refused: int
    replied: int
    unanswered: int
    rested: int
    accept: tuple[float, ...]
    reply: tuple[float, ...]

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Tally:
        return cls(**{**told, "accept": tuple(told["accept"]), "reply": tuple(told["reply"])})
