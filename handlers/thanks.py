"""Answers thanks."""

from __future__ import annotations

from handlers.base import Outcome, Reply, Turn
from handlers.menu import AT_REST


class SayWelcome(Reply):
    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((turn.reply("thanks-reply"),), state=AT_REST)
