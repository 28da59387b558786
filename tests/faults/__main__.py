"""python -m tests.faults: play the rows of the plan, tell what was seen, and end with 1 when a goal was missed."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import click

from bot.config import load_settings
from bot.embedded.postgres import EmbeddedPostgres
from bot.storage import migrations
from bot.storage.engine import provision_logins
from bot.telemetry.logs import configure_logging
from tests.databases import Database, TestServer
from tests.faults.report import Line, table
from tests.faults.rows import ROWS, Row
from tests.faults.run import Stage


@click.command()
@click.option("--scale", default=0.0, show_default=True, help="0: minutes; 1: the plan's sizes.")
@click.option("--rate", default=20.0, show_default=True, help="Messages a second.")
@click.option("--seed", type=int, help="Repeat a run; any other number: another one.")
@click.option("--only", help="Numbers of rows, comma separated.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the table into this file.")
@click.option("--logs", type=click.Path(path_type=Path), help="Keep what the bots log in this folder.")
def main(
    scale: float, rate: float, seed: int | None, only: str | None, markdown: Path | None, logs: Path | None
) -> None:
    """Play the rows of the plan of faults."""
    seed = random.randrange(1_000_000) if seed is None else seed
    configure_logging(load_settings({"BELLHOP_LOG_LEVEL": "error"}))
    chosen = {int(number) for number in only.split(",")} if only else {row.number for row in ROWS}
    print(f"SEED={seed}", flush=True)  # noqa: T201 - the run is repeated by it
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder), throwaway=True) as postgres:
        logs = logs or Path(folder)
        logs.mkdir(exist_ok=True)
        server = TestServer(postgres.superuser_url)
        rows = [row for row in ROWS if row.number in chosen]
        lines = asyncio.run(_play(rows, server, seed, scale, rate, logs))
    if markdown:
        markdown.write_text(table(lines, seed) + "\n")
    missed = [line.number for line in lines if not line.result.is_met]
    print(f"\n{table(lines, seed)}\n\n{'Goals missed: ' + str(missed) if missed else 'Every goal met.'}")  # noqa: T201
    sys.exit(bool(missed))


async def _play(rows: list[Row], server: TestServer, seed: int, scale: float, rate: float, logs: Path) -> list[Line]:
    await server.provision_owner()
    lines = []
    async with server.new_database() as template:
        await _prepare(template)
        stage = Stage(server, template, seed, scale, rate, logs)
        for row in rows:
            began = time.monotonic()
            result = await row.play(stage)
            line = Line(row.number, row.fault, row.full, row.goal, result, time.monotonic() - began)
            print(line.told(), flush=True)  # noqa: T201
            lines.append(line)
    return lines


async def _prepare(template: Database) -> None:
    await migrations.upgrade(template.owner_url)
    await provision_logins(template.owner_url)


if __name__ == "__main__":
    main()
