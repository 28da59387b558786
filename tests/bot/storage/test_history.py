"""What the database keeps of the past by itself, whoever changes a stay or a guest, and how."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.storage.repositories.guests import Identity
from bot.storage.repositories.stays import NewStay, StayRecord
from bot.storage.unit_of_work import Database
from models.enums import BookingStatus, IdentityKind
from tests.bot.storage.houses import House
from tests.bot.storage.twins import NOW

STAY = NewStay(UUID(int=0), "BK-1", "csv", BookingStatus.confirmed, NOW, NOW + timedelta(days=2), room_number="12")


@pytest.fixture
async def house(storage: Database) -> House:
    return await House(storage).build()


async def booked(house: House, name: str = "Anna Petrova", number: str = "BK-1") -> StayRecord:
    async with house.database.unit(house.hotel_id) as uow:
        guest = await uow.guests.add(name, "en")
        return await uow.stays.save(replace(STAY, guest_id=guest.id, external_id=number))


async def changes_of(house: House, stay: StayRecord) -> list[tuple[str | None, dict[str, Any], dict[str, Any]]]:
    async with house.database.unit(house.hotel_id) as uow:
        past = (await uow.history.of_stays([stay.id]))[stay.id]
    return [(change.actor, change.old, change.new) for change in past.changes]


async def test_a_change_is_kept_with_who_and_what_when_a_stay_is_updated(house: House) -> None:
    stay = await booked(house)
    async with house.database.unit(house.hotel_id) as uow, uow.acting_as("user:olga"):
        await uow.stays.update(stay.id, room_number="14", booking_status=BookingStatus.checked_in)
    assert await changes_of(house, stay) == [
        (
            "user:olga",
            {"room_number": "12", "booking_status": "confirmed"},
            {"room_number": "14", "booking_status": "checked_in"},
        )
    ]


async def test_every_changed_stay_is_kept_when_a_batch_is_saved_again(house: House) -> None:
    stays = [await booked(house, number=f"BK-{number}") for number in (1, 2, 3)]
    async with house.database.unit(house.hotel_id) as uow:
        await uow.stays.save_all(
            [
                replace(STAY, guest_id=stay.guest_id, external_id=stay.external_id, room_number=room)
                for stay, room in zip(stays, ("12", "22", "32"), strict=True)
            ]
        )
    assert [await changes_of(house, stay) for stay in stays] == [
        [],
        [(None, {"room_number": "12"}, {"room_number": "22"})],
        [(None, {"room_number": "12"}, {"room_number": "32"})],
    ]


async def test_nothing_is_kept_when_nothing_changes_that_may_be_asked(house: House) -> None:
    stay = await booked(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.stays.update(stay.id, room_number="12", attended=True)
        await uow.guests.update(stay.guest_id, name="Anna Orlova")
        await uow.guests.note_talk({stay.guest_id: "en"}, NOW)
        pasts = await uow.history.of_guests([stay.guest_id])
    assert await changes_of(house, stay) == []
    assert pasts[stay.guest_id].changes == []


async def test_a_guests_language_is_kept_when_it_is_learned_by_one_statement_for_many(house: House) -> None:
    stay = await booked(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.guests.note_talk({stay.guest_id: "ru"}, NOW)
        (change,) = (await uow.history.of_guests([stay.guest_id]))[stay.guest_id].changes
    assert (change.old, change.new) == ({"language": "en"}, {"language": "ru"})


async def test_whose_a_stay_was_is_kept_when_guests_are_merged(house: House) -> None:
    stay, other = await booked(house), await booked(house, "A. Petrova", "BK-2")
    async with house.database.unit(house.hotel_id) as uow:
        await uow.guests.merge(stay.guest_id, other.guest_id, {"by": "test"})
    ((_, old, new),) = await changes_of(house, stay)
    assert (old, new) == ({"guest_id": str(stay.guest_id)}, {"guest_id": str(other.guest_id)})


async def test_no_change_is_kept_when_its_transaction_fails(house: House) -> None:
    stay = await booked(house)
    with suppress(ZeroDivisionError):
        async with house.database.unit(house.hotel_id) as uow:
            await uow.stays.update(stay.id, room_number="14")
            raise ZeroDivisionError
    assert await changes_of(house, stay) == []


async def test_the_past_goes_with_a_guest_who_is_erased(house: House) -> None:
    stay = await booked(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.stays.update(stay.id, room_number="14")
        await uow.guests.update(stay.guest_id, tags=["vip"])
        await uow.guests.remove(stay.guest_id)
        kept = [await uow.connection.exec_driver_sql(f"SELECT * FROM {one}_changes") for one in ("stay", "guest")]
    assert [rows.all() for rows in kept] == [[], []]


async def test_the_actor_is_nobody_again_when_the_act_is_over(house: House) -> None:
    stay = await booked(house)
    async with house.database.unit(house.hotel_id) as uow:
        async with uow.acting_as("import"):
            await uow.stays.update(stay.id, room_number="14")
        await uow.stays.update(stay.id, room_number="15")
    assert [actor for actor, *_ in await changes_of(house, stay)] == ["import", None]


async def test_a_known_guests_phone_never_gets_into_the_past(house: House) -> None:
    stay = await booked(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.guests.identify(stay.guest_id, Identity(IdentityKind.phone, "+491511234567"), {"by": "test"})
        await uow.guests.update(stay.guest_id, name="Anna Orlova", language="de")
        lines = (await uow.connection.exec_driver_sql("SELECT old::text || new FROM guest_changes")).scalars().all()
    assert len(lines) == 1
    assert "Anna" not in lines[0]
    assert "+49" not in lines[0]
