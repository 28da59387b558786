"""python -m tests.faults: play the rows of the plan, tell what was seen, and end with 1 when a goal was missed."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import click

from bot.config import load_settings
from bot.embedded.postgres import EmbeddedPostgres
from bot.storage import migrations
from bot.storage.engine import provision_logins
from bot.telemetry.logs import configure_logging
from tests.databases import Database, TestServer
from tests.faults.report import Line, Result, Verdict, table
from tests.faults.rows import COMING, ELSEWHERE, ROWS, Row
from tests.faults.run import Stage


@click.command()
@click.option("--scale", default=0.0, show_default=True, help="0: minutes; 1: the plan's sizes.")
@click.option("--rate", default=6.0, show_default=True, help="Messages a second.")
@click.option("--seed", type=int, help="Repeat a run; any other number: another one.")
@click.option("--only", help="Numbers of rows, comma separated.")
@click.option("--minutes", default=0.0, help="Play again and again for so long, each time with another seed.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the table into this file.")
@click.option("--logs", type=click.Path(path_type=Path), help="Keep what the bots log in this folder.")
def main(
    scale: float,
    rate: float,
    seed: int | None,
    only: str | None,
    minutes: float,
    markdown: Path | None,
    logs: Path | None,
) -> None:
    """Play the rows of the plan of faults."""
    configure_logging(load_settings({"BELLHOP_LOG_LEVEL": "error"}))
    chosen = {int(number) for number in only.split(",")} if only else {row.number for row in ROWS}
    rows = [row for row in ROWS if row.number in chosen]
    seed = random.randrange(1_000_000) if seed is None else seed
    ends, verdicts = time.monotonic() + minutes * 60, Counter[Verdict]()
    while True:
        lines = _play_all(rows, seed, scale, rate, logs)
        verdicts.update(line.result.verdict for line in lines)
        summary = table(lines, seed, ELSEWHERE | COMING)
        _say(f"\n{summary}\n")
        if markdown:
            markdown.write_text(f"{summary}\n")
        if time.monotonic() >= ends:
            break
        seed += 1
    _say(", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict))
    sys.exit(bool(verdicts[Verdict.missed]))


def _play_all(rows: list[Row], seed: int, scale: float, rate: float, logs: Path | None) -> list[Line]:
    _say(f"SEED={seed}")
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder), throwaway=True) as postgres:
        logs = logs or Path(folder)
        logs.mkdir(exist_ok=True)
        return asyncio.run(_play(rows, TestServer(postgres.superuser_url), seed, scale, rate, logs))


async def _play(rows: list[Row], server: TestServer, seed: int, scale: float, rate: float, logs: Path) -> list[Line]:
    await server.provision_owner()
    lines = []
    async with server.new_database() as template:
        await _prepare(template)
        stage = Stage(server, template, seed, scale, rate, logs)
        for row in rows:
            began = time.monotonic()
            result = await _played(row, stage)
            line = Line(row.number, row.fault, row.full, row.goal, result, time.monotonic() - began)
            _say(line.told())
            lines.append(line)
    return lines


async def _played(row: Row, stage: Stage) -> Result:
    """Play a row; one that breaks has missed its goal, and the others get their turn."""
    try:
        return await row.play(stage)
    except Exception as error:
        traceback.print_exception(error)
        return Result("broken off", missed=[f"the row itself failed: {type(error).__name__}: {error}"])


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - what the command is for


async def _prepare(template: Database) -> None:
    await migrations.upgrade(template.owner_url)
    await provision_logins(template.owner_url)


if __name__ == "__main__":
    main()
