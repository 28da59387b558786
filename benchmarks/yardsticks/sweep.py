"""The bare SQL sweep: due firings into the outbox, as fast as one statement does it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.due import Ledger, ledger
from benchmarks.figures import Figure, percentile

SWEEP = (Path(__file__).parent / "sql" / "sweep.sql").read_text()
TICK_SECONDS = 0.05


async def sweep(bench: Bench) -> None:
    """Sweep what falls due at one moment."""
    async with ledger(bench) as planned:
        moment = await planned.plan(bench.scale.due)
        sweeping = asyncio.create_task(_sweep(planned))
        try:
            late = await planned.watch(moment, bench.scale.due)
        finally:
            sweeping.cancel()
            await asyncio.wait([sweeping])
    bench.record(Figure("sweep.rate", "bare SQL sweep", len(late) / max(late), "firings/s"))
    bench.record(Figure("sweep.p99", "bare SQL sweep, lateness p99", percentile(late, 0.99), "s"))


async def _sweep(planned: Ledger) -> None:
    async with planned.database.connection() as connection:
        while True:
            done = await connection.execute(SWEEP)
            if done == "INSERT 0 0":
                await asyncio.sleep(TICK_SECONDS)
