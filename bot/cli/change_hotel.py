"""A hotel's clock and its nights, changed with the whole plan; what that does is shown first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

import click

from bot.cli.context import hotel_called, hotel_option, with_database
from bot.cli.plans import plan_words
from bot.clock import Clock
from bot.config import Settings
from bot.errors import RejectedInput
from bot.notifications import Desk
from bot.storage.unit_of_work import Database
from bot.texts import Texts
from models.base import new_id
from triggers.audits import Author
from triggers.engine import Engine
from triggers.hotel_times import HotelTimes, change_times, nearest_zone, rehearse_times, zone_called

_TIME = click.DateTime(["%H:%M"])


@click.command()
@hotel_option
@click.option("--timezone", help="IANA name, such as Europe/Berlin. Stays keep their moments.")
@click.option("--quiet-from", type=_TIME, help="From when nothing goes to guests by itself, such as 22:00.")
@click.option("--quiet-until", type=_TIME, help="Until when; the same as --quiet-from: never quiet.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def change(
    slug: str, timezone: str | None, quiet_from: datetime | None, quiet_until: datetime | None, yes: bool
) -> None:
    """Change a hotel's time zone and quiet hours. What becomes of the planned messages is shown first."""

    async def work(settings: Settings, database: Database, clock: Clock) -> bool:
        hotel_id = await hotel_called(database, slug)
        engine, author = Engine(clock, Desk(Texts(), clock)), Author(clock.now(), new_id().hex)
        async with database.unit(hotel_id) as uow:
            before = HotelTimes.of(await uow.hotels.get())
            times = replace(
                before,
                timezone=_zone(timezone) if timezone else before.timezone,
                quiet_from=_time(quiet_from, before.quiet_from),
                quiet_until=_time(quiet_until, before.quiet_until),
            )
            diff = (await rehearse_times(uow, engine, times, author, most=0)).diff
        for line in _lines(before, times):
            click.echo(line)
        click.echo(plan_words(diff))
        if times == before or not (yes or click.confirm("Write this?")):
            return False
        async with database.unit(hotel_id) as uow:
            now = HotelTimes.of(await uow.hotels.hold())
            await change_times(uow, engine, now.changed(times.changes(before)), author)
        return True

    click.echo("Written." if with_database(work) else "Nothing was written.")


def _zone(text: str) -> str:
    if zone := zone_called(text):
        return zone
    nearest = nearest_zone(text)
    hint = f"; did you mean {nearest}?" if nearest else ""
    raise RejectedInput(f"--timezone {text}: use an IANA name such as Europe/Berlin{hint}")


def _time(told: datetime | None, before: time) -> time:
    return told.time() if told else before


def _lines(before: HotelTimes, after: HotelTimes) -> Iterator[str]:
    """Yield what differs, and how."""
    old, new = before.to_json(), after.to_json()
    yield from (f"{name}: {old[name]} -> {new[name]}" for name in new if old[name] != new[name])
