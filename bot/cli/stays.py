"""Stays from files, and the links that open a chat which knows a stay."""

from __future__ import annotations

import sys
from typing import BinaryIO
from zoneinfo import ZoneInfo

import click
import phonenumbers

from bot.cli.context import hotel_called, with_database
from bot.cli.plans import plan_words
from bot.clock import Clock
from bot.config import Settings
from bot.errors import RejectedInput
from bot.hotel_settings import HotelSettings
from bot.integrations.base import StayRow
from bot.integrations.cells import HouseTimes
from bot.integrations.stays_csv import RejectedFile, read_stays
from bot.messages import Platform
from bot.notifications import Desk
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.texts import Texts
from handlers.stay_links import link_payload, telegram_link, whatsapp_link
from models.base import new_id
from models.enums import AccountStatus
from triggers.engine import Engine
from triggers.planning import PlanDiff
from triggers.stays import Saved, import_stays

hotel_option = click.option("--hotel", "slug", required=True, help="The hotel's slug.")


@click.group()
def stays() -> None:
    """Import stays, and make links to them."""


@stays.command("import")
@hotel_option
@click.option("--region", help="Country of phone numbers that are written without one, such as DE.")
@click.argument("file", type=click.File("rb"))
def import_file(slug: str, region: str | None, file: BinaryIO) -> None:
    """Import the stays of FILE (a CSV table; - reads standard input): all of them or, when any is wrong, none.

    The first line names the columns, in any order. Needed: external_id (the booking number), guest_name, check_in,
    check_out. Known besides: phone, language, room_type, room_number, booking_status, booked_at, checked_in_at,
    checked_out_at, adults, children, amount, currency, source. For example:

    \b
    external_id,guest_name,phone,check_in,check_out,room_number
    BK-1,Anna Smith,+49 151 2345678,2026-12-01,2026-12-04 11:00,305

    A column that is missing leaves what is known as it is; an empty cell empties it. A booking number that is known
    already changes its stay.
    """
    if region is not None and region not in phonenumbers.SUPPORTED_REGIONS:
        raise RejectedInput(f"--region {region}: give a country's two capital letters, such as DE")

    async def work(settings: Settings, database: Database, clock: Clock) -> Saved:
        hotel_id = await hotel_called(database, slug)
        async with database.unit(hotel_id) as uow:
            times = await _times(uow)
        rows = _read(file, times, region)
        with click.progressbar(length=len(rows), label="Importing", file=sys.stderr) as bar:
            return await import_stays(
                database,
                hotel_id,
                rows,
                Engine(clock, Desk(Texts(), clock)),
                lambda done: bar.update(done - bar.pos),
                new_id().hex,
            )

    saved = with_database(work)
    click.echo(f"{saved.added} stays are new, {saved.changed} changed, {saved.unchanged} are as they were.")
    if saved.plan != PlanDiff():
        click.echo(f"Their messages: {plan_words(saved.plan)}.")


async def _times(uow: UnitOfWork) -> HouseTimes:
    hotel = await uow.hotels.get()
    chosen = HotelSettings.model_validate(hotel.settings)
    return HouseTimes(ZoneInfo(hotel.timezone), chosen.check_in_time, chosen.check_out_time)


def _read(file: BinaryIO, times: HouseTimes, region: str | None) -> list[StayRow]:
    try:
        return read_stays(file.read(), times, region)
    except RejectedFile as error:
        click.echo(str(error), err=True)
        raise RejectedInput(f"{file.name}: nothing was imported; correct the lines above and try again") from None


@stays.command()
@hotel_option
@click.argument("number")
def link(slug: str, number: str) -> None:
    """Print the links that open a chat which knows the stay with booking NUMBER, for each bot and phone number."""

    async def work(settings: Settings, database: Database, clock: Clock) -> list[str]:
        async with database.unit(await hotel_called(database, slug)) as uow:
            found = await uow.stays.by_number(number)
            if not found:
                raise RejectedInput(f"{number}: this hotel has no stay with that booking number")
            return [line for stay, _ in found for line in await _links(uow, await link_payload(uow, stay.id) or "")]

    for line in with_database(work):
        click.echo(line)


async def _links(uow: UnitOfWork, payload: str) -> list[str]:
    links = {Platform.telegram: telegram_link, Platform.whatsapp_green: whatsapp_link}
    accounts = [each for each in await uow.accounts.all() if each.status is not AccountStatus.disabled]
    if not accounts:
        raise RejectedInput("this hotel has no channel; connect one with `python -m bot hotel channel`")
    return [links[Platform(each.platform)](each.address, payload) for each in accounts]
