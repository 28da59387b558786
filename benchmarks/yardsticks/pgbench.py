"""One incoming message's writes by pgbench: what the database does when nothing thinks."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from benchmarks.bench import Bench
from benchmarks.figures import Figure, median
from benchmarks.seeding import Shape, open_hotels
from benchmarks.server import Database, program

SCRIPTS = Path(__file__).parent / "sql"
CONVERSATIONS = 200
CLIENTS, MANY_CLIENTS = 8, 64
BATCH = 50
_RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


async def plain(bench: Bench) -> None:
    """Plain statements, a message a transaction: the yardstick of most goals."""
    async with bench.server.database(migrated=False) as database:
        await _lay_out(database)
        rate = await _median_rate(bench, database.url, "plain", CLIENTS)
        bench.record(Figure("pgbench.plain", f"pgbench, plain statements, {CLIENTS} clients", rate, "msg/s"))


async def variants(bench: Bench) -> None:
    """The other ways to write the same: more clients, one function, in batches, under row level security."""
    async with bench.server.database(migrated=False) as database:
        await _lay_out(database)
        rate = await _median_rate(bench, database.url, "plain", MANY_CLIENTS)
        bench.record(Figure("pgbench.plain64", f"pgbench, plain statements, {MANY_CLIENTS} clients", rate, "msg/s"))
        rate = await _median_rate(bench, database.url, "function", CLIENTS)
        bench.record(Figure("pgbench.function", "pgbench, one SQL function a message", rate, "msg/s"))
        rate = BATCH * await _median_rate(bench, database.url, "batch", CLIENTS)
        bench.record(Figure("pgbench.batch", f"pgbench, {BATCH} messages a transaction, set-based", rate, "msg/s"))
    async with bench.server.database() as database:
        (hotel,) = await open_hotels(database, Shape(hotels=1, accounts=1, guests=CONVERSATIONS))
        account = hotel.accounts[0]
        rate = await _median_rate(bench, database.app_url, "isolated", CLIENTS, hotel.hotel_id, account.account_id)
        label = "pgbench, plain statements on our own schema, row level security with the tenant bound"
        bench.record(Figure("pgbench.rls", label, rate, "msg/s"))


async def _lay_out(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute((SCRIPTS / "schema.sql").read_text())


async def _median_rate(bench: Bench, url: str, script: str, clients: int, *ids: UUID) -> float:
    bench.say(f"  pgbench {script}, {clients} clients")
    return median([await _rate(bench, url, script, clients, ids) for _ in range(bench.scale.rounds)])


async def _rate(bench: Bench, url: str, script: str, clients: int, ids: tuple[UUID, ...]) -> float:
    """Return the transactions per second of one run. The password goes by the environment, not the command line."""
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port or 5432}"))
    values = {"conversations": str(CONVERSATIONS), "batch": str(BATCH)}
    values |= dict(zip(("hotel", "account"), map(str, ids), strict=False))
    process = await asyncio.create_subprocess_exec(
        program("pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--file={SCRIPTS / script}.sql"),
        *(f"--client={clients}", f"--jobs={min(clients, os.cpu_count() or 1)}"),
        f"--time={max(round(bench.scale.seconds), 1)}",
        *(f"--define={name}={value}" for name, value in values.items()),
        bare,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.defpath, "PGPASSWORD": parts.password or ""},
        cwd=tempfile.gettempdir(),
    )
    output, errors = await process.communicate()
    found = _RATE.search(output.decode())
    if process.returncode or found is None:
        raise RuntimeError(f"pgbench {script} failed:\n{errors.decode(errors='replace')[-2000:]}")
    return float(found[1])
