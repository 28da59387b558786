"""A hotel on the wire: both providers on loopback, people with phones, and the real house between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.sharedctypes import RawValue
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from bot.app import House, open_house, run_house
from bot.channels.base import JOURNAL_LAG
from bot.channels.registry import connect, import_clients
from bot.config import Settings, load_settings
from bot.database import Logins, open_database
from bot.enrolment import NewAccount, enrol_account
from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import Choice, OutgoingMessage, Platform
from bot.nlu.analysis import Analyser
from bot.notifications import Desk
from bot.security.encryption import KeyRing
from bot.security.key_file import key_ring
from bot.simulator.chats import ChatMessage
from bot.simulator.green.instance import Instance
from bot.simulator.history import Kind
from bot.simulator.telegram.people import Bot, Group, User
from bot.simulator.world import Simulator
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.stays import NewStay
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import Texts
from models.base import new_id
from models.enums import BookingStatus, IdentityKind, TriggerType, UserRole
from tests.databases import Database, connected
from tests.factories import NOW
from triggers.engine import Engine
from triggers.happenings import StayChange

BOT_TOKEN = "700000001:flow-flow-flow-flow-flow-flow-flow-flow"
INSTANCE_ID, INSTANCE_TOKEN, HOTEL_PHONE = 1101000001, "flowtoken0123456789", "+4930900100"
GUEST_PHONE = "+79001234568"
ROOMS = {Platform.telegram: "501", Platform.whatsapp_green: "214"}
KEYS = "flows:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
# A second of the providers' own waiting: a long poll lasts about one second here.
WIRE_SECOND = 0.05

WELCOME = "Welcome to room {{ stay.room_number }}!"
SORRY = "The manager on duty will come back to you."

Answer = TypeVar("Answer")

# Both take seconds, once per process: no part of any test's deadline.
import_clients()
Analyser().analyse("Where is my key?")


class WireClock:
    """Runs at normal speed from noon of a Friday, ahead by what `move` added; processes of ours share it."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._ahead = RawValue("d", 0.0)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - self._began + self._ahead.value)

    def move(self, by: timedelta) -> None:
        self._ahead.value += by.total_seconds()


class TelegramGuest:
    """Anna in room 501, who has used the bot before."""

    platform = Platform.telegram

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    @property
    def address(self) -> str:
        return str(self._scene.anna.id)

    def write(self, text: str) -> ChatMessage:
        return self._scene.simulator.telegram.write(self._scene.anna, self._scene.bot, text)

    def press(self, choice: str) -> None:
        self._scene.simulator.telegram.press(self._scene.anna, _latest_with(choice, self.said()), choice)

    def said(self) -> list[ChatMessage]:
        """What the hotel said in this chat, oldest first."""
        return self._scene.simulator.telegram.chat(self._scene.bot, self._scene.anna).from_bot()


class GreenGuest:
    """Ivan in room 214, who writes by WhatsApp."""

    platform = Platform.whatsapp_green
    address = f"{GUEST_PHONE.removeprefix('+')}@c.us"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def write(self, text: str) -> ChatMessage:
        return self._scene.simulator.green.write(GUEST_PHONE, self._scene.instance, text)

    def press(self, choice: str) -> None:
        self._scene.simulator.green.press(GUEST_PHONE, _latest_with(choice, self.said()), choice)

    def said(self) -> list[ChatMessage]:
        """What the hotel said in this chat, oldest first."""
        return self._scene.simulator.green.chat(self._scene.instance, GUEST_PHONE).from_bot()


Guest = TelegramGuest | GreenGuest


@dataclass(slots=True)
class Scene:
    """One hotel, its people and its providers; `serving` opens the house for them."""

    simulator: Simulator
    database: Database
    clock: WireClock
    bot: Bot
    instance: Instance
    anna: User
    olga: User
    maria: User
    group: Group
    hotel_id: UUID = field(default_factory=new_id)
    accounts: dict[Platform, UUID] = field(default_factory=dict)

    def guest(self, platform: Platform) -> Guest:
        return TelegramGuest(self) if platform is Platform.telegram else GreenGuest(self)

    def environ(self, **changes: str) -> dict[str, str]:
        """The environment of a bot process that talks to these providers."""
        return {
            "BELLHOP_TELEGRAM_API": self.simulator.telegram.url,
            "BELLHOP_GREEN_API": self.simulator.green.url,
            "BELLHOP_ENCRYPTION_KEYS": KEYS,
            "BELLHOP_DATABASE_POOL_SIZE": "4",
            "BELLHOP_PORT": "0",
        } | changes

    def logins(self) -> Logins:
        return Logins(None, self.database.app_url, self.database.runtime_url)

    def settings(self, **changes: str) -> Settings:
        return load_settings(self.environ(**changes))

    @asynccontextmanager
    async def serving(self, logins: Logins | None = None, **changes: str) -> AsyncIterator[House]:
        """Run the whole house while inside, and stop it as a signal would."""
        settings = self.settings(**changes)
        stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
        async with open_house(settings, logins or self.logins(), self.clock) as house:
            running = asyncio.create_task(run_house(house, stop, port.set_result))
            await asyncio.wait({running, port}, return_when=asyncio.FIRST_COMPLETED)
            try:
                yield house
            finally:
                stop.set()
                async with asyncio.timeout(settings.process.stop_timeout.total_seconds() + 1):
                    await running

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        """A transaction of the hotel, beside the running house."""
        async with open_database(self.settings(), self.logins()) as database, database.unit(self.hotel_id) as uow:
            yield uow

    def keys(self) -> KeyRing:
        return key_ring(self.settings())

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """Ask the database past all policies."""
        async with connected(self.database.admin_url) as connection:
            found: list[asyncpg.Record] = await connection.fetch(query, *values)
            return found

    def alerts(self) -> list[str]:
        """What stands in the staff group from the bot."""
        return [message.text for message in self.alert_messages()]

    def alert_messages(self) -> list[ChatMessage]:
        return self.simulator.telegram.chat(self.bot, self.group).from_bot()

    async def wait_for_journal(self) -> None:
        """Let Green API be asked about a doubt, and the time pass for which its journal may lack a message."""
        history = self.simulator.history
        asked = len(history.of(method="lastOutgoingMessages", kind=Kind.invoke))
        # Who asks once more has read what was answered before.
        await self.simulator.until(
            lambda: len(history.of(method="lastOutgoingMessages", kind=Kind.invoke)) > asked + 1, within=20
        )
        self.clock.move(JOURNAL_LAG)

    async def offer(self, platform: Platform, text: str, *choices: Choice) -> None:
        """Let the hotel have said something with buttons in an earlier life."""
        secrets = {each.platform: each for each in _accounts()}[platform].credentials
        urls = {Platform.telegram: self.simulator.telegram.url, Platform.whatsapp_green: self.simulator.green.url}
        async with connect(platform, secrets, api_url=urls[platform], clock=self.clock) as channel:
            await channel.send(self.guest(platform).address, OutgoingMessage(text, choices))
        await self.simulator.until(self.guest(platform).said)


@asynccontextmanager
async def open_scene(database: Database, clock: WireClock | None = None) -> AsyncIterator[Scene]:
    """Start the providers, let everybody have a phone, and write the hotel into the database."""
    clock = clock or WireClock()
    async with Simulator(clock, wire_second=WIRE_SECOND) as simulator:
        telegram = simulator.telegram
        bot = telegram.add_bot(BOT_TOKEN, "bellevue_bot", "Hotel Bellevue")
        anna, olga, maria = (telegram.add_user(name, language="en") for name in ("Anna", "Olga", "Maria"))
        for user in (anna, olga, maria):
            telegram.befriend(user, bot)
        simulator.green.name(GUEST_PHONE, "Ivan")
        scene = Scene(
            simulator,
            database,
            clock,
            bot,
            simulator.green.add_instance(INSTANCE_ID, INSTANCE_TOKEN, HOTEL_PHONE),
            anna,
            olga,
            maria,
            telegram.add_group("Bellevue staff", (bot,), (olga, maria), supergroup=False),
        )
        async with scene.unit() as uow:
            await _furnish(scene, uow)
        yield scene


async def eventually(look: Callable[[], Awaitable[Answer]], within: float = 30.0) -> Answer:
    """Return the first truthy answer; what the database says can't be waited for otherwise than by asking."""
    async with asyncio.timeout(within):
        while not (answer := await look()):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    return answer


def _accounts() -> tuple[NewAccount, ...]:
    return (
        NewAccount(Platform.telegram, "@bellevue_bot", {"bot_token": BOT_TOKEN}),
        NewAccount(
            Platform.whatsapp_green, HOTEL_PHONE, {"id_instance": str(INSTANCE_ID), "api_token": INSTANCE_TOKEN}
        ),
    )


async def _furnish(scene: Scene, uow: UnitOfWork) -> None:
    await uow.hotels.add("Hotel Bellevue", f"bellevue-{scene.hotel_id.hex[-8:]}", "Europe/Berlin", "en")
    for account in _accounts():
        account_id, _ = await enrol_account(uow, scene.keys(), account)
        scene.accounts[Platform(account.platform)] = account_id
    staff_chat = StaffChat(account_id=scene.accounts[Platform.telegram], address=str(scene.group.id))
    await uow.hotels.save_settings(HotelSettings(staff_chat=staff_chat).stored())
    await uow.users.add("Olga", UserRole.staff, scene.olga.id, None, "en")
    await uow.users.add("Maria", UserRole.admin, scene.maria.id, None, "en")
    for intent, question, answer in (
        ("wifi", {"en": ["What is the wifi password?"], "ru": ["Какой пароль от wifi?"]}, "sunny-terrace"),
        ("breakfast", {"en": ["When is breakfast?"], "ru": ["Во сколько завтрак?"]}, "from 7:00 to 10:30"),
    ):
        await uow.knowledge.save(intent, question, {"en": f"It is {answer}.", "ru": f"Это {answer}."})
    await uow.triggers.add("welcome", TriggerType.time_based, {"hours_after_checkin": 2}, WELCOME, {})
    await uow.triggers.add("sorry", TriggerType.event_based, {"event": "negative_sentiment"}, SORRY, {})
    stays = [
        await _book(scene, uow, Platform.telegram, Identity(IdentityKind.telegram, str(scene.anna.id)), "Anna"),
        await _book(scene, uow, Platform.whatsapp_green, Identity(IdentityKind.phone, GUEST_PHONE), "Ivan"),
    ]
    await Engine(scene.clock, Desk(Texts(), scene.clock)).take_changes(uow, stays, new_id().hex)


async def _book(scene: Scene, uow: UnitOfWork, platform: Platform, identity: Identity, name: str) -> StayChange:
    """Let a guest have checked in just now, for three nights."""
    guest = await uow.guests.add(name)
    await uow.guests.identify(guest.id, identity, {"source": "flows"})
    now = scene.clock.now()
    stay = NewStay(
        guest_id=guest.id,
        external_id=f"BV-{ROOMS[platform]}",
        source="flows",
        booking_status=BookingStatus.checked_in,
        check_in=now,
        check_out=now + timedelta(days=3),
        room_type="double",
        room_number=ROOMS[platform],
        checked_in_at=now,
    )
    return StayChange(None, await uow.stays.save(stay))


def _latest_with(choice: str, said: list[ChatMessage]) -> ChatMessage:
    return next(
        message
        for message in reversed(said)
        if any(choice in (button.value, button.label) for button in message.buttons)
    )
