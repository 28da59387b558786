"""Which language a guest reads, and choosing it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.messages import Choice, OutgoingMessage
from bot.nlu.base import UNKNOWN_LANGUAGE, Analysis
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.hotels import HotelRecord
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import wider_language
from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST, ChoiceExpired, menu_choices

PRESS = "lang:"
_CHOSEN = "language_chosen"


def language_of(
    guest: GuestRecord | None, analysis: Analysis, sender_language: str | None, hotel: HotelRecord
) -> str:
    """Return the language to answer in: the chosen one, the one surely written now, the remembered one, the
    one of the sender's app, a guess, and the hotel's own at last."""
    remembered = guest.language if guest else None
    if remembered and has_chosen(guest):
        return remembered
    guessed = analysis.language if analysis.language != UNKNOWN_LANGUAGE else None
    surely = guessed if analysis.language_confident else None
    return surely or remembered or wider_language(sender_language) or guessed or hotel.default_language


def learned_language(guest: GuestRecord, analysis: Analysis) -> str | None:
    """Return the language to remember after a message: what was chosen stays, what is sure is learned."""
    return analysis.language if analysis.language_confident and not has_chosen(guest) else guest.language


def has_chosen(guest: GuestRecord | None) -> bool:
    """Whether the guest said which language to use, so that no detection changes it."""
    return guest is not None and guest.preferences.get(_CHOSEN) is True


@dataclass(frozen=True, slots=True)
class RememberLanguage:
    """Keep the language that the guest chose."""

    language: str

    async def apply(self, uow: UnitOfWork, turn: Turn) -> tuple[OutgoingMessage, ...]:
        assert turn.guest is not None, "only guests are routed here"
        preferences = {**turn.guest.preferences, _CHOSEN: True}
        await uow.guests.update(turn.guest.id, language=self.language, preferences=preferences)
        return ()


class AskLanguage(Reply):
    """Offers every language that has a catalogue, each by its own name."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        choices = [Choice(f"{PRESS}{name}", turn.texts("language-name", name)) for name in turn.texts.languages()]
        return Outcome((turn.reply("language-ask", *choices),), state=AT_REST)


class ChooseLanguage(Reply):
    """Speaks the chosen language from now on."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        language = (turn.pressed or "").removeprefix(PRESS)
        if language not in turn.texts.languages():
            return ChoiceExpired().think(turn, None)
        chosen = replace(turn, language=language)
        reply = chosen.reply("language-done", *menu_choices(chosen))
        return Outcome((reply,), state=AT_REST, effects=(RememberLanguage(language),))
