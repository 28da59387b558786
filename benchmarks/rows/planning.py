"""Planning: an admin adds one trigger to a hotel with very many stays."""

from __future__ import annotations

from benchmarks.bench import Bench, Unsound
from benchmarks.figures import Figure
from benchmarks.processes import ask_module
from benchmarks.seeding import Shape, environment_of, open_hotels

SMALLER = 10


async def planning(bench: Bench) -> None:
    """Plan over a tenth of the stays for comparison, then over all, each in a process of its own."""
    _, small_memory = await _plan(bench, bench.scale.stays // SMALLER)
    seconds, memory = await _plan(bench, bench.scale.stays)
    stays = f"{bench.scale.stays:,} stays"
    bench.record(Figure("planning.seconds", f"planning one trigger over {stays}", seconds, "s"))
    bench.record(Figure("planning.memory", f"the process's peak memory with {stays}", memory, "MB"))
    label = f"the same with {bench.scale.stays // SMALLER:,} stays"
    bench.record(Figure("planning.small_memory", label, small_memory, "MB"))


async def _plan(bench: Bench, stays: int) -> tuple[float, float]:
    """Return the seconds that it took and the most memory that it had, in MB."""
    async with bench.server.database() as database:
        (hotel,) = await open_hotels(database, Shape(1, 1, stays))
        told = await ask_module(
            "benchmarks.rows.planner", {"hotel_id": str(hotel.hotel_id)}, environment_of(database)
        )
    if told["added"] != stays:
        raise Unsound(f"{told['added']} of {stays} firings were planned")
    return told["seconds"], told["memory_bytes"] / 1e6
