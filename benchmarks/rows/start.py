"""Start: how long somebody waits for the process, and for a command."""

from __future__ import annotations

import asyncio
import sys
import time

from benchmarks.bench import Bench
from benchmarks.figures import Figure, median
from benchmarks.processes import product
from benchmarks.seeding import Shape, environment_of, open_hotels
from benchmarks.server import Database


async def start(bench: Bench) -> None:
    """Each once to warm the machine's caches, then in the median."""
    async with bench.server.database() as database:
        await open_hotels(database, Shape(1, 1, 1))
        times = [await _run(database) for _ in range(bench.scale.rounds + 1)]
    bench.record(Figure("start.run", "`python -m bot run` to ready", median(times[1:]), "s"))
    commands = {
        "aiogram": ("importing aiogram", ("-c", "import aiogram")),
        "analyse": ("`python -m bot analyse`, one line", ("-m", "bot", "analyse")),
        "help": ("`python -m bot --help`", ("-m", "bot", "--help")),
    }
    for key, (label, arguments) in commands.items():
        times = [await _command(*arguments) for _ in range(bench.scale.rounds + 1)]
        bench.record(Figure(f"start.{key}", label, median(times[1:]), "s"))


async def _run(database: Database) -> float:
    # No provider is there: being ready must not depend on one.
    environ = environment_of(database) | {"BELLHOP_TELEGRAM_API": "http://127.0.0.1:9"}
    began = time.perf_counter()
    async with product(environ):
        return time.perf_counter() - began


async def _command(*arguments: str) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    await process.communicate(b"The room is lovely, thank you!\n")
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed")
    return time.perf_counter() - began
