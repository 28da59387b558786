"""A bot process of the rig: the whole house, answering each marked message with its mark, and able to die on request.

The parrot stands before the real routes, so that every reply names what it answers; all else is the product's own.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
from dataclasses import replace
from pathlib import Path
from typing import cast

from bot.app import House
from bot.channels.connections import Connections
from bot.clock import Clock
from bot.database import Logins
from bot.fetching import Fetcher
from bot.messages import OutgoingMessage
from bot.storage.unit_of_work import UnitOfWork
from handlers.base import Outcome, Reply, Turn
from handlers.filters import from_guest
from handlers.router import Route, Router
from handlers.routes import routes
from tests.faults.failpoints import FailingConnections, FailingDatabase, Failpoints
from tests.faults.marks import mark_in
from tests.flows.bot_process import live_as

GIGABYTE = 1 << 30
MEMORY_MB = "FAULTS_MEMORY_MB"
LOOKUP_SECONDS = "FAULTS_LOOKUP_SECONDS"


class Poison(Reply):
    """A handler with a mistake in it, of the kind that the message names."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        match turn.text.rpartition("poison ")[2]:
            case "exception":
                raise LookupError("a mistake in a handler")
            case "exit":
                os._exit(1)
            case "loop":
                while True:
                    pass
            case "memory":
                return Outcome((OutgoingMessage(str(len(bytes(GIGABYTE)))),))
        return Outcome()


class Parrot:
    """Answers with the mark of what it hears; it reads something first, as most handlers do, which may take time."""

    def __init__(self, longest_lookup: float) -> None:
        self._longest_lookup = longest_lookup

    async def load(self, uow: UnitOfWork, turn: Turn) -> object:
        await asyncio.sleep(random.uniform(0, self._longest_lookup))
        return await uow.hotels.get()

    def think(self, turn: Turn, loaded: object) -> Outcome:
        return Outcome((OutgoingMessage(f"{mark_in(turn.text)} was heard."),))


def _is_poison(turn: Turn) -> bool:
    return from_guest(turn) and "poison " in turn.text


def _is_marked(turn: Turn) -> bool:
    return from_guest(turn) and mark_in(turn.text) is not None


def parroting(house: House, parrot: Parrot) -> House:
    """Return the same house with poison and a parrot before its own routes."""
    own = [Route("poison", _is_poison, Poison()), Route("parrot", _is_marked, parrot)]
    return replace(house, router=Router([*own, *routes(house.engine, Fetcher(house.database, house.connections))]))


def live(environ: dict[str, str], logins: Logins, clock: Clock, log: Path) -> None:
    """Be a bot process until SIGTERM; what the environment says beside the settings is for the failpoints."""
    settings = {name: value for name, value in environ.items() if name.startswith("BELLHOP_")}
    points = Failpoints.of(environ)
    parrot = Parrot(float(environ.get(LOOKUP_SECONDS, 0)))
    if MEMORY_MB in environ:
        most = int(environ[MEMORY_MB]) << 20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))

    def furnish(house: House) -> House:
        house = parroting(house, parrot)
        if points is None:
            return house
        connections = cast(Connections, FailingConnections(house.connections, points))
        return replace(house, database=FailingDatabase(house.database, points), connections=connections)

    live_as(settings, logins, clock, log, furnish)
