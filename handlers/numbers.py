"""A number that stands on no line of the list which is open."""

from __future__ import annotations

from bot.messages import Choice
from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST
from handlers.turns import CHOICES

# Lists are short; what has more digits is a room, a year or a booking.
_MOST_DIGITS = 2


class AskForNumber(Reply):
    """Shows the list again and says which numbers it has."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        listed = _open_list(turn)
        return Outcome((turn.reply("choice-number", *listed, count=len(listed)),))


def is_off_the_list(turn: Turn) -> bool:
    """Whether nothing but such a number came, and no person answers who may have asked for one."""
    number = turn.text.strip().strip(".)")
    is_number = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    is_free = turn.state == AT_REST and not turn.is_escalated and turn.pressed is None
    return is_number and is_free and len(_open_list(turn)) > 1


def _open_list(turn: Turn) -> list[Choice]:
    return [Choice(choice["value"], choice["label"]) for choice in turn.context.get(CHOICES, [])]
