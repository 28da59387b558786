"""What the hotels' people put right of how messages were judged, as examples to train the model with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO
from zoneinfo import ZoneInfo

import click

from bot.cli.context import hotel_called, with_database
from bot.clock import Clock
from bot.config import Settings
from bot.nlu.base import UNKNOWN_LANGUAGE
from bot.nlu.language import LangidDetector
from bot.storage.repositories.corrections import LessonRecord
from bot.storage.unit_of_work import Database
from handlers.anonymity import anonymous

COLUMNS = ("lang", "text", "label", "intent")


@click.group()
def corrections() -> None:
    """Export what staff put right."""


@corrections.command("export")
@click.option("--hotel", "slug", help="Only what this hotel's people put right; otherwise all hotels'.")
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def export_file(slug: str | None, file: IO[str]) -> None:
    """Write what staff put right into FILE (or print it), as `make models CORRECTIONS=FILE` reads it.

    These are guests' own words. Phone numbers, addresses, booking and room numbers, links, passwords and the writer's
    name are replaced; what else somebody tells of themselves or of others is not. Read it before it leaves the house.
    """

    async def work(settings: Settings, database: Database, clock: Clock) -> list[str]:
        hotels = [await hotel_called(database, slug)] if slug else (await database.claims.hotels()).values()
        lines: dict[str, None] = {}
        for hotel_id in hotels:
            async with database.unit(hotel_id) as uow:
                hotel = await uow.hotels.get()
                lines |= dict.fromkeys(
                    _lines(await uow.corrections.lessons(), clock.now().astimezone(ZoneInfo(hotel.timezone)))
                )
        return list(lines)

    lines = with_database(work)
    file.writelines(f"{line}\n" for line in ("\t".join(COLUMNS), *lines))
    click.echo(
        f"{len(lines)} messages, without names and numbers as far as they can be told. They are guests' words: read "
        "them before they leave the house.",
        err=True,
    )


def _lines(lessons: Sequence[LessonRecord], now: datetime) -> Iterator[str]:
    detector = LangidDetector()
    for lesson in lessons:
        guess = detector.guess(lesson.text)
        language = guess.language if guess.confident else lesson.guest_language or guess.language
        text = anonymous(lesson.text, lesson.guest_name, language, now)
        yield "\t".join((language or UNKNOWN_LANGUAGE, text, lesson.sentiment_type.value, lesson.intent or ""))
