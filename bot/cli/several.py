"""run, by several equal processes of one machine. What is needed once is made here, before there are any."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from functools import partial

from bot.cli.checks.keys import try_keys
from bot.cli.serving import Serve, serve_database
from bot.cli.signals import done_before, stop_on_signals
from bot.cli.supervisor import Supervisor, queue_signals
from bot.config import Settings
from bot.database import Logins, check_serving, database_logins, open_database, prepare_database
from bot.security.key_file import key_ring
from bot.telemetry.uncaught import log_uncaught_errors
from bot.web.listeners import Listeners, open_listeners


def serve_by_several(settings: Settings, processes: int) -> bool:
    """Serve the hotels of the database by so many processes; return whether all of them ended in time.

    What is wrong with the settings ends it here, at once; what happens to a process later is what it is started
    again for.
    """
    log_uncaught_errors()
    with database_logins(settings) as logins:
        if not asyncio.run(_prepare(settings, logins)):
            return True
        # The schema was seen to by us. A process that starts later must not mind that a newer release is on its way.
        serving = replace(logins, owner=None)
        listeners = open_listeners(settings.web, processes)

        def live(number: int) -> None:
            name = f" (process {number} of {processes}, pid {os.getpid()})"
            serve_database(settings, serving, lambda: _load(listeners[number - 1], name))

        return Supervisor(live, processes, settings.process.stop_timeout).run()


async def _prepare(settings: Settings, logins: Logins) -> bool:
    """Migrate, and find out whether the hotels can be served; False when a signal came before. Signals queue then."""
    stop = stop_on_signals()
    is_done = await done_before(stop, _migrate_and_check(settings, logins))
    queue_signals()
    return is_done and not stop.is_set()


async def _migrate_and_check(settings: Settings, logins: Logins) -> None:
    await prepare_database(logins, settings)
    async with open_database(settings, logins) as database:
        await check_serving(database)
        await try_keys(database, key_ring(settings))


def _load(listeners: Listeners, name: str) -> Serve:
    from bot.cli.house import run_hotels

    return partial(run_hotels, listeners=listeners, name=name)
