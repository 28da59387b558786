"""Keys by which a hotel's other systems call its API."""

from __future__ import annotations

from uuid import UUID

import click

from bot.cli.context import hotel_called, hotel_option, with_database
from bot.clock import Clock
from bot.config import Settings
from bot.errors import RejectedInput
from bot.security.signatures import hash_of, new_api_key
from bot.storage.unit_of_work import Database


@click.group("api-key")
def api_key() -> None:
    """Make and revoke keys for the hotel's other systems.

    To rotate one, make a new one, hand it over, and revoke the old one.
    """


@api_key.command()
@hotel_option
@click.option("--name", default="default", show_default=True, help="Whose key it is, such as spa or pms.")
def new(slug: str, name: str) -> None:
    """Print a new key, once: only its hash is kept."""
    if not 0 < len(name.strip()) <= 64:
        raise RejectedInput("--name: use 1 to 64 characters")
    key = new_api_key()

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            key_id = await uow.api_keys.add(name.strip(), hash_of(key), clock.now())
            await uow.audits.add("api_key.add", f"API key {key_id} was made.", clock.now())

    with_database(work)
    click.echo(key)


@api_key.command("list")
@hotel_option
def list_keys(slug: str) -> None:
    """List the keys, without their words."""

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            for key in await uow.api_keys.all():
                state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
                click.echo(f"{key.id}\t{key.name}\t{key.created_at:%Y-%m-%d}\t{state}")

    with_database(work)


@api_key.command()
@hotel_option
@click.argument("key_id", type=click.UUID)
def revoke(slug: str, key_id: UUID) -> None:
    """Let a key not be used any more, from this moment on."""

    async def work(settings: Settings, database: Database, clock: Clock) -> bool:
        async with database.unit(await hotel_called(database, slug)) as uow:
            is_revoked = await uow.api_keys.revoke(key_id, clock.now())
            if is_revoked:
                await uow.audits.add("api_key.revoke", f"API key {key_id} was revoked.", clock.now())
            return is_revoked

    if not with_database(work):
        raise RejectedInput(f"{key_id}: this hotel has no such key in use; see `hotel api-key list`")
    click.echo(f"{key_id} is revoked.")
