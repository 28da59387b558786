"""Hotels to measure on: enrolled like real ones, their guests filled in by sets."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.server import Database
from bot.config import Settings, load_settings
from bot.database import Logins, open_database
from bot.demo.words import ANSWERS
from bot.enrolment import NewAccount, enrol_account, enrol_hotel
from bot.hotel_settings import HotelSettings
from bot.messages import Platform
from bot.security.encryption import KeyRing
from bot.security.key_file import key_ring
from bot.storage.unit_of_work import Database as House
from bot.storage.unit_of_work import UnitOfWork
from models.enums import TriggerType

FIRST_CHAT = 1_000_000_001
"""Chats are numbered from here over all hotels, so that a chat's number alone says whose it is."""

GUESTS_SQL = (Path(__file__).parent / "sql" / "guests.sql").read_text()

# One key for the run; the process under test gets the same one.
KEYS = f"benchmark:{base64.b64encode(os.urandom(32)).decode()}"

# A stay's time triggers are planned anew when a process starts, and what is not theirs is cancelled. Firings that are
# written by sets are of this one, which is planned only when something happens.
PLANNED_BY_SETS = "thank you for booking"
PLANNED_AT_START = "before you leave"

# What a hotel of this size would have: looked at for each message, and true for few.
TRIGGERS: tuple[tuple[str, TriggerType, dict[str, object]], ...] = (
    ("welcome", TriggerType.time_based, {"hours_after_checkin": 2}),
    (PLANNED_AT_START, TriggerType.time_based, {"days_before_checkout": 1, "at": "18:00"}),
    ("suite confirmed", TriggerType.condition_based, {"room_type": "suite", "booking_status": "confirmed"}),
    ("we are sorry", TriggerType.event_based, {"event": "negative_sentiment", "room_type": "suite"}),
    (PLANNED_BY_SETS, TriggerType.event_based, {"event": "booking_created", "room_type": "double"}),
)
WORDS = "Dear {{ guest.name }}, this is {{ hotel.name }}. Is everything all right in room {{ stay.room_number }}?"


@dataclass(frozen=True, slots=True)
class Shape:
    """How many hotels, and how many accounts and guests each of them has."""

    hotels: int
    accounts: int
    guests: int
    slug: str = "hotel"


@dataclass(frozen=True, slots=True)
class Account:
    """One bot, what its webhook is guarded by, and the chats of its guests."""

    account_id: UUID
    path: str
    secret: str
    chats: range


@dataclass(frozen=True, slots=True)
class Hotel:
    """One hotel that is ready to be written to."""

    hotel_id: UUID
    accounts: tuple[Account, ...]


def settings_of(database: Database, **environ: str) -> Settings:
    """Return the product's own settings for a database, as a process would read them from its environment."""
    return load_settings(environment_of(database) | environ)


def environment_of(database: Database) -> dict[str, str]:
    """Return what a process that serves this database has in its environment."""
    return {
        "BELLHOP_DATABASE_APP_URL": database.app_url,
        "BELLHOP_DATABASE_RUNTIME_URL": database.runtime_url,
        "BELLHOP_ENCRYPTION_KEYS": KEYS,
        "BELLHOP_LOG_LEVEL": "error",
    }


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[House]:
    """Open the product's own pools on a database."""
    logins = Logins(None, database.app_url, database.runtime_url)
    async with open_database(settings_of(database), logins) as house:
        yield house


async def open_hotels(database: Database, shape: Shape, first_chat: int = FIRST_CHAT) -> list[Hotel]:
    """Enrol hotels with their accounts, answers and triggers, and fill in guests who have written before."""
    keys = key_ring(settings_of(database))
    hotels = []
    async with opened(database) as house:
        for number in range(shape.hotels):
            chat = first_chat + number * shape.guests
            hotels.append(await _enrol(house, keys, shape, number, chat))
    await fill_guests(database, hotels)
    await database.settle()
    return hotels


async def _enrol(house: House, keys: KeyRing, shape: Shape, number: int, first_chat: int) -> Hotel:
    slug = f"{shape.slug}-{number + 1}"
    hotel_id = await enrol_hotel(house, f"Hotel {number + 1}", slug, "Europe/Berlin", "en")
    each = -(-shape.guests // shape.accounts)
    last = first_chat + shape.guests
    accounts = []
    async with house.unit(hotel_id) as uow:
        await _furnish(uow)
        for index in range(shape.accounts):
            token = {"bot_token": f"{first_chat + index}:benchmark"}
            name = f"@{slug.replace('-', '_')}_{index + 1}_bot"
            account_id, webhook = await enrol_account(uow, keys, NewAccount(Platform.telegram, name, token))
            chats = range(min(first_chat + index * each, last), min(first_chat + (index + 1) * each, last))
            accounts.append(Account(account_id, f"/webhooks/telegram/{webhook.key}", webhook.secret, chats))
    return Hotel(hotel_id, tuple(accounts))


async def _furnish(uow: UnitOfWork) -> None:
    # Never quiet: whether a firing goes must not depend on the hour at which somebody measures.
    settings = HotelSettings.model_validate({"quiet_from": "00:00", "quiet_until": "00:00"})
    await uow.hotels.save_settings(settings.stored())
    for intent, answer in ANSWERS.items():
        await uow.knowledge.save(intent, answer.questions, answer.answers)
    for name, kind, conditions in TRIGGERS:
        await uow.triggers.add(name, kind, dict(conditions), WORDS)


async def fill_guests(database: Database, hotels: Sequence[Hotel]) -> None:
    """Write down, set-based, a guest with a stay and an open conversation for every chat."""
    accounts = [(hotel.hotel_id, account) for hotel in hotels for account in hotel.accounts]
    async with database.connection() as connection:
        await connection.execute(
            "CREATE TEMP TABLE lanes (hotel_id uuid, account_id uuid, first_chat bigint, chats integer)"
        )
        rows = [(hotel_id, one.account_id, one.chats.start, len(one.chats)) for hotel_id, one in accounts]
        await connection.copy_records_to_table("lanes", records=rows)
        await connection.execute(GUESTS_SQL)
