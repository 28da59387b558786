"""The hotel's own people: who may see and answer what its guests write."""

from __future__ import annotations

from uuid import UUID

import click
from sqlalchemy.exc import IntegrityError

from bot.cli.context import hotel_called, hotel_option, with_database
from bot.cli.phone import Phone
from bot.clock import Clock
from bot.config import Settings
from bot.errors import RejectedInput
from bot.storage.unit_of_work import Database
from bot.texts import language_code
from models.enums import UserRole


@click.command()
@hotel_option
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in UserRole]), help="staff, unless told else.")
@click.option("--telegram-id", type=click.IntRange(1, 2**62), help="The person's number in Telegram, not the @name.")
@click.option("--phone", type=Phone(), help="The person's WhatsApp number in international form.")
@click.option("--language", help="Such as ru or en.")
def staff(
    slug: str, name: str, role: str | None, telegram_id: int | None, phone: str | None, language: str | None
) -> None:
    """Add one of the hotel's people, or change the one with the same Telegram id or phone; what isn't given stays."""
    if telegram_id is None and phone is None:
        raise RejectedInput("give --telegram-id or --phone: otherwise nobody can be recognised")
    spoken = language_code(language) if language else None

    async def work(settings: Settings, database: Database, clock: Clock) -> UserRole:
        async with database.unit(await hotel_called(database, slug)) as uow:
            try:
                is_now = await uow.users.add(name, UserRole(role) if role else None, telegram_id, phone, spoken)
            except IntegrityError:
                raise RejectedInput("another person of this hotel has this phone or Telegram id already") from None
            await uow.audits.add("staff.add", f"{is_now} {name} was added.", clock.now())
            return is_now

    click.echo(f"{name} is {with_database(work)}.")


@click.command()
@hotel_option
def people(slug: str) -> None:
    """List the hotel's people, with how each is recognised."""

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            for one in await uow.users.all():
                known_by = f"{one.telegram_id or ''}\t{one.phone or ''}"
                click.echo(f"{one.id}\t{one.name}\t{one.role}\t{known_by}\t{one.language_code or ''}")

    with_database(work)


@click.command()
@hotel_option
@click.argument("person_id", type=click.UUID)
def dismiss(slug: str, person_id: UUID) -> None:
    """Let somebody be none of the hotel's people any more, from this moment on. Their Telegram id and phone are free
    for whoever has them next."""

    async def work(settings: Settings, database: Database, clock: Clock) -> str | None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            name = await uow.users.dismiss(person_id)
            if name is not None:
                await uow.audits.add("staff.dismiss", f"{name} was dismissed.", clock.now())
            return name

    name = with_database(work)
    if name is None:
        raise RejectedInput(f"{person_id}: nobody of this hotel; see `hotel people`")
    click.echo(f"{name} is dismissed. Take them out of the staff group, too: whoever is in it can read on.")
