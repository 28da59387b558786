"""Triggers that fall due: looked at again, judged, written in the guest's words, and in the outbox."""

from __future__ import annotations

from benchmarks.bench import Bench, Unsound
from benchmarks.due import Ledger, ledger
from benchmarks.figures import Figure, percentile
from benchmarks.stage import stage

FEW = 10
"""The smaller moment has a tenth of the firings."""


async def firing(bench: Bench) -> None:
    """A tenth first, then all at one moment, in a process that serves and sends meanwhile."""
    due = bench.scale.due
    async with ledger(bench) as planned, stage(bench, planned.database):
        late = await _fire(planned, due // FEW)
        for share in (50, 99):
            label = f"{due // FEW:,} due at once, lateness p{share}"
            bench.record(Figure(f"firing.small_p{share}", label, percentile(late, share / 100), "s"))
        late = await _fire(planned, due)
        for share in (50, 99):
            label = f"{due:,} due at once, lateness p{share}"
            bench.record(Figure(f"firing.p{share}", label, percentile(late, share / 100), "s"))
        bench.record(Figure("firing.rate", "whole firing", due / max(late), "firings/s"))


async def _fire(planned: Ledger, number: int) -> list[float]:
    moment = await planned.plan(number)
    late = await planned.watch(moment, number)
    async with planned.database.connection() as connection:
        fired = await connection.fetchval(
            "SELECT count(*) FROM trigger_firings WHERE due_at = $1 AND status = 'fired'", moment
        )
    if fired != number:
        raise Unsound(f"{fired} of {number} firings fired")
    return late
