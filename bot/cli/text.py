"""analyse, evaluate and parse: what Bellhop makes of texts and payloads, for people and for tests."""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from bot.clock import SystemClock
from bot.messages import Platform


def _zone(_context: click.Context, _option: click.Parameter, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"{name!r} is no IANA time zone, such as Europe/Berlin") from None


@click.command()
@click.option("--timezone", "zone", default="UTC", callback=_zone, help="IANA name; days and hours are meant there.")
def analyse(zone: ZoneInfo) -> None:
    """Read one text per line on standard input; write one JSON object per line."""
    from bot.nlu.analysis import analyse_lines  # here: the language model takes a moment

    for line in analyse_lines(sys.stdin.buffer, SystemClock().now().astimezone(zone)):
        click.echo(line.encode())  # JSON is UTF-8, whatever the terminal speaks


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def evaluate(file: Path) -> None:
    """Measure the analysis on FILE, tab-separated or gzipped.

    Its first line names the columns: lang, text, label, and maybe intent and tags.
    """
    from bot.nlu.evaluation import evaluate as report  # here: the language model takes a moment

    for line in report(file, SystemClock().now()):
        click.echo(line)


@click.command()
@click.option("--platform", required=True, type=click.Choice([platform.value for platform in Platform]))
def parse(platform: str) -> None:
    """Read one provider payload on standard input; write its messages as JSON lines, or one JSON error and exit 1."""
    from bot.channels.parsing import parse_stream

    is_read = True
    for line in parse_stream(platform, sys.stdin.buffer.read()):
        click.echo(line.encode())  # JSON is UTF-8, whatever the terminal speaks
        is_read = is_read and line.startswith('{"type":')
    sys.exit(0 if is_read else 1)
