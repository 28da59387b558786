"""APScheduler with its SQLAlchemy job store: a job a firing, each of which writes the same row of the outbox."""

from __future__ import annotations

import asyncio
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from psycopg_pool import ConnectionPool
from sqlalchemy import create_engine

from benchmarks.bench import Bench
from benchmarks.due import BEFORE_SECONDS, PLANNED_TIMES, Ledger, ledger
from benchmarks.figures import Figure, percentile

THREADS = 10
_AT_ONCE = 10_000
_PLACES = """
    SELECT conversations.hotel_id::text, chats.account_id::text, chats.id::text, conversations.id::text
    FROM conversations JOIN chats ON chats.hotel_id = conversations.hotel_id AND chats.id = conversations.chat_id
"""
_SAY = """
    INSERT INTO outbox (hotel_id, account_id, chat_id, conversation_id, purpose, content, correlation_id, created_at,
                        not_before, not_after)
    VALUES (%s, %s, %s, %s, 'trigger', '{"text": "Dear guest, is everything all right in your room?"}', 'benchmark',
            now(), now(), now() + interval '12 hours')
"""
# A job is a pickle that names its function, so what the function works with lives in its module.
_pools: list[ConnectionPool] = []


def fire(*place: str) -> None:
    """Write one message: the job of the scheduler."""
    with _pools[0].connection() as connection:
        connection.execute(_SAY, place)


async def apscheduler_store(bench: Bench) -> None:
    """Run what falls due at one moment, ten times as much being planned."""
    async with ledger(bench) as planned:
        async with planned.database.connection() as connection:
            places = [tuple(row) for row in await connection.fetch(_PLACES)]
        scheduler, store = _scheduler(planned)
        moment = await asyncio.to_thread(_fill, scheduler, store, places)
        with ConnectionPool(planned.database.url, min_size=THREADS, max_size=THREADS) as pool:
            _pools[:] = [pool]
            scheduler.start()
            try:
                late = await planned.watch(moment, len(places))
            finally:
                await asyncio.to_thread(scheduler.shutdown)
    label = "APScheduler, SQLAlchemy store"
    bench.record(Figure("apscheduler.rate", label, len(late) / max(late), "firings/s"))
    bench.record(Figure("apscheduler.p99", f"{label}, lateness p99", percentile(late, 0.99), "s"))


def _scheduler(planned: Ledger) -> tuple[BackgroundScheduler, SQLAlchemyJobStore]:
    url = planned.database.url.replace("postgresql://", "postgresql+psycopg://", 1)
    store = SQLAlchemyJobStore(engine=create_engine(url, pool_size=THREADS))
    defaults = {"misfire_grace_time": None, "coalesce": True}
    return BackgroundScheduler(jobstores={"default": store}, job_defaults=defaults, timezone=UTC), store


def _fill(scheduler: BackgroundScheduler, store: SQLAlchemyJobStore, places: list[tuple[Any, ...]]) -> datetime:
    """Write the jobs into the store by sets, as it would keep them: one by one they take minutes. Return when the
    first of them are due."""
    store.jobs_t.create(store.engine, checkfirst=True)
    later = datetime.now(UTC) + timedelta(days=30)
    rows = [_row(scheduler, place, later) for place in places for _ in range(PLANNED_TIMES - 1)]
    _insert(store, rows)
    moment = datetime.now(UTC) + timedelta(seconds=BEFORE_SECONDS + len(places) / _AT_ONCE)
    _insert(store, [_row(scheduler, place, moment) for place in places])
    return moment


def _row(scheduler: BackgroundScheduler, place: tuple[Any, ...], at: datetime) -> dict[str, Any]:
    job = Job(
        scheduler,
        trigger=DateTrigger(at),
        executor="default",
        func=f"{__name__}:fire",
        args=place,
        kwargs={},
        name="fire",
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        next_run_time=at,
    )
    state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
    return {"id": job.id, "next_run_time": at.timestamp(), "job_state": state}


def _insert(store: SQLAlchemyJobStore, rows: list[dict[str, Any]]) -> None:
    with store.engine.begin() as connection:
        for start in range(0, len(rows), _AT_ONCE):
            connection.execute(store.jobs_t.insert(), rows[start : start + _AT_ONCE])
