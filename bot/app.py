"""The composition root: settings become resources, resources become workers, and all of it ends together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from bot.channels.connections import Connections
from bot.channels.registry import import_clients
from bot.channels.wire import Wire
from bot.clock import Clock
from bot.config import Model, Settings
from bot.database import Logins, open_database
from bot.doubts import Doubts
from bot.fetching import Fetcher
from bot.inbox import TOPIC as INBOX_TOPIC
from bot.inbox import Inbox
from bot.knocks import Knocks, open_knocks
from bot.loading import load_apart
from bot.messages import Platform
from bot.nlu.advice import Adviser
from bot.nlu.analysis import Analyser
from bot.notifications import Desk
from bot.outbox import TOPIC as OUTBOX_TOPIC
from bot.pace import Pace
from bot.security.encryption import KeyRing
from bot.security.key_file import key_ring
from bot.sending import Sender
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import logger
from bot.texts import Texts
from bot.updates import Updates
from bot.web.api import Api
from bot.web.app import Routes, serve
from bot.web.health import Health
from bot.web.listeners import Listeners, open_listeners
from bot.web.webhooks import Webhooks
from bot.workers.elections import Elections
from bot.workers.inbox import InboxWorker
from bot.workers.leases import Leases
from bot.workers.outbox import OutboxWorker
from bot.workers.pollers import Pollers
from bot.workers.scheduler import Scheduler
from bot.workers.ticks import Ticks
from handlers.router import Router
from handlers.routes import routes
from handlers.step import Step
from handlers.turns import TurnLoader
from triggers.engine import Engine
from triggers.taking_back import is_taken_back

DUE_EVERY = timedelta(milliseconds=250)
ORPHANS_EVERY = timedelta(seconds=1)
DOUBTS_EVERY = timedelta(seconds=1)
BEAT_EVERY = timedelta(seconds=2)
PARTITIONS_EVERY = timedelta(hours=1)
PLAN_EVERY = timedelta(hours=12)
FORGET_EVERY = timedelta(hours=12)
RETENTION_EVERY = timedelta(hours=1)

log = logger("app")


@dataclass(frozen=True, slots=True)
class House:
    """Everything that commands and workers stand on."""

    settings: Settings
    clock: Clock
    database: Database
    keys: KeyRing
    texts: Texts
    connections: Connections
    knocks: Knocks
    desk: Desk
    engine: Engine
    router: Router
    adviser: Adviser | None = None


class Worker(Protocol):
    """Works until it is told to stop."""

    async def run(self, stop: asyncio.Event) -> None: ...


@asynccontextmanager
async def open_house(settings: Settings, logins: Logins, clock: Clock) -> AsyncIterator[House]:
    """Open what the settings describe, and close it again."""
    keys = key_ring(settings)
    texts = Texts()
    addresses = {
        Platform.telegram.value: settings.channels.telegram_api,
        Platform.whatsapp_green.value: settings.channels.green_api,
    }
    redis = settings.redis.url.get_secret_value() if settings.redis.url else None
    async with (
        open_database(settings, logins) as database,
        open_knocks(redis) as knocks,
        Connections(keys, addresses, clock) as connections,
        _open_adviser(settings.model, database, clock) as adviser,
    ):
        desk = Desk(texts, clock, offers_aid=adviser is not None)
        engine = Engine(clock, desk)
        router = Router(routes(engine, Fetcher(database, connections), adviser))
        yield House(settings, clock, database, keys, texts, connections, knocks, desk, engine, router, adviser)


@asynccontextmanager
async def _open_adviser(settings: Model, database: Database, clock: Clock) -> AsyncIterator[Adviser | None]:
    if settings.url is None:
        yield None
        return
    from bot.nlu.remote.opening import open_adviser  # here: most houses do without

    async with Wire() as wire:
        yield open_adviser(settings, wire, database, clock)


async def run_house(
    house: House, stop: asyncio.Event, started: Callable[[int], None], listeners: Listeners | None = None
) -> None:
    """Serve until `stop` is set, then finish what is in hand.

    `started` is told the port of the web server as soon as messages are taken. They are answered seconds later, when
    what reads and sends them is loaded.
    """
    database = house.database
    inbox = Inbox(database, house.clock, house.knocks)
    health = Health(database, house.clock)
    doubts = Doubts(database, house.connections, house.clock, house.desk.settled)
    ticks = Ticks(database, house.engine, doubts, house.clock, house.knocks)
    await ticks.make_partitions()
    webhooks = Webhooks(database, house.connections, inbox)
    if listeners is None:
        (listeners,) = open_listeners(house.settings.web)
    api = Api(database, house.engine, house.clock)
    async with _answering(listeners, [*webhooks.routes(), *api.routes()], health) as port:
        started(port)
        analyser = await load_apart(_load)
        jobs = {
            "partitions": (PARTITIONS_EVERY, ticks.make_partitions),
            "firings": (DUE_EVERY, ticks.fire_due),
            "orphans": (ORPHANS_EVERY, ticks.release_orphans),
            "doubts": (DOUBTS_EVERY, ticks.settle_doubts),
            "plan": (PLAN_EVERY, ticks.plan_ahead),
            "questions": (FORGET_EVERY, ticks.forget_questions),
            "beat": (BEAT_EVERY, health.beat),
        }
        if (kept_months := house.settings.database.keep_months) is not None:
            jobs["retention"] = (RETENTION_EVERY, partial(ticks.forget_old, kept_months))
        leases = Leases(database.claims)
        elections = Elections(database.runtime, database.claims.worker)
        async with aclosing(elections), Scheduler(jobs), asyncio.TaskGroup() as group:
            renewing = group.create_task(leases.run())
            workers = _workers(house, inbox, leases, elections, analyser)
            running = [group.create_task(worker.run(stop)) for worker in workers]
            await stop.wait()
            await _finish(running, house)
            renewing.cancel()
    await inbox.close()
    log.info("house_stopped")


@asynccontextmanager
async def _answering(listeners: Listeners, routes: Routes, health: Health) -> AsyncIterator[int]:
    """Answer requests while inside; yield the port that providers push to."""
    public, metrics = [*routes, *health.routes()], health.metrics_routes()
    async with AsyncExitStack() as stack:
        if listeners.metrics is None:
            public += metrics
        elif listeners.metrics:
            await stack.enter_async_context(serve(listeners.metrics, [*health.routes(), *metrics]))
        yield await stack.enter_async_context(serve(listeners.public, public))


def _load() -> Analyser:
    import_clients()
    analyser = Analyser()
    analyser.warm_up()  # no guest should wait for that
    return analyser


def _workers(house: House, inbox: Inbox, leases: Leases, elections: Elections, analyser: Analyser) -> list[Worker]:
    settings, database, clock, knocks, desk = house.settings, house.database, house.clock, house.knocks, house.desk
    pace = Pace()
    loader = TurnLoader(analyser, house.texts, clock, offers_aid=house.adviser is not None)
    step = Step(database, loader, house.router, desk, house.engine, house.adviser)
    sender = Sender(database, house.connections, clock, pace, knocks, desk.settled, is_taken_back=is_taken_back)
    return [
        InboxWorker(database, step, Updates(desk), desk, clock, knocks, leases),
        OutboxWorker(database, sender, pace, clock, knocks, leases),
        Pollers(database, house.connections, inbox, desk, elections, settings.web.public_url),
    ]


async def _finish(running: list[asyncio.Task[None]], house: House) -> None:
    """Wake the workers so that they see the stop, and give them their time; what is late is cancelled."""
    for topic in (INBOX_TOPIC, OUTBOX_TOPIC):
        await house.knocks.knock(topic)
    timeout = house.settings.process.stop_timeout.total_seconds()
    _, late = await asyncio.wait(running, timeout=max(timeout - 1, 0.1))
    for task in late:
        log.warning("worker_cancelled")
        task.cancel()
