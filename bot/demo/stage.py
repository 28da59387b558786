"""The demo: a house, the providers played on loopback, and the page to play on, with one clock for all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from bot.app import House, open_house, run_house
from bot.clock import MovableClock
from bot.config import Settings
from bot.database import Logins
from bot.demo.accounts import ACCOUNTS, BOT_USERNAME, GREEN_INSTANCE, GREEN_PHONE, GREEN_TOKEN, SLUG, TELEGRAM_TOKEN
from bot.demo.hotel import TELEGRAM_GUEST_BOOKING, ZONE, open_hotel
from bot.demo.recall import recall
from bot.errors import ConfigurationError
from bot.simulator.page import Page
from bot.simulator.scene import Cast, LedgerLine, Seat
from bot.simulator.world import Simulator
from bot.storage.unit_of_work import Database
from handlers.stay_links import link_payload
from models.enums import FiringStatus

SHOWN = timedelta(days=2)
LOOKS, LOOK_AGAIN = 200, timedelta(milliseconds=50)
OPENS, CLOSES, MORNING = time(8), time(19), time(10)


async def run_demo(settings: Settings, logins: Logins, stop: asyncio.Event) -> None:
    """Play until `stop` is set; prints the page's address once it can be played on. The bot answers seconds later,
    when it is loaded."""
    clock = MovableClock()
    # Ids begin where no earlier run on the same data can have been: at the second of this start.
    first_id = int(clock.now().timestamp()) % 1_000_000_000
    async with Simulator(clock, first_id=first_id) as simulator:
        channels = settings.channels.model_copy(
            update={"telegram_api": simulator.telegram.url, "green_api": simulator.green.url}
        )
        async with open_house(replace(settings, channels=channels), logins, clock) as house:
            await _play(house, simulator, clock, stop)


async def _play(house: House, simulator: Simulator, clock: MovableClock, stop: asyncio.Event) -> None:
    await check_alone(house.database)
    cast = cast_of(simulator)
    await set_clock(house.database, clock)
    hotel_id = await open_hotel(house.database, house.keys, house.engine, clock, cast, ACCOUNTS)
    async with house.database.unit(hotel_id) as uow:
        await recall(uow, simulator, cast)
    async with Page(
        simulator,
        replace(cast, start=await _start_payload(house, hotel_id)),
        clock=clock,
        zone=ZoneInfo(ZONE),
        ledger=lambda: _ledger(house, hotel_id),
        on_clock_moved=lambda: _settle(house, hotel_id),
        port=house.settings.process.simulator_port,
    ) as page:
        await run_house(house, stop, lambda _: click.echo(f"Play here: {page.url}  (stop with Ctrl+C)"))


async def check_alone(database: Database) -> None:
    """Refuse to play where other hotels live: their messages would go to played providers, by a clock that jumps."""
    if (await database.claims.hotels()).keys() - {SLUG}:
        raise ConfigurationError(
            "the demo is played in a database of its own, and this one has other hotels: unset BELLHOP_DATABASE_URL, "
            "and where it was not set, give another BELLHOP_DATA_DIR"
        )


def cast_of(simulator: Simulator) -> Cast:
    """Register everybody, in the same order each time, so that they keep their ids over runs."""
    telegram, green = simulator.telegram, simulator.green
    bot = telegram.add_bot(TELEGRAM_TOKEN, BOT_USERNAME, "Hotel Bellevue")
    staff = telegram.add_user("Olga", "Reception", language="en")
    admin = telegram.add_user("Maria", "Weber", language="en")
    guest = telegram.add_user("Anna", "Smith", language="en")
    for user in (staff, admin, guest):
        telegram.befriend(user, bot)
    return Cast(
        bot=bot,
        instance=green.add_instance(GREEN_INSTANCE, GREEN_TOKEN, GREEN_PHONE),
        whatsapp_phone="+79001234568",
        whatsapp_name="Иван Петров",
        telegram_guest=guest,
        staff=staff,
        staff_group=telegram.add_group("Bellevue staff", (bot,), (staff, admin)),
        admin=admin,
        openers={
            Seat.whatsapp: ("Здравствуйте, какой пароль от wifi?",),
            Seat.telegram: ("The room is filthy and nobody answers",),
            Seat.admin: ("/triggers",),
        },
    )


async def set_clock(database: Database, clock: MovableClock) -> None:
    """Go on where an earlier run stopped; a first run at night opens at ten in the morning, as nothing would
    happen in the quiet hours."""
    latest = await database.claims.latest_arrival()
    if latest is not None:
        clock.move(max(latest - clock.now(), timedelta()))
        return
    local = clock.now().astimezone(ZoneInfo(ZONE))
    if not OPENS <= local.time() <= CLOSES:
        day = local.date() + timedelta(days=1 if local.time() > CLOSES else 0)
        clock.move(datetime.combine(day, MORNING, ZoneInfo(ZONE)) - clock.now())


async def _start_payload(house: House, hotel_id: UUID) -> str:
    async with house.database.unit(hotel_id) as uow:
        ((stay, _),) = await uow.stays.by_number(TELEGRAM_GUEST_BOOKING)
        return await link_payload(uow, stay.id) or ""


async def _settle(house: House, hotel_id: UUID) -> None:
    """Wait until what is due now was decided and has left; not for long, as something may be in its way."""
    for _ in range(LOOKS):
        if not await _is_busy(house, hotel_id):
            return
        await asyncio.sleep(LOOK_AGAIN.total_seconds())


async def _is_busy(house: House, hotel_id: UUID) -> bool:
    now = house.clock.now()
    if (await house.database.claims.due_firings(now, now)).numbers:
        return True
    async with house.database.unit(hotel_id) as uow:
        return await uow.outbox.is_busy(now)


async def _ledger(house: House, hotel_id: UUID) -> Sequence[LedgerLine]:
    async with house.database.unit(hotel_id) as uow:
        lines = await uow.ledger.lines(house.clock.now() - SHOWN)
    return [
        LedgerLine(
            when=line.due_at,
            guest=line.guest or "",
            trigger=line.trigger,
            status="planned" if line.status is FiringStatus.scheduled else line.status.value,
            reason=line.reason or "",
        )
        for line in lines
    ]
