"""The questions a route asks of a turn. Each factory returns a pure function."""

from __future__ import annotations

from collections.abc import Callable

from bot.nlu.requests import Request, recognise
from handlers.base import Turn

Filter = Callable[[Turn], bool]


def every(*filters: Filter) -> Filter:
    """All of them hold."""
    return lambda turn: all(holds(turn) for holds in filters)


def either(*filters: Filter) -> Filter:
    """At least one of them holds."""
    return lambda turn: any(holds(turn) for holds in filters)


def from_guest(turn: Turn) -> bool:
    """A guest writes, in a chat of their own."""
    return turn.guest is not None


def from_staff(turn: Turn) -> bool:
    """One of the hotel's own people writes."""
    return turn.user is not None


def from_admin(turn: Turn) -> bool:
    """Someone who may change the hotel's rules writes."""
    return turn.user is not None and turn.user.is_admin


def in_group(turn: Turn) -> bool:
    return turn.message.is_group


def in_name_of_group(turn: Turn) -> bool:
    """An admin of the group writes anonymously."""
    return turn.message.is_group and turn.message.sender.id == turn.message.chat_id


def command(*names: str) -> Filter:
    """The text begins with one of these commands, as `/name`."""
    return lambda turn: command_of(turn.text) in names


def command_of(text: str) -> str | None:
    """Return the command's name of `/name …`, lower case, without the bot's own name."""
    if not text.startswith("/"):
        return None
    word = text[1:].split(maxsplit=1)[0] if text[1:].strip() else ""
    return word.split("@", 1)[0].lower()


def arguments_of(text: str) -> str:
    """Return what follows the command."""
    parts = text.split(maxsplit=1)
    return parts[1].strip() if len(parts) > 1 else ""


def pressed(prefix: str) -> Filter:
    """A choice was made whose value begins so."""
    return lambda turn: turn.pressed is not None and turn.pressed.startswith(prefix)


def in_state(prefix: str) -> Filter:
    """The conversation stands in a state that begins so."""
    return lambda turn: turn.state.startswith(prefix)


def requests(request: Request) -> Filter:
    """The whole message is such a request."""
    return lambda turn: recognise(turn.text) is request
