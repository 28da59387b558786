"""PgQueuer with the defaults of `pgq run`: a job is put in a transaction, and whoever is free takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import orjson
import pgqueuer
from pgqueuer import AsyncpgDriver, Job, PgQueuer, Queries

from bot.clock import Clock
from bot.database import Logins
from tests.databases import connected
from tests.faults.anchors.echo import DATABASE_URL, look_up, open_bot
from tests.flows.bot_process import be_born


class PgQueuerQueue:
    """The queue's front end."""

    def __init__(self, url: str, connection: asyncpg.Connection) -> None:
        self._url = url
        self._connection = connection
        self._queries = Queries(AsyncpgDriver(connection))

    async def put(self, chat: int, text: str) -> None:
        async with self._connection.transaction():
            await self._queries.enqueue("echo", orjson.dumps([chat, text]))

    async def left(self) -> list[str]:
        # What is over has gone from this table into the log.
        async with connected(self._url) as connection:
            rows = await connection.fetch("SELECT payload FROM pgqueuer")
        return [orjson.loads(row["payload"])[1] for row in rows]


@asynccontextmanager
async def open_queue(url: str) -> AsyncIterator[PgQueuerQueue]:
    """Install the queue in this database."""
    async with connected(url) as connection:
        await Queries(AsyncpgDriver(connection)).install()
        yield PgQueuerQueue(url, connection)


def live(environ: dict[str, str], logins: Logins, clock: Clock, log: Path) -> None:
    """Be a worker until SIGTERM."""
    be_born(log)
    asyncio.run(_work(environ))


async def _work(environ: dict[str, str]) -> None:
    bot = open_bot(environ)

    async def echo(job: Job) -> None:
        chat, text = orjson.loads(job.payload)
        await look_up()
        await bot.send_message(chat, text)

    @asynccontextmanager
    async def factory() -> AsyncIterator[PgQueuer]:
        async with connected(environ[DATABASE_URL]) as connection:
            worker = PgQueuer(AsyncpgDriver(connection))
            worker.entrypoint("echo")(echo)
            yield worker

    await pgqueuer.run(factory)
