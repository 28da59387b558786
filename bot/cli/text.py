"""analyse and parse: what Bellhop makes of texts and payloads, for people and for tests."""

from __future__ import annotations

import sys

import click

from bot.messages import Platform


@click.command()
def analyse() -> None:
    """Read one text per line on standard input; write one JSON object per line."""
    from bot.nlu.analysis import analyse_lines  # here: the language model takes a moment

    for line in analyse_lines(sys.stdin.buffer):
        click.echo(line)


@click.command()
@click.option("--platform", required=True, type=click.Choice([platform.value for platform in Platform]))
def parse(platform: str) -> None:
    """Read one provider payload on standard input; write its messages as JSON lines, or one JSON error and exit 1."""
    from bot.channels.parsing import parse_stream

    is_read = True
    for line in parse_stream(platform, sys.stdin.buffer.read()):
        click.echo(line)
        is_read = is_read and line.startswith('{"type":')
    sys.exit(0 if is_read else 1)
