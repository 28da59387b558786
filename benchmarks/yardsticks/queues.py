"""Queues: jobs put, then done, per second; and how many were done before an earlier one of the same conversation."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import asyncpg
import procrastinate
from pgqueuer import AsyncpgPoolDriver, Job, PgQueuer, Queries
from pgqueuer.domain.types import QueueExecutionMode

from benchmarks.bench import Bench
from benchmarks.figures import Figure, reordered
from benchmarks.server import Database

KEYS = 200
BATCH = 100
CONNECTIONS = 10
WORKERS = 8
PGQUEUER_WORKERS = 2
PROCRASTINATE_SHARE = 10
"""It does a tenth of the others' jobs: it is slow enough that these take as long."""


async def queues(bench: Bench) -> None:
    """PgQueuer in batches; Procrastinate with a lock a conversation, which is how it keeps an order."""
    async with bench.server.database(migrated=False) as database:
        rate, late = await _pgqueuer(database, bench.scale.jobs)
        note = f"{100 * late:.0f} % out of order within a conversation"
        bench.record(Figure("queue.pgqueuer", f"PgQueuer, batches of {BATCH}", rate, "jobs/s", note))
    async with bench.server.database(migrated=False) as database:
        rate, late = await _procrastinate(database, max(bench.scale.jobs // PROCRASTINATE_SHARE, KEYS))
        note = f"{100 * late:.0f} % out of order within a conversation"
        bench.record(Figure("queue.procrastinate", "Procrastinate, a lock a conversation", rate, "jobs/s", note))


async def _pgqueuer(database: Database, jobs: int) -> tuple[float, float]:
    done: list[tuple[int, int]] = []
    async with asyncpg.create_pool(database.url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        queries = Queries(AsyncpgPoolDriver(pool))
        await queries.install()
        workers = [_pgqueuer_worker(pool, done) for _ in range(PGQUEUER_WORKERS)]
        began = time.perf_counter()
        for start in range(0, jobs, BATCH):
            numbers = range(start, min(start + BATCH, jobs))
            payloads: list[bytes | None] = [b"%d:%d" % (number % KEYS, number) for number in numbers]
            await queries.enqueue(["message"] * len(payloads), payloads, [0] * len(payloads))
        await asyncio.gather(
            *(
                worker.qm.run(mode=QueueExecutionMode.drain, batch_size=BATCH, dequeue_timeout=timedelta(seconds=1))
                for worker in workers
            )
        )
        took = time.perf_counter() - began
    assert len(done) == jobs, "every job must be done once"
    return jobs / took, reordered(done)


def _pgqueuer_worker(pool: Any, done: list[tuple[int, int]]) -> PgQueuer:
    worker = PgQueuer(AsyncpgPoolDriver(pool))

    async def message(job: Job) -> None:
        assert job.payload is not None, "each was put with one"
        key, _, number = job.payload.partition(b":")
        await asyncio.sleep(0)
        done.append((int(key), int(number)))

    worker.entrypoint("message")(message)
    return worker


async def _procrastinate(database: Database, jobs: int) -> tuple[float, float]:
    done: list[tuple[int, int]] = []
    connector = procrastinate.PsycopgConnector(conninfo=database.url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    app = procrastinate.App(connector=connector)

    async def message(key: int, number: int) -> None:
        await asyncio.sleep(0)
        done.append((key, number))

    app.task(name="message", queue="messages")(message)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        began = time.perf_counter()
        await asyncio.gather(*(_defer(app, range(lane, jobs, WORKERS)) for lane in range(WORKERS)))
        await app.run_worker_async(
            queues=["messages"],
            wait=False,
            concurrency=WORKERS,
            delete_jobs="always",
            install_signal_handlers=False,
        )
        took = time.perf_counter() - began
    assert len(done) == jobs, "every job must be done once"
    return jobs / took, reordered(done)


async def _defer(app: procrastinate.App, numbers: range) -> None:
    """Put jobs one after another, as a webhook would: a lock is given job by job."""
    for number in numbers:
        key = number % KEYS
        await app.configure_task("message", lock=str(key)).defer_async(key=key, number=number)
