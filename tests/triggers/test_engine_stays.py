"""Stays from a source: saved once with the right guests, and planned for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from bot.integrations.base import StayRow
from bot.storage.repositories.guests import Identity
from models import Guest, GuestIdentity, Stay
from models.enums import BookingStatus, IdentityKind
from tests.triggers.hotels import AFTER_CHECKIN, NOON, SUITE, HotelDesk
from triggers.guestbook import Guestbook
from triggers.planning import PlanDiff
from triggers.stays import Saved, import_stays

HOUR = timedelta(hours=1)


def row(number: str = "A-1", **changes: Any) -> StayRow:
    """A stay that begins now, of a guest with a phone."""
    told = {"check_in": NOON, "check_out": NOON + timedelta(days=3), **changes.pop("stay", {})}
    return replace(StayRow(2, number, "csv", "Anna Petrova", "+491511234567", "ru", told), **changes)


async def imported(hotel: HotelDesk, *rows: StayRow) -> Saved:
    return await import_stays(hotel.database, hotel.id, rows, hotel.engine, lambda done: None, "c-7")


async def guests(hotel: HotelDesk) -> list[tuple[str | None, str | None]]:
    async with hotel.database.unit(hotel.id) as uow:
        found = await uow.connection.execute(select(Guest.name, Guest.language).order_by(Guest.name))
        return [(name, language) for name, language in found]


async def test_stays_guests_and_plans_are_there_when_a_file_is_imported(hotel: HotelDesk, twin: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Welcome, {{ guest.name }}!")
    await twin.trigger(AFTER_CHECKIN)

    saved = await imported(hotel, row(), row("A-2", guest_name="Boris", phone=None))
    await hotel.tick(NOON + 2 * HOUR)

    assert saved == Saved(added=2, guests=2, plan=PlanDiff(added=2))
    assert await hotel.told() == ["Welcome, Anna Petrova!"]
    assert await guests(hotel) == [("Anna Petrova", "ru"), ("Boris", "ru")]
    assert (await guests(twin), await twin.lines()) == ([], [])


async def test_nothing_is_touched_when_the_same_file_is_imported_again(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.trigger({"cron": "0 9 * * *"})
    await hotel.trigger({"room_type": "suite"})
    rows = [row(stay={"room_type": "suite"}), row("A-2", phone=None), row("A-3", guest_name="Husband")]
    await imported(hotel, *rows)
    before = await _versions(hotel)

    assert await imported(hotel, *rows) == Saved(unchanged=3)

    assert await _versions(hotel) == before


async def _versions(hotel: HotelDesk) -> list[Any]:
    """Return which transaction wrote each row last."""
    async with hotel.database.unit(hotel.id) as uow:
        tables = ("stays", "guests", "guest_identities", "trigger_firings")
        query = " UNION ALL ".join(f"SELECT '{table}', id, xmin::text FROM {table}" for table in tables)
        return list((await uow.connection.exec_driver_sql(f"{query} ORDER BY 1, 2")).all())


async def test_plans_move_when_a_changed_file_is_imported(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await imported(hotel, row(), row("A-2", phone=None))

    saved = await imported(hotel, row(stay={"check_in": NOON + HOUR}), row("A-2", phone=None))

    assert saved == Saved(changed=1, unchanged=1, plan=PlanDiff(moved=1))


async def test_plans_are_cancelled_when_the_file_says_so(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await imported(hotel, row())

    saved = await imported(hotel, row(stay={"booking_status": BookingStatus.cancelled}))

    assert saved.plan == PlanDiff(cancelled=1)


async def test_what_the_file_does_not_tell_stays_as_it_was(hotel: HotelDesk) -> None:
    await imported(hotel, row(stay={"room_number": "12", "booking_status": BookingStatus.checked_in}))

    await imported(hotel, row(stay={"adults": 2}))

    async with hotel.database.unit(hotel.id) as uow:
        (stay,) = (await uow.stays.keyed([("csv", "A-1")])).values()
    assert (stay.room_number, stay.adults, stay.booking_status) == ("12", 2, BookingStatus.checked_in)


async def test_one_guest_has_all_stays_of_one_phone_number(hotel: HotelDesk) -> None:
    known = await hotel.guest("anna_p", "+491511234567")

    saved = await imported(hotel, row(), row("A-2"))

    async with hotel.database.unit(hotel.id) as uow:
        assert len(await uow.stays.of_guest(known)) == 2
    assert saved.guests == 0
    assert await guests(hotel) == [("Anna Petrova", "ru")]


async def test_a_stay_without_a_phone_keeps_its_guest_and_gets_the_number_later(hotel: HotelDesk) -> None:
    await imported(hotel, row(phone=None, language=None))

    saved = await imported(hotel, row(guest_name="Anna Petrowa", language=None))

    async with hotel.database.unit(hotel.id) as uow:
        guest = await uow.guests.recognise(Identity(IdentityKind.phone, "+491511234567"))
    assert saved == Saved(unchanged=1)
    assert guest is not None
    assert guest.name == "Anna Petrowa"
    assert await guests(hotel) == [("Anna Petrowa", None)]


async def test_the_new_number_is_written_to_when_a_booking_was_corrected(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await imported(hotel, row(phone="+491511234560"))
    await imported(hotel, row())

    await hotel.tick(NOON + 2 * HOUR)

    assert await hotel.addresses() == ["491511234567@c.us"]


async def test_the_language_a_guest_chose_is_kept(hotel: HotelDesk) -> None:
    await hotel.guest("Anna Petrova", "+491511234567", language="de")

    await imported(hotel, row())

    assert await guests(hotel) == [("Anna Petrova", "de")]


async def test_a_trigger_fires_when_only_the_guest_became_known_better(hotel: HotelDesk) -> None:
    await hotel.trigger({"room_type": "suite", "guest.language": "ru"}, "Привет")
    await imported(hotel, row(language=None, stay={"room_type": "suite"}))

    saved = await imported(hotel, row(stay={"room_type": "suite"}))

    assert saved == Saved(unchanged=1, plan=PlanDiff(added=1))


async def test_the_person_who_writes_meanwhile_keeps_the_number(hotel: HotelDesk) -> None:
    """A guest with the same number is saved by somebody else after the import looked and before it wrote."""
    async with hotel.database.unit(hotel.id) as uow:
        book = await Guestbook.open(uow, [row()], {})
        writer = await hotel.guest("Writer", "+491511234567")

        assert await book.save(uow, {"by": "import"}) == 0

        assert book.guest_of(row()) == writer
        assert not book.has_news_of(row())
    assert await guests(hotel) == [("Writer", None)]


async def test_a_known_guest_gives_way_when_another_writes_with_the_number_meanwhile(hotel: HotelDesk) -> None:
    await imported(hotel, row(phone=None))
    async with hotel.database.unit(hotel.id) as uow:
        known = await uow.stays.keyed([("csv", "A-1")])
        book = await Guestbook.open(uow, [row()], known)
        writer = await hotel.guest("Writer", "+491511234567")

        await book.save(uow, {"by": "import"})

        assert book.guest_of(row()) == writer
    assert await guests(hotel) == [("Anna Petrova", "ru"), ("Writer", None)]


async def test_nothing_is_imported_when_one_row_fails(hotel: HotelDesk) -> None:
    rows = [row(f"A-{n:04}", phone=None) for n in range(1200)]
    done: list[int] = []

    with pytest.raises(DBAPIError):
        await import_stays(
            hotel.database,
            hotel.id,
            [*rows, row("Z", stay={"room_number": "9" * 33})],
            hotel.engine,
            done.append,
            "c-7",
        )

    assert done == [1000]
    assert await _count(hotel, Stay) == await _count(hotel, Guest) == 0


async def test_all_stays_are_imported_and_planned_when_they_take_several_statements(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.trigger(SUITE)
    rows = [row(f"A-{n}", phone=f"+4915{n:09}", stay={"room_type": "suite"}) for n in range(2_100)]
    done: list[int] = []

    saved = await import_stays(hotel.database, hotel.id, rows, hotel.engine, done.append, "c-7")

    assert saved == Saved(added=2_100, guests=2_100, plan=PlanDiff(added=4_200))
    assert done == [1000, 2000, 2100]
    assert await _count(hotel, GuestIdentity) == 2_100
    assert await imported(hotel, *rows) == Saved(unchanged=2_100)


async def _count(hotel: HotelDesk, table: type[Stay | Guest | GuestIdentity]) -> int:
    async with hotel.database.unit(hotel.id) as uow:
        counted: int = (await uow.connection.execute(select(func.count()).select_from(table))).scalar_one()
        return counted


@pytest.mark.parametrize(
    ("conditions", "change"),
    [
        ({"room_type": "suite", "guest.stays_count": 1}, {"stay": {"booking_status": BookingStatus.checked_in}}),
        ({"room_type": "suite", "guest.language": "ru"}, {"language": "ru"}),
    ],
)
async def test_another_stay_of_the_guest_is_spoken_of_when_a_file_tells_more_of_them(
    hotel: HotelDesk, conditions: dict[str, Any], change: dict[str, Any]
) -> None:
    await hotel.trigger(conditions, "To the suite!")
    await imported(hotel, row(language=None), row("A-2", language=None, stay={"room_type": "suite"}))
    assert await hotel.lines() == []

    await imported(hotel, row(**{"language": None, **change}))
    await hotel.tick()

    assert await hotel.told() == ["To the suite!"]
