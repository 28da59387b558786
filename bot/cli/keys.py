"""Encryption keys."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

import click

from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.security.encryption import new_key

if TYPE_CHECKING:
    from bot.key_rotation import Rotated
    from bot.storage.unit_of_work import Database


@click.group()
def keys() -> None:
    """Make and rotate the keys that seal the channels' credentials."""


@keys.command()
@click.argument("key_id", default="")
def new(key_id: str) -> None:
    """Print a new key as BELLHOP_ENCRYPTION_KEYS wants it; KEY_ID is its name, by default a new one each time."""
    name = key_id or f"key-{SystemClock().now():%Y-%m-%d}-{secrets.token_hex(3)}"
    click.echo(f"{name}:{new_key()}")


@keys.command()
def rotate() -> None:
    """Seal every credential with the first key, while the house runs or not; exit code 1 when some are left."""
    from bot.cli.context import with_database  # here: a new key needs no database
    from bot.key_rotation import rotate_keys
    from bot.security.key_file import key_ring

    async def work(settings: Settings, database: Database, clock: Clock) -> Rotated:
        return await rotate_keys(database, key_ring(settings))

    rotated = with_database(work)
    click.echo(f"{rotated.count} credentials sealed anew, {rotated.left} left on other keys.")
    sys.exit(1 if rotated.left else 0)
