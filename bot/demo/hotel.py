"""The demo hotel: what is written into the database once, around the moment it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bot.clock import Clock
from bot.demo.accounts import SLUG
from bot.demo.words import ANSWERS, TRIGGERS
from bot.enrolment import NewAccount, enrol_account
from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import Platform
from bot.security.encryption import KeyRing
from bot.simulator.scene import Cast
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.stays import NewStay
from bot.storage.unit_of_work import Database, UnitOfWork
from models.base import new_id
from models.enums import BookingStatus, IdentityKind, UserRole
from triggers.engine import Engine
from triggers.happenings import StayChange

NAME, ZONE, LANGUAGE = "Hotel Bellevue", "Europe/Berlin", "en"
SOURCE = "demo"
WHATSAPP_GUEST_BOOKING, TELEGRAM_GUEST_BOOKING = "BV-1001", "BV-1002"


@dataclass(frozen=True, slots=True)
class Booking:
    """One stay of the demo: hours from now until arrival, and nights."""

    number: str
    guest: str
    phone: str | None
    language: str
    room_type: str
    room: str | None
    hours: int
    nights: int
    status: BookingStatus
    adults: int = 2


def bookings(cast: Cast) -> list[Booking]:
    """Return a dozen stays around now; the first two are played on the page."""
    status = BookingStatus
    return [
        Booking(
            WHATSAPP_GUEST_BOOKING,
            cast.whatsapp_name,
            cast.whatsapp_phone,
            "ru",
            "double",
            "214",
            0,
            3,
            status.checked_in,
        ),
        Booking(
            TELEGRAM_GUEST_BOOKING, cast.telegram_guest.name, None, "en", "suite", "501", -22, 4, status.checked_in
        ),
        Booking("BV-1003", "Мария Соколова", "+79160000003", "ru", "single", "118", -46, 3, status.checked_in, 1),
        Booking("BV-1004", "Thomas Becker", "+491510000004", "de", "double", "220", -70, 4, status.checked_in),
        Booking("BV-1005", "Olivia Brown", "+447700900105", "en", "double", "309", -70, 2, status.checked_out),
        Booking("BV-1006", "Дмитрий Волков", "+79160000006", "ru", "suite", None, 27, 2, status.confirmed),
        Booking("BV-1007", "Emma Wilson", "+447700900107", "en", "double", None, 30, 5, status.confirmed),
        Booking("BV-1008", "Lukas Schneider", "+491510000008", "de", "single", None, 51, 1, status.confirmed, 1),
        Booking("BV-1009", "Анна Кузнецова", "+79160000009", "ru", "double", None, 54, 7, status.pending),
        Booking("BV-1010", "James Taylor", "+447700900110", "en", "family", None, 75, 4, status.confirmed, 4),
        Booking("BV-1011", "Sophie Martin", "+33600000011", "fr", "double", None, 78, 2, status.cancelled),
        # Booked by an agency that keeps the number to itself: nobody can write to this guest.
        Booking("BV-1012", "Павел Орлов", None, "ru", "suite", None, 99, 3, status.confirmed),
    ]


async def open_hotel(
    database: Database, keys: KeyRing, engine: Engine, clock: Clock, cast: Cast, accounts: Sequence[NewAccount]
) -> UUID:
    """Return the demo hotel's id, written down now where it is not there yet, whole or not at all."""
    known = (await database.claims.hotels()).get(SLUG)
    if known is not None:
        return known
    hotel_id = new_id()
    async with database.unit(hotel_id) as uow:
        await uow.hotels.add(NAME, SLUG, ZONE, LANGUAGE)
        for account in accounts:
            account_id, _ = await enrol_account(uow, keys, account)
            if account.platform == Platform.telegram:
                staff_chat = StaffChat(account_id=account_id, address=str(cast.staff_group.id))
                await uow.hotels.save_settings(HotelSettings(staff_chat=staff_chat).stored())
        await uow.users.add(cast.staff.name, UserRole.staff, cast.staff.id, None, "en")
        await uow.users.add(cast.admin.name, UserRole.admin, cast.admin.id, None, "en")
        for intent, answer in ANSWERS.items():
            await uow.knowledge.save(intent, answer.questions, answer.answers)
        for trigger in TRIGGERS:
            await uow.triggers.add(
                trigger.name, trigger.kind, trigger.conditions, trigger.text, {"ru": trigger.text_ru}
            )
        stays = [await _book(uow, booking, clock.now()) for booking in bookings(cast)]
        await engine.take_changes(uow, stays, new_id().hex)
    return hotel_id


async def _book(uow: UnitOfWork, booking: Booking, now: datetime) -> StayChange:
    guest = await uow.guests.add(booking.guest, booking.language)
    if booking.phone:
        await uow.guests.identify(guest.id, Identity(IdentityKind.phone, booking.phone), {"source": SOURCE})
    check_in = now + timedelta(hours=booking.hours)
    if booking.hours > 0:
        check_in = check_in.replace(hour=14, minute=0, second=0, microsecond=0)
    check_out = (check_in + timedelta(days=booking.nights)).replace(hour=10, minute=0, second=0, microsecond=0)
    is_in = booking.status in {BookingStatus.checked_in, BookingStatus.checked_out}
    stay = await uow.stays.save(
        NewStay(
            guest_id=guest.id,
            external_id=booking.number,
            source=SOURCE,
            booking_status=booking.status,
            check_in=check_in,
            check_out=check_out,
            room_type=booking.room_type,
            room_number=booking.room,
            booked_at=check_in - timedelta(days=20),
            checked_in_at=check_in if is_in else None,
            checked_out_at=check_out if booking.status is BookingStatus.checked_out else None,
            adults=booking.adults,
            children=0,
            amount=Decimal(120 * booking.nights),
            currency="EUR",
        )
    )
    return StayChange(None, stay)
