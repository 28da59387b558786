"""The runtime's other questions: who is there, what is due, and is next month's partition made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from bot.storage.claims import DueFirings
from bot.storage.repositories.firings import DecidedFiring, NewFiring
from bot.storage.unit_of_work import Database
from models import Base
from models.enums import AccountStatus, FiringStatus, TriggerType
from tests import databases
from tests.bot.storage.houses import LATER, House
from tests.bot.storage.twins import NOW, Twin
from tests.databases import open_storage


@pytest.fixture
async def house(storage: Database) -> House:
    return await House(storage).build()


async def test_knows_hotels_and_accounts_when_they_are_added(house: House) -> None:
    claims = house.database.claims
    assert await claims.hotels() == {house.hotel_id.hex: house.hotel_id}
    (head,) = await claims.accounts()
    assert (head.hotel_id, head.account_id, head.platform, head.status) == (
        house.hotel_id,
        house.account_id,
        "telegram",
        "new",
    )
    assert await claims.account_by_webhook(house.hotel_id.bytes) == head
    assert await claims.account_by_webhook(b"unknown") is None
    assert await claims.integrations() == [(house.hotel_id, house.integration_id, "old")]


async def test_forgets_an_account_when_it_is_switched_off(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.accounts.disable(house.account_id)
        assert not await uow.accounts.set_status(house.account_id, AccountStatus.active)
    assert await house.database.claims.accounts() == []
    assert await house.database.claims.account_by_webhook(house.hotel_id.bytes) is None


async def test_names_a_hotel_and_the_next_moment_when_firings_are_due(house: House) -> None:
    claims = house.database.claims
    async with house.database.unit(house.hotel_id) as uow:
        guest = await uow.guests.add("Anna")
        trigger = await uow.triggers.add("t", TriggerType.event_based, {}, "hello")
        firing = NewFiring(trigger.id, guest.id, "once", guest.id, None, NOW, LATER, "c", {})
        assert len(await uow.firings.plan([firing], NOW)) == 1
    before, moment = NOW - timedelta(seconds=1), timedelta(milliseconds=1)
    assert await claims.due_firings(before - moment, before) == DueFirings({}, None)
    assert await claims.due_firings(before, NOW) == DueFirings({}, NOW)
    assert await claims.due_firings(NOW, NOW + moment) == DueFirings({house.hotel_id: 1}, None)
    async with house.database.unit(house.hotel_id) as uow:
        (due,) = await uow.firings.claim_due(NOW, 10)
        async with house.database.unit(house.hotel_id) as other:
            assert await other.firings.claim_due(NOW, 10) == [], "it is locked"
        await uow.firings.decide_all([DecidedFiring(due.id, FiringStatus.fired, "fired", {}, None)], NOW)
    assert await claims.due_firings(NOW, NOW) == DueFirings({}, None)


async def test_tells_the_databases_time_when_asked(house: House) -> None:
    assert abs(await house.database.claims.database_time() - datetime.now(UTC)) < timedelta(seconds=30)


async def test_makes_each_month_once_when_partitions_are_asked_for(new_database: databases.Database) -> None:
    storage = open_storage(new_database)
    claims = storage.claims
    assert await claims.ensure_partitions(date(2026, 11, 20), date(2027, 1, 1)) == 3
    assert await claims.ensure_partitions(date(2026, 11, 30), date(2027, 2, 28)) == 1
    assert await claims.ensure_partitions(date(2027, 2, 1), date(2026, 1, 1)) == 0
    with pytest.raises(PostgresError, match="at most 1000 days"):
        await claims.ensure_partitions(date(2026, 1, 1), date(2036, 1, 1))
    await storage.close()


async def test_keeps_messages_and_makes_the_other_months_when_a_month_began_without_its_partition(
    new_database: databases.Database,
) -> None:
    storage, twin, messages = open_storage(new_database), Twin("zqone"), Base.metadata.tables["messages"]
    async with storage.unit(twin.hotel_id) as uow:
        await twin.move_in(uow.connection)
    assert await storage.claims.ensure_partitions(date(2026, 11, 1), date(2026, 12, 1)) == 1
    async with storage.unit(twin.hotel_id) as uow:
        month = (await uow.connection.execute(text("SELECT tableoid::regclass::text, content FROM messages"))).one()
        assert month == ("messages_default", twin.rows["messages"]["content"])
        december = {**twin.new_row(messages), "id": uuid4(), "created_at": datetime(2026, 12, 1, tzinfo=UTC)}
        await uow.connection.execute(messages.insert().values(december))
        places = await uow.connection.execute(text("SELECT tableoid::regclass::text FROM messages"))
        assert set(places.scalars()) == {"messages_default", "messages_2026_12"}
    await storage.close()
