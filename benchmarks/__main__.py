"""python -m benchmarks [NAME ...]: measure, and write the report."""

from __future__ import annotations

import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click
import uvloop

from benchmarks.bench import FULL, NORMAL, QUICK, Bench, Scale
from benchmarks.catalogue import CATALOGUE, with_yardsticks
from benchmarks.machine import this_machine
from benchmarks.report import Report, summary_of, write
from benchmarks.server import Server, UnfitServer, open_server
from benchmarks.summary import Section, summary_option
from bot.config import load_settings
from bot.errors import BellhopError
from bot.telemetry.logs import configure_logging

DOCUMENT = Path("docs/benchmarks.md")


@click.command(epilog="NAMES: " + ", ".join(CATALOGUE))
@click.argument("names", nargs=-1, type=click.Choice(list(CATALOGUE)), metavar="[NAME]...")
@click.option("--quick", "scale", flag_value="quick", help="Small sizes: whether it works, not how fast it is.")
@click.option("--full", "scale", flag_value="full", help="The sizes of the goals, the ten million messages too.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where the report goes.")
@summary_option("benchmarks")
def main(names: tuple[str, ...], scale: str | None, output: Path | None, summary: Section | None) -> None:
    """Measure the named benchmarks and what they are compared with; all of them where none is named.

    All of them write docs/benchmarks.md, some of them standard output, unless --output says otherwise.
    """
    chosen = {each.name: each for each in (QUICK, NORMAL, FULL)}[scale or NORMAL.name]
    command = " ".join(["python -m benchmarks", *names, *([f"--{scale}"] if scale else [])])
    configure_logging(load_settings({"BELLHOP_LOG_LEVEL": "warning", "BELLHOP_LOG_FORMAT": "console"}))
    machine, started = this_machine(), time.monotonic()
    try:
        with open_server() as server:
            bench, settings = uvloop.run(_measure(server, chosen, names))
    except (BellhopError, UnfitServer) as error:
        raise click.ClickException(str(error)) from error
    report = Report(
        command=command,
        scale=chosen,
        machine=machine,
        server=f"{server.name}: " + ", ".join(f"{name} {value}" for name, value in settings.items()),
        made_at=datetime.now(UTC),
        minutes=(time.monotonic() - started) / 60,
        figures=bench.figures,
        failures=bench.failures,
        rows=names or tuple(CATALOGUE),
    )
    write(report, output or (None if names else DOCUMENT))
    if summary:
        summary.fill(summary_of(report))
    sys.exit(1 if bench.failures else 0)


async def _measure(server: Server, scale: Scale, names: tuple[str, ...]) -> tuple[Bench, dict[str, str]]:
    settings = await server.settings()
    bench = Bench(server, scale)
    try:
        for name in with_yardsticks(names):
            bench.row = name
            bench.say(f"{name}: {CATALOGUE[name].title}")
            try:
                await CATALOGUE[name].load()(bench)
            except Exception as error:
                # The others took their time, and stand without this one.
                traceback.print_exc()
                bench.failures[name] = f"{type(error).__name__}: {error}"
    finally:
        await server.close()
    return bench, settings


if __name__ == "__main__":
    main()
