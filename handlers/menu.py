"""The menu, and getting back to it."""

from __future__ import annotations

from bot.messages import Choice
from bot.storage.repositories.stays import StayRecord
from handlers.base import Outcome, Reply, Turn
from handlers.open_stays import is_open
from models.enums import ConversationStatus

MENU = "menu"
INFORMATION = "menu:information"
LINK_STAY = "menu:link"
PERSON = "menu:person"
LANGUAGE = "menu:language"

# The state of a conversation in which nothing particular is awaited.
AT_REST = "menu"


def menu_choices(turn: Turn, linked: StayRecord | None = None) -> tuple[Choice, ...]:
    """Return the buttons of the menu; a guest whose stay is known, or was linked just now, need not link it."""
    stay = linked or turn.stay
    knows_stay = stay is not None and is_open(stay, turn.now)
    return (
        turn.choice(INFORMATION, "menu-information"),
        *(() if knows_stay else (turn.choice(LINK_STAY, "menu-link"),)),
        turn.choice(PERSON, "menu-person"),
        turn.choice(LANGUAGE, "menu-language"),
    )


class ShowMenu(Reply):
    """Shows the menu; whoever goes back to it wants the bot again."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        reply = turn.reply("menu-title", *menu_choices(turn))
        return Outcome((reply,), state=AT_REST, status=ConversationStatus.active)


class ChoiceExpired(Reply):
    """Answers a press of a button that leads nowhere any more."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((turn.reply("choice-expired", *menu_choices(turn)),), state=AT_REST)
