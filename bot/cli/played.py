"""Bots and numbers that the played providers know, as an operator types them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.cli.phone import Phone

if TYPE_CHECKING:
    from bot.simulator.world import Simulator

_TOKEN = re.compile(r"(\d{1,18}):[\w-]+", re.ASCII)
_NUMBER = re.compile(r"(\d{1,18}):([\w-]+):(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlayedBot:
    """A Telegram bot with this id."""

    number: str
    token: str

    def register(self, simulator: Simulator) -> str:
        """Make it known; return the line that says so."""
        bot = simulator.telegram.add_bot(self.token, f"played_{self.number}_bot")
        return f"telegram bot {self.number}: @{bot.username}"


@dataclass(frozen=True, slots=True)
class PlayedNumber:
    """A WhatsApp number (E.164) of a Green API instance."""

    instance: str
    token: str
    phone: str

    def register(self, simulator: Simulator) -> str:
        """Make it known; return the line that says so."""
        simulator.green.add_instance(self.instance, self.token, self.phone)
        return f"green instance {self.instance}: {self.phone}"


class BotToken(click.ParamType[PlayedBot]):
    """A bot's token."""

    name = "token"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> PlayedBot:
        found = _TOKEN.fullmatch(value)
        if found is None:
            self.fail("write it as digits, a colon and letters, such as 1:played", param, ctx)
        return PlayedBot(found[1], value)


class GreenNumber(click.ParamType[PlayedNumber]):
    """An instance, its token and its phone."""

    name = "instance:token:phone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> PlayedNumber:
        found = _NUMBER.fullmatch(value)
        if found is None:
            self.fail("write it as INSTANCE:TOKEN:PHONE, such as 1101:played:+4930900100", param, ctx)
        return PlayedNumber(found[1], found[2], Phone().convert(found[3], param, ctx))
