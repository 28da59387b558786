"""python -m bot.embedded forget FOLDER: remove a demo's data, which for root may lie outside of the folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from bot.embedded.postgres import forget
from bot.errors import ConfigurationError


@click.group()
def main() -> None:
    """Look after the servers that Bellhop starts by itself."""


@main.command("forget")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def forget_command(folder: Path) -> None:
    """Remove FOLDER with the database in FOLDER/postgres; refuses while it runs."""
    try:
        forget(folder / "postgres")
        if folder.exists():
            shutil.rmtree(folder)
    except (ConfigurationError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder} is forgotten.")


if __name__ == "__main__":
    main()
