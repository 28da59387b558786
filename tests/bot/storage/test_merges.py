"""Guests who turn out to be one: nothing is left behind with the row that nobody is any more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Column, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.repositories.guests import Identity
from bot.storage.repositories.questions import NewQuestion
from bot.storage.unit_of_work import Database, UnitOfWork
from models import Base, Guest, GuestMemory
from models.enums import IdentityKind
from tests.bot.storage.conftest import Street
from tests.bot.storage.houses import House, waits_for_lock
from tests.bot.storage.twins import NOW

PROOF = {"by": "test"}
# A ledger of consents is only added to, and is repeated for the other guest; a change of the past was the row's own.
KEPT = {"consents", "guest_changes"}


def references() -> list[tuple[Table, Column[UUID]]]:
    """Return every column that names a guest, by its table."""
    return [
        (table, element.parent)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_key_constraints
        for element in key.elements
        if element.column is Guest.__table__.columns["id"]
    ]


async def rows_about(connection: AsyncConnection, guest_id: UUID) -> dict[str, int]:
    """Return by table how many rows name this guest."""
    return {
        table.name: (
            await connection.execute(select(func.count()).select_from(table).where(column == guest_id))
        ).scalar_one()
        for table, column in references()
    }


async def test_every_row_names_the_winner_when_two_guests_turn_out_to_be_one(street: Street) -> None:
    async with street.attack() as connection:
        guests = UnitOfWork(connection, street.mine.hotel_id).guests
        loser = street.mine.rows["guests"]["id"]
        double, winner = await guests.add("Double"), await guests.add("Anna")
        await guests.merge(double.id, loser, PROOF)
        before = await rows_about(connection, loser)
        assert all(before.values()), "a table without a row proves nothing"

        await guests.merge(loser, winner.id, PROOF)

        left = await rows_about(connection, loser)
        assert {name for name, number in left.items() if number} == KEPT
        assert all((await rows_about(connection, winner.id)).values())


@pytest.fixture
async def house(storage: Database) -> House:
    return await House(storage).build()


@pytest.mark.parametrize("is_loser_newer", [True, False])
async def test_the_newer_wording_stays_when_both_asked_the_same(house: House, is_loser_newer: bool) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        loser, winner = await uow.guests.add("Ann"), await uow.guests.add("Anna")
        asked = [(winner.id, "Is there a pool?"), (loser.id, "Do you have a pool?")]
        for hours, (guest_id, words) in enumerate(asked if is_loser_newer else asked[::-1]):
            await uow.questions.keep(NewQuestion(guest_id, "en", "pool", words), NOW + timedelta(hours=hours))
        await uow.questions.keep(NewQuestion(loser.id, "en", "sauna", "Is there a sauna?"), NOW)

        await uow.guests.merge(loser.id, winner.id, PROOF)

        kept = await uow.questions.newest(10, NOW + timedelta(days=1))
    newer = asked[1][1] if is_loser_newer else asked[0][1]
    assert [(one.guest_id, one.content) for one in kept] == [(winner.id, newer), (winner.id, "Is there a sauna?")]


async def test_who_wanted_no_notifications_wants_none_when_both_are_remembered(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        loser, winner = await uow.guests.add("Ann"), await uow.guests.add("Anna")
        known = {"preferred_room": "12", "allow_notifications": False, "ltm_data": {"visits": 1, "likes": "tea"}}
        for guest_id, values in ((loser.id, known), (winner.id, {"language": "ru", "ltm_data": {"visits": 3}})):
            row = {"hotel_id": house.hotel_id, "guest_id": guest_id, **values}
            await uow.connection.execute(insert(GuestMemory).values(row))

        await uow.guests.merge(loser.id, winner.id, PROOF)

        (memory,) = await uow.connection.execute(select(GuestMemory.__table__))
    assert (memory.guest_id, memory.preferred_room, memory.language) == (winner.id, "12", "ru")
    assert (memory.allow_notifications, memory.ltm_data) == (False, {"visits": 3, "likes": "tea"})


async def test_the_tags_of_both_are_kept_once_each(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        loser, winner = await uow.guests.add("Ann"), await uow.guests.add("Anna")
        await uow.guests.tag({loser.id: ["vip", "welcomed"], winner.id: ["VIP", "regular"]})

        await uow.guests.merge(loser.id, winner.id, PROOF)

        assert (await uow.guests.get(winner.id)).tags == ("VIP", "regular", "welcomed")


async def test_all_three_are_one_when_a_guest_is_merged_twice_at_the_same_moment(house: House) -> None:
    """Somebody shares their number in one chat and names a booking in another, and neither knows of the other yet."""
    phone = Identity(IdentityKind.phone, "+491511234567")
    async with house.database.unit(house.hotel_id) as uow:
        chat, booking, other = [(await uow.guests.add(name)).id for name in ("Ann", "Anna", "Anna P.")]
        await uow.guests.identify(chat, phone, {})

    async with house.database.unit(house.hotel_id) as uow:
        await uow.guests.merge(chat, booking, PROOF)
        merging = asyncio.create_task(merge(house, chat, other))
        await waits_for_lock(house.database, merging)

    assert await merging == other
    async with house.database.unit(house.hotel_id) as uow:
        guest = await uow.guests.recognise(phone)
        merged = select(Guest.id, Guest.merged_into).where(Guest.merged_into.is_not(None))
        assert {row.id: row.merged_into for row in await uow.connection.execute(merged)} == {
            chat: other,
            booking: other,
        }
    assert guest is not None
    assert guest.id == other


async def merge(house: House, loser: UUID, winner: UUID) -> UUID:
    async with house.database.unit(house.hotel_id) as uow:
        return await uow.guests.merge(loser, winner, PROOF)
