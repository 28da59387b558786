"""The job that each of them has: look something up, then say the same again."""

from __future__ import annotations

import asyncio
import random

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

TELEGRAM_API = "ANCHOR_TELEGRAM_API"
BOT_TOKEN = "ANCHOR_BOT_TOKEN"
DATABASE_URL = "ANCHOR_DATABASE_URL"

LONGEST_LOOKUP = 0.1
"""Seconds that an answer needs to be found; most bots ask somebody first."""


async def look_up() -> None:
    """Take as long as a question to another system takes."""
    await asyncio.sleep(random.uniform(0, LONGEST_LOOKUP))


def open_bot(environ: dict[str, str]) -> Bot:
    """Return the bot of this environment; close its session, or use it as a context."""
    server = TelegramAPIServer.from_base(environ[TELEGRAM_API])
    return Bot(environ[BOT_TOKEN], session=AiohttpSession(api=server))
