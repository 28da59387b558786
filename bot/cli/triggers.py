"""Triggers as files: out of a hotel, and into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

import click

from bot.cli.context import hotel_called, with_database
from bot.cli.plans import plan_words
from bot.clock import Clock
from bot.config import Settings
from bot.errors import RejectedInput
from bot.notifications import Desk
from bot.storage.unit_of_work import Database
from bot.texts import LAST_RESORT, Texts
from models.base import new_id
from triggers.audits import Author
from triggers.cautions import caution_words
from triggers.engine import Engine
from triggers.exchange.document import plain_document
from triggers.exchange.importing import Change, Deed, Order, Outlook, apply, is_change, rehearse
from triggers.exchange.markup import MOST_BYTES, to_json, to_yaml
from triggers.exchange.packs import open_pack, pack_names
from triggers.exchange.reading import RejectedFile, read_document
from triggers.planning import PlanDiff

Told = tuple[list[Change], dict[str, Outlook]]

hotel_option = click.option("--hotel", "slug", required=True, help="The hotel's slug.")
_WRITERS = {"yaml": to_yaml, "json": to_json}


@click.group()
def triggers() -> None:
    """Export and import a hotel's triggers."""


@triggers.command("export")
@hotel_option
@click.option("--format", "form", type=click.Choice(list(_WRITERS)), help="Otherwise by the name of FILE, or YAML.")
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def export_file(slug: str, form: str | None, file: IO[str]) -> None:
    """Write all triggers of the hotel into FILE (or print them). What is left out there has its default."""

    async def work(settings: Settings, database: Database, clock: Clock) -> dict[str, object]:
        async with database.unit(await hotel_called(database, slug)) as uow:
            return plain_document(await uow.triggers.all())

    chosen = form or ("json" if file.name.endswith(".json") else "yaml")
    file.write(_WRITERS[chosen](with_database(work)))


@triggers.command("import")
@hotel_option
@click.option("--pack", type=click.Choice(pack_names()), help="A ready set that comes with Bellhop, instead of FILE.")
@click.option("--replace", is_flag=True, help="Delete the triggers that are not in the file.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), required=False)
def import_file(slug: str, pack: str | None, replace: bool, yes: bool, file: str | None) -> None:
    """Add and change triggers as FILE has them (YAML or JSON; - reads standard input): all of them or, when any is
    wrong, none. Triggers are known by their names; those that are not in the file stay as they are.

    What would change, and what would be planned, is shown first.
    """
    if (file is None) is (pack is None):
        raise RejectedInput("give a FILE or --pack, one of the two")
    if file == "-" and not yes:
        raise RejectedInput("standard input is the file, so nobody can be asked: add --yes to write it")
    data = _bytes(file) if file else b""

    async def work(settings: Settings, database: Database, clock: Clock) -> bool:
        hotel_id = await hotel_called(database, slug)
        engine, author = Engine(clock, Desk(Texts(), clock)), Author(clock.now(), new_id().hex)
        async with database.unit(hotel_id) as uow:
            language = (await uow.hotels.get()).default_language
            document = open_pack(pack, language) if pack else read_document(data)
            order = Order(document, author, replace)
            changes, outlook = await rehearse(uow, engine, order)
        for line in _lines(changes, outlook):
            click.echo(line)
        if not any(map(is_change, changes)) or not (yes or click.confirm("Write this?")):
            return False
        async with database.unit(hotel_id) as uow:
            await apply(uow, engine, order)
        return True

    try:
        is_written = with_database(work)
    except RejectedFile as error:
        click.echo(str(error), err=True)
        raise RejectedInput(f"{file or pack}: nothing was imported; correct the parts above and try again") from None
    click.echo("Written." if is_written else "Nothing was written.")


def _bytes(file: str) -> bytes:
    """Read no more than it takes to know that a file is too large."""
    with click.open_file(file, "rb") as opened:
        data: bytes = opened.read(MOST_BYTES + 1)
    return data


def _lines(changes: list[Change], outlook: Mapping[str, Outlook]) -> Iterator[str]:
    """Yield what an import does, a line for each trigger, and below it what to know of one that will run."""
    texts = Texts()
    for change in changes:
        if change.deed is Deed.left:
            yield f"{change.name}: is not in the file, stays as it is"
            continue
        parts = [f"{change.name}: {change.deed.value}{_fields(change)}"]
        parts += [plan_words(change.diff)] if change.diff != PlanDiff() else []
        parts += [_outlook(outlook[change.name])] if change.name in outlook else []
        yield "; ".join(parts)
        yield from (f"  {caution_words(caution, texts, LAST_RESORT)}" for caution in change.cautions)


def _fields(change: Change) -> str:
    return f" ({', '.join(change.fields)})" if change.fields else ""


def _outlook(outlook: Outlook) -> str:
    planned = f"{outlook.planned} planned for the next 7 days"
    return planned if outlook.matches is None else f"fits {outlook.matches} stays now, {planned}"
