"""aiogram as its manual starts: a dispatcher, a handler, `start_polling`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiogram import Dispatcher, F
from aiogram.types import Message

from bot.clock import Clock
from bot.database import Logins
from tests.faults.anchors.echo import look_up, open_bot
from tests.flows.bot_process import be_born


def live(environ: dict[str, str], logins: Logins, clock: Clock, log: Path) -> None:
    """Be a polling bot until SIGTERM."""
    be_born(log)
    asyncio.run(_poll(environ))


async def _poll(environ: dict[str, str]) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(F.text)
    async def echo(message: Message) -> None:
        await look_up()
        await message.answer(message.text or "")

    await dispatcher.start_polling(open_bot(environ))
