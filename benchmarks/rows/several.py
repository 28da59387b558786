"""Two processes against one, started by one command, on the same machine as the database."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.rows.pipeline import GUESTS_A_BOT
from benchmarks.seeding import Shape, open_hotels
from benchmarks.stage import busy, stage

NAMES = {1: "one", 2: "two"}


async def several(bench: Bench) -> None:
    """The busy hotel, served by one process, then by two that share its port."""
    guests = bench.scale.guests
    for number, name in NAMES.items():
        async with bench.server.database() as database:
            (hotel,) = await open_hotels(database, Shape(1, guests // GUESTS_A_BOT, guests))
            async with stage(bench, database, processes=number) as running:
                rate = await running.throughput(busy(hotel, bench.scale.in_flight))
        label = f"whole pipeline, one busy hotel, {name} process{'es' if number > 1 else ''}"
        bench.record(Figure(f"processes.{name}", label, rate, "msg/s"))
