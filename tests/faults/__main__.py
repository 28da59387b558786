"""python -m tests.faults: play the rows of the plan, tell what was seen, and end with 1 when a goal was missed."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks.machine import this_machine
from benchmarks.summary import Section, summary_option
from bot.config import load_settings
from bot.embedded.postgres import EmbeddedPostgres
from bot.storage import migrations
from bot.storage.engine import provision_logins
from bot.telemetry.logs import configure_logging
from tests.databases import Database, TestServer
from tests.faults.anchors.beside import Comparison, compare
from tests.faults.anchors.play import Anchor
from tests.faults.report import Line, Result, Verdict, short_table, table
from tests.faults.rows import COMING, ELSEWHERE, ROWS, Row
from tests.faults.run import Stage
from tests.flows.bot_process import load_in_nursery


@click.command()
@click.option("--scale", default=0.0, show_default=True, help="0: minutes; 1: the plan's sizes.")
@click.option("--rate", default=6.0, show_default=True, help="Messages a second.")
@click.option("--seed", type=int, help="Repeat a run; any other number: another one.")
@click.option("--only", help="Numbers of rows, comma separated; empty: none.")
@click.option("--anchors", is_flag=True, help="Play others beside us at the end; needs the benchmarks' lock.")
@click.option("--at-any-speed", is_flag=True, help="Tell the goals of time, but don't fail by them.")
@click.option("--minutes", default=0.0, help="Play again and again for so long, each time with another seed.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the table into this file.")
@summary_option("faults")
@click.option("--logs", type=click.Path(path_type=Path), help="Keep what the bots log in this folder.")
def main(
    scale: float,
    rate: float,
    seed: int | None,
    only: str | None,
    anchors: bool,
    at_any_speed: bool,
    minutes: float,
    markdown: Path | None,
    summary: Section | None,
    logs: Path | None,
) -> None:
    """Play the rows of the plan of faults."""
    configure_logging(load_settings({"BELLHOP_LOG_LEVEL": "error"}))
    chosen = None if only is None else {int(number) for number in only.split(",") if number}
    rows = [row for row in ROWS if chosen is None or row.number in chosen]
    others = _load_anchors() if anchors else ()
    seed = random.randrange(1_000_000) if seed is None else seed
    ends, verdicts = time.monotonic() + minutes * 60, Counter[Verdict]()
    while True:
        lines, comparison = _play_all(rows, others, seed, scale, rate, logs)
        verdicts.update(line.result.verdict for line in lines)
        told, short = table(lines, seed, ELSEWHERE | COMING), short_table(lines)
        if comparison is not None:
            verdicts[comparison.ours.verdict] += 1
            told, short = (f"{one}\n\n{comparison.table()}" for one in (told, short))
        _say(f"\n{told}\n")
        if markdown:
            markdown.write_text(f"{told}\n")
        if summary:
            command = (
                f"python -m tests.faults --scale {scale:g} --rate {rate:g} --seed {seed}{' --anchors' * anchors}"
            )
            made = f"`{command}`, {datetime.now(UTC):%d %B %Y}; {this_machine()}."
            summary.fill(f"{short}\n\n{made}")
        if time.monotonic() >= ends:
            break
        seed += 1
    _say(", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict))
    sys.exit(bool(verdicts[Verdict.missed] or (verdicts[Verdict.late] and not at_any_speed)))


def _load_anchors() -> Sequence[Anchor]:
    """Load the others, and let the nursery of processes load them before it has any."""
    from tests.faults.anchors import catalogue  # whose libraries only the benchmarks' lock has

    load_in_nursery(catalogue.__name__)
    return catalogue.ANCHORS


def _play_all(
    rows: list[Row], others: Sequence[Anchor], seed: int, scale: float, rate: float, logs: Path | None
) -> tuple[list[Line], Comparison | None]:
    _say(f"SEED={seed}")
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder), throwaway=True) as postgres:
        logs = logs or Path(folder)
        logs.mkdir(exist_ok=True)
        return asyncio.run(_play(rows, others, TestServer(postgres.superuser_url), seed, scale, rate, logs))


async def _play(
    rows: list[Row],
    others: Sequence[Anchor],
    server: TestServer,
    seed: int,
    scale: float,
    rate: float,
    logs: Path,
) -> tuple[list[Line], Comparison | None]:
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
        comparison = await compare(stage, others) if others else None
    return lines, comparison


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
