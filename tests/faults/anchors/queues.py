"""What a queue is to the comparison, and who fills it."""

from __future__ import annotations

from typing import Protocol

from aiogram import Bot

LONG_POLL_SECONDS = 10


class Queue(Protocol):
    """A queue of echoes."""

    async def put(self, chat: int, text: str) -> None:
        """Commit a job: this text is to be said in this chat."""

    async def left(self) -> list[str]:
        """Return the texts of all jobs that are not over, whether somebody works on them or not."""


async def feed(bot: Bot, queue: Queue) -> None:
    """Put a job for each message, and confirm to Telegram only what was committed. It is never killed."""
    offset = 0
    while True:
        for update in await bot.get_updates(offset, timeout=LONG_POLL_SECONDS):
            if update.message is not None and update.message.text is not None:
                await queue.put(update.message.chat.id, update.message.text)
            offset = update.update_id + 1
