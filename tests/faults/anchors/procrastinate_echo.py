"""Procrastinate with a lock for each chat, which is how it keeps an order; a stalled job stays where it is.

Its worker retries nothing that a dead one held: the manual leaves the sweep for that to be written by oneself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from procrastinate import App, PsycopgConnector

from bot.clock import Clock
from bot.database import Logins
from tests.databases import connected
from tests.faults.anchors.echo import DATABASE_URL, look_up, open_bot
from tests.flows.bot_process import be_born

CONCURRENCY = 10
"""As many as PgQueuer takes in a batch; the default of one would never be busy with two chats."""


class ProcrastinateQueue:
    """The queue's front end."""

    def __init__(self, url: str, app: App) -> None:
        self._url = url
        self._app = app

    async def put(self, chat: int, text: str) -> None:
        await self._app.configure_task("echo", lock=str(chat)).defer_async(chat=chat, text=text)

    async def left(self) -> list[str]:
        async with connected(self._url) as connection:
            rows = await connection.fetch(
                "SELECT args->>'text' AS text FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            )
        return [row["text"] for row in rows]


@asynccontextmanager
async def open_queue(url: str) -> AsyncIterator[ProcrastinateQueue]:
    """Install the queue in this database."""
    app = _app(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        yield ProcrastinateQueue(url, app)


def live(environ: dict[str, str], logins: Logins, clock: Clock, log: Path) -> None:
    """Be a worker until SIGTERM."""
    be_born(log)
    asyncio.run(_work(environ))


async def _work(environ: dict[str, str]) -> None:
    app, bot = _app(environ[DATABASE_URL]), open_bot(environ)

    async def echo(chat: int, text: str) -> None:
        await look_up()
        await bot.send_message(chat, text)

    app.task(name="echo")(echo)
    async with app.open_async():
        await app.run_worker_async(concurrency=CONCURRENCY)


def _app(url: str) -> App:
    return App(connector=PsycopgConnector(conninfo=url))
