"""Says hello: by name, in the guest's language, and knowing the stay."""

from __future__ import annotations

from bot.messages import Choice, OutgoingMessage
from bot.storage.repositories.stays import StayRecord
from bot.texts import format_date
from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST, menu_choices
from handlers.open_stays import is_open
from handlers.surnames import given_name
from models.enums import ConversationStatus


class Welcome(Reply):
    """Greets, and offers the menu."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((greeting(turn),), state=AT_REST, status=ConversationStatus.active)


def greeting(turn: Turn) -> OutgoingMessage:
    """Return what is said to a guest who comes in: the first time, or again."""
    name = given_name(turn.guest.name) if turn.guest else None
    if turn.stay is not None and is_open(turn.stay, turn.now):
        return stay_greeting(turn, turn.stay, name, menu_choices(turn))
    if turn.state != "initial" and name:
        return turn.reply("welcome-back", *menu_choices(turn), guest=name)
    return turn.reply("welcome-unknown", *menu_choices(turn), hotel=turn.hotel.name)


def stay_greeting(turn: Turn, stay: StayRecord, name: str | None, choices: tuple[Choice, ...]) -> OutgoingMessage:
    """Return the welcome of a guest whose stay is known, with its room and dates."""
    key = "welcome-stay" if name else "welcome-stay-nameless"
    hello = turn.say(key, hotel=turn.hotel.name, **({"guest": name} if name else {}))
    return OutgoingMessage(f"{hello}\n\n{stay_line(turn, stay)}", choices=choices)


def stay_line(turn: Turn, stay: StayRecord) -> str:
    """Return the sentence that names the room, where it is known, and the dates in the hotel's zone."""
    check_in = format_date(stay.check_in, turn.language, turn.zone)
    check_out = format_date(stay.check_out, turn.language, turn.zone)
    if stay.room_number is None:
        return turn.say("stay-dates", check_in=check_in, check_out=check_out)
    return turn.say("stay-room", room=stay.room_number, check_in=check_in, check_out=check_out)
