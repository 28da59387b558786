"""What an admin wants done with a trigger, written (`/trigger 3 pause`) or pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handlers.base import Turn
from handlers.filters import arguments_of, command_of

PRESS = "trg:"
_LARGEST_NUMBER = 10**6


class Action(StrEnum):
    """What can be done with one trigger."""

    show = "show"
    edit = "edit"
    pause = "pause"
    resume = "resume"
    preview = "preview"
    attempt = "try"
    duplicate = "duplicate"
    priority = "priority"
    up = "up"
    down = "down"
    delete = "delete"
    surely = "surely"


# What an admin may write for each action; deleting for sure is only pressed.
WORDS = {
    Action.show: {"", "show", "покажи", "показать"},
    Action.edit: {"edit", "change", "измени", "изменить", "правка"},
    Action.pause: {"pause", "stop", "off", "пауза", "стоп", "останови", "остановить", "выключи", "выключить"},
    Action.resume: {"resume", "start", "on", "включи", "включить", "возобнови", "возобновить"},
    Action.preview: {"preview", "прогноз", "предпросмотр"},
    Action.attempt: {"try", "test", "проба", "попробуй", "попробовать", "проверь", "проверить"},
    Action.duplicate: {"duplicate", "copy", "копия", "копируй", "скопируй", "скопировать"},
    Action.priority: {"priority", "приоритет"},
    Action.up: {"up", "выше", "вверх"},
    Action.down: {"down", "ниже", "вниз"},
    Action.delete: {"delete", "remove", "удали", "удалить"},
}
_WITH_DETAIL = frozenset({Action.priority})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with the trigger of this number; `detail` is a page, or the new priority."""

    action: Action
    number: int
    detail: str = ""


def button(action: Action, number: int, detail: str = "") -> str:
    """Return the value of a button that wishes this."""
    return f"{PRESS}{action}:{number}" + (f":{detail}" if detail else "")


def number_of(word: str) -> int | None:
    """Return the number of a trigger as somebody wrote it: 3, #3, №3."""
    digits = word.lstrip("#№")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 9
    return int(digits) if is_number and int(digits) < _LARGEST_NUMBER else None


def wish_of(turn: Turn) -> Wish | None:
    """Return what the command or the button asks for; None when it can't be understood."""
    if turn.pressed is not None:
        return _pressed(turn.pressed.removeprefix(PRESS))
    words = arguments_of(turn.text).casefold().split()
    # Either order is said: /trigger 3 pause and /trigger pause 3.
    place = next((place for place, word in enumerate(words[:2]) if number_of(word) is not None), None)
    return None if place is None else _written(number_of(words.pop(place)), words)


def wishes(*actions: Action) -> Callable[[Turn], bool]:
    """One of these is asked of a trigger."""
    return lambda turn: _is_of_trigger(turn) and (wish := wish_of(turn)) is not None and wish.action in actions


def _is_of_trigger(turn: Turn) -> bool:
    return turn.pressed.startswith(PRESS) if turn.pressed is not None else command_of(turn.text) == "trigger"


def _pressed(value: str) -> Wish | None:
    action, _, rest = value.partition(":")
    word, _, detail = rest.partition(":")
    number = number_of(word)
    return Wish(Action(action), number, detail) if number is not None and action in frozenset(Action) else None


def _written(number: int | None, words: Sequence[str]) -> Wish | None:
    word, detail = " ".join(words[:1]), " ".join(words[1:])
    action = next((one for one, names in WORDS.items() if word in names), None)
    if number is None or action is None or bool(detail) is not (action in _WITH_DETAIL):
        return None
    return Wish(action, number, detail)
