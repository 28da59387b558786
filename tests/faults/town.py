"""A town of hotels for the load: each with a bot, some with a WhatsApp number too, and guests with a stay there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

from bot.clock import Clock
from bot.config import load_settings
from bot.database import Logins, open_database
from bot.enrolment import NewAccount, enrol_account
from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import Platform
from bot.notifications import Desk
from bot.security.key_file import key_ring
from bot.simulator.green.instance import Instance
from bot.simulator.telegram.people import Bot, Group
from bot.simulator.world import Simulator
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.stays import NewStay
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import Texts
from models.base import new_id
from models.enums import BookingStatus, IdentityKind, TriggerType
from tests.databases import Database
from tests.faults.marks import FIRING, Mark
from tests.flows.house import KEYS, WELCOME, WIRE_SECOND, WireClock
from triggers.engine import Engine
from triggers.happenings import StayChange

WELCOME_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who writes: `chat` is their number in the hotel, `address` their chat's at the provider."""

    hotel: int
    chat: int
    platform: Platform
    address: str
    write: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Hotel:
    """One hotel of the town; only some have a number."""

    number: int
    bot: Bot
    group: Group
    instance: Instance | None
    id: UUID = field(default_factory=new_id)

    @property
    def accounts(self) -> set[str]:
        """What the providers call its accounts."""
        return {self.bot.account} | ({self.instance.account} if self.instance else set())


@dataclass(frozen=True, slots=True)
class Size:
    """How large a town is. Every third hotel may have a WhatsApp number, by which each third of its guests writes."""

    hotels: int = 6
    chats: int = 10
    has_numbers: bool = True


@dataclass(slots=True)
class Town:
    """Everybody who takes part, and where the bot finds them."""

    simulator: Simulator
    clock: WireClock
    database: Database
    random: Random
    hotels: list[Hotel] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)

    def environ(self, **changes: str) -> dict[str, str]:
        """The environment of a bot process that serves this town."""
        return {
            "BELLHOP_TELEGRAM_API": self.simulator.telegram.url,
            "BELLHOP_GREEN_API": self.simulator.green.url,
            "BELLHOP_ENCRYPTION_KEYS": KEYS,
            "BELLHOP_DATABASE_POOL_SIZE": "6",
            "BELLHOP_PORT": "0",
        } | changes

    def logins(self) -> Logins:
        return Logins(None, self.database.app_url, self.database.runtime_url)

    @asynccontextmanager
    async def unit(self, hotel: Hotel) -> AsyncIterator[UnitOfWork]:
        settings = load_settings(self.environ())
        async with open_database(settings, self.logins()) as database, database.unit(hotel.id) as uow:
            yield uow

    async def check_in(self, within: timedelta) -> None:
        """Let every guest, once they have written, have a stay; their welcomes are due over the time `within`."""
        engine = Engine(self.clock, Desk(Texts(), self.clock))
        for hotel in self.hotels:
            guests = [guest for guest in self.guests if guest.hotel == hotel.number]
            async with self.unit(hotel) as uow:
                stays = [await book(self.clock, uow, guest, self.random.random() * within) for guest in guests]
                await engine.take_changes(uow, stays, new_id().hex)


@asynccontextmanager
async def open_town(
    database: Database, seed: int, size: Size, wire_second: float = WIRE_SECOND * 4
) -> AsyncIterator[Town]:
    """Start the providers, a second of whose own waiting lasts `wire_second`, and open the hotels."""
    clock = WireClock()
    async with Simulator(clock, wire_second=wire_second) as simulator:
        town = Town(simulator, clock, database, Random(seed))
        for number in range(1, size.hotels + 1):
            hotel = _build(simulator, number, has_number=size.has_numbers and number % 3 == 1)
            town.hotels.append(hotel)
            town.guests += [_guest(simulator, hotel, chat) for chat in range(1, size.chats + 1)]
            async with town.unit(hotel) as uow:
                await _furnish(town, uow, hotel)
        yield town


def _build(simulator: Simulator, number: int, *, has_number: bool) -> Hotel:
    telegram = simulator.telegram
    bot = telegram.add_bot(f"{710_000_000 + number}:town-town-town-town-town-town-town-town", f"hotel{number}_bot")
    porter = telegram.add_user("Porter", language="en")
    group = telegram.add_group(f"Staff {number}", (bot,), (porter,), supergroup=False)
    instance = None
    if has_number:
        instance = simulator.green.add_instance(1_100_000_000 + number, f"town{number}", f"+49309{number:06d}")
    return Hotel(number, bot, group, instance)


def _guest(simulator: Simulator, hotel: Hotel, chat: int) -> Guest:
    instance = hotel.instance
    if instance is not None and chat % 3 == 0:
        phone = f"+7900{hotel.number:03d}{chat:04d}"
        simulator.green.name(phone, f"Guest {chat}")
        address = f"{phone.removeprefix('+')}@c.us"
        platform = Platform.whatsapp_green
        return Guest(hotel.number, chat, platform, address, lambda text: simulator.green.write(phone, instance, text))
    user = simulator.telegram.add_user(f"Guest {chat}", language="en")
    simulator.telegram.befriend(user, hotel.bot)
    return Guest(
        hotel.number,
        chat,
        Platform.telegram,
        str(user.id),
        lambda text: simulator.telegram.write(user, hotel.bot, text),
    )


async def _furnish(town: Town, uow: UnitOfWork, hotel: Hotel) -> None:
    await uow.hotels.add(f"Hotel {hotel.number}", f"town-{hotel.id.hex[-8:]}", "Europe/Berlin", "en")
    keys = key_ring(load_settings(town.environ()))
    bot = NewAccount(Platform.telegram, f"@{hotel.bot.username}", {"bot_token": hotel.bot.token})
    account_id, _ = await enrol_account(uow, keys, bot)
    if hotel.instance is not None:
        credentials = {"id_instance": hotel.instance.account, "api_token": hotel.instance.token}
        number = NewAccount(Platform.whatsapp_green, f"+{hotel.instance.phone}", credentials)
        await enrol_account(uow, keys, number)
    staff_chat = StaffChat(account_id=account_id, address=str(hotel.group.id))
    await uow.hotels.save_settings(HotelSettings(staff_chat=staff_chat).stored())
    await uow.triggers.add("welcome", TriggerType.time_based, {"hours_after_checkin": 2}, WELCOME, {})


async def book(
    clock: Clock,
    uow: UnitOfWork,
    guest: Guest,
    welcome_in: timedelta,
    status: BookingStatus = BookingStatus.checked_in,
) -> StayChange:
    """Let a guest have arrived so long ago that the welcome is due in a moment; the room's number is its mark.

    A guest has one booking, which is changed when they have it already.
    """
    kind = IdentityKind.telegram if guest.platform is Platform.telegram else IdentityKind.phone
    value = guest.address if guest.platform is Platform.telegram else f"+{guest.address.split('@')[0]}"
    record = await uow.guests.recognise(Identity(kind, value))
    assert record is not None, "they wrote before"
    arrived = clock.now() + welcome_in - WELCOME_AFTER
    stay = NewStay(
        guest_id=record.id,
        external_id=f"T-{guest.hotel}-{guest.chat}",
        source="town",
        booking_status=status,
        check_in=arrived,
        check_out=arrived + timedelta(days=3),
        room_type="double",
        room_number=str(Mark(guest.hotel, guest.chat, FIRING)),
        checked_in_at=arrived,
    )
    known = await uow.stays.keyed([(stay.source, stay.external_id)])
    return StayChange(known.get((stay.source, stay.external_id)), await uow.stays.save(stay))
