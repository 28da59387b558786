"""Rows 5 to 7: the database crashes, an answer to COMMIT is lost, and a black hole swallows the connections."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

from bot.database import Logins
from bot.embedded.postgres import EmbeddedPostgres
from bot.storage import migrations
from bot.storage.engine import provision_logins
from tests.databases import Database
from tests.faults.chaos import ChaosProxy, Weather
from tests.faults.report import Result
from tests.faults.run import Stage, playing
from tests.flows.proxy import Boundary, Moment, PostgresProxy
from tests.proxies import Proxy

COMMITS_A_CUT = 40


async def crash(stage: Stage) -> Result:
    """Let the server end at once, as by a power cut, and start it again; the bot's processes live on."""
    crashes = stage.times(4, 50)
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as server:
        async with _reached_by_proxy(server) as (database, proxy), playing(stage, database=database) as play:
            async with play.load.pouring(stage.rate):
                for _ in range(crashes):
                    await asyncio.sleep(play.town.random.uniform(2, 4))
                    _crash(server, proxy)
                    play.load.note_fault()
                await asyncio.sleep(3)
            evidence, findings = await play.judge()
    ended = sum(sum(place.endings.values()) for place in play.places)
    result = Result(f"{crashes} crashes, {play.load.count} messages")
    result.add(findings)
    result.demand_nothing_set_aside(findings)
    result.demand(not ended, f"{ended} processes ended")
    result.add_recovery(evidence, play.load, 3.0)
    return result


@asynccontextmanager
async def _reached_by_proxy(server: EmbeddedPostgres) -> AsyncIterator[tuple[Database, Proxy]]:
    """Prepare the database of a server that keeps what it commits; by way of a proxy, since its port changes."""
    await migrations.upgrade(server.owner_url)
    await provision_logins(server.owner_url)
    superuser = make_url(server.superuser_url).set(database=make_url(server.owner_url).database)
    async with Proxy("127.0.0.1", server.address.port) as proxy:
        admin_url = proxy.url_for(superuser.render_as_string(hide_password=False))
        yield Database(admin_url, proxy.url_for(server.owner_url)), proxy


def _crash(server: EmbeddedPostgres, proxy: Proxy) -> None:
    os.kill(server.address.pid, signal.SIGQUIT)
    server.stop()
    server.start()
    proxy.upstream = ("127.0.0.1", server.address.port)


async def cut_during_commit(stage: Stage) -> Result:
    """Cut connections at random commits: before the server has it, or before its answer is heard."""
    wanted, cuts = stage.times(20, 500), 0
    url = make_url(stage.server.admin_url)

    def meet(_: Boundary) -> Moment | None:
        nonlocal cuts
        if cuts >= wanted or play.town.random.randrange(COMMITS_A_CUT):
            return None
        cuts += 1
        play.load.note_fault()
        return play.town.random.choice(list(Moment))

    proxy = PostgresProxy(url.host or "", url.port or 5432, lambda _: None, lambda: None)
    async with proxy, playing(stage, logins=lambda _, direct: _through(proxy, direct)) as play:
        async with play.load.pouring(stage.rate):
            proxy.on_commit = meet
            while cuts < wanted:  # noqa: ASYNC110 - the proxy counts
                await asyncio.sleep(0.2)
        evidence, findings = await play.judge()
    result = Result(f"{cuts} cuts, {play.load.count} messages")
    result.add(findings)
    result.demand_nothing_set_aside(findings)
    result.add_recovery(evidence, play.load)
    return result


async def black_hole(stage: Stage) -> Result:
    """Let nothing pass between one of two workers and the database, for a while."""
    times, seconds = stage.times(2, 30), float(stage.times(12, 30))
    url = make_url(stage.server.admin_url)
    async with ChaosProxy(url.host or "", url.port or 5432) as proxy:
        ways = playing(stage, logins=lambda number, direct: direct if number else _through(proxy, direct))
        async with ways as play:
            async with play.load.pouring(stage.rate):
                for _ in range(times):
                    proxy.change(Weather(is_black_hole=True))
                    await asyncio.sleep(seconds)
                    proxy.change(Weather())
                    play.load.note_fault()
                    await asyncio.sleep(5)
            evidence, findings = await play.judge()
    result = Result(f"{times} black holes of {seconds:.0f} s, {play.load.count} messages")
    result.add(findings)
    result.demand_nothing_set_aside(findings)
    result.add_recovery(evidence, play.load, 5.0)
    return result


def _through(proxy: Proxy, direct: Logins) -> Logins:
    return Logins(None, proxy.url_for(direct.app), proxy.url_for(direct.runtime))
