"""What is old leaves, month by month and a little at a time; what is young, unfinished or another hotel's stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from bot.storage.failures import is_in_use, is_passing
from bot.storage.unit_of_work import Database as Storage
from tests.bot.storage.twins import Twin
from tests.databases import Database, connected, open_storage

_MONTHS = """
    SELECT to_date(inhrelid::regclass::text, '"messages_"YYYY_MM') FROM pg_inherits
    WHERE inhparent = 'messages'::regclass AND inhrelid <> 'messages_default'::regclass ORDER BY 1
"""
_COUNTED = text("""
    SELECT (SELECT count(*) FROM inbox_events), (SELECT count(*) FROM outbox), (SELECT count(*) FROM messages)
""")
_ONE_MORE_EVENT = """
    INSERT INTO inbox_events (hotel_id, account_id, chat_id, kind, event_id, payload, correlation_id, received_at)
    SELECT hotel_id, account_id, chat_id, kind, 'again', payload, correlation_id, received_at FROM inbox_events
"""
# Asked by the superuser: others don't see what another role waits for.
_SOMEBODY_WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
ALL, NONE = (1, 1, 1), (0, 0, 0)


@pytest.fixture
async def house(new_database: Database) -> AsyncIterator[Storage]:
    """This month and the three before it, by the server's clock, which decides what is old."""
    storage = open_storage(new_database)
    this = await this_month(storage)
    await storage.claims.ensure_partitions(before(this, 3), this)
    yield storage
    await storage.close()


@pytest.fixture
async def twins(house: Storage) -> list[Twin]:
    """Two hotels with an event, an outgoing message and a message each."""
    twins = [Twin("zqone"), Twin("zqtwo")]
    for twin in twins:
        async with house.unit(twin.hotel_id) as uow:
            await twin.move_in(uow.connection)
    return twins


def before(month: date, number: int) -> date:
    """Return the first day of the month that is so many before another."""
    year, index = divmod(month.year * 12 + month.month - 1 - number, 12)
    return date(year, index + 1, 1)


async def this_month(house: Storage) -> date:
    return (await house.claims.database_time()).date().replace(day=1)


async def write(database: Database, *, at: date, inbox: str = "done", outbox: str = "sent") -> None:
    """Make it so that all was written as one day began, and what became of it."""
    moment = datetime.combine(at, time(), UTC)
    async with connected(database.admin_url) as admin:
        await admin.execute("UPDATE inbox_events SET received_at = $1, state = $2", moment, inbox)
        await admin.execute("UPDATE outbox SET created_at = $1, state = $2, doubt_reported_at = NULL", moment, outbox)
        await admin.execute("UPDATE messages SET created_at = $1", moment)


async def rows_of(house: Storage, twin: Twin) -> tuple[int, ...]:
    """Return how many events, outgoing messages and messages a hotel has."""
    async with house.unit(twin.hotel_id) as uow:
        return tuple((await uow.connection.execute(_COUNTED)).one())


async def months_of(database: Database) -> list[date]:
    async with connected(database.admin_url) as admin:
        return [row[0] for row in await admin.fetch(_MONTHS)]


async def test_drops_the_oldest_month_each_time_until_only_those_are_left_that_are_kept(
    house: Storage, new_database: Database, twins: list[Twin]
) -> None:
    this = await this_month(house)
    await write(new_database, at=before(this, 2))
    assert await house.claims.drop_oldest_month(1) == before(this, 3)
    assert [await rows_of(house, twin) for twin in twins] == [ALL, ALL]
    assert await house.claims.drop_oldest_month(1) == before(this, 2)
    assert [await rows_of(house, twin) for twin in twins] == [(1, 1, 0), (1, 1, 0)]
    assert await house.claims.drop_oldest_month(1) is None
    assert await months_of(new_database) == [before(this, 1), this]


@pytest.mark.parametrize("kept_months", [0, -1])
async def test_refuses_to_keep_less_than_the_month_before_this_one(
    house: Storage, new_database: Database, twins: list[Twin], kept_months: int
) -> None:
    with pytest.raises(PostgresError, match="always kept"):
        await house.claims.drop_oldest_month(kept_months)
    with pytest.raises(PostgresError, match="always kept"):
        await house.claims.forget_old(twins[0].hotel_id, kept_months, 10)
    assert len(await months_of(new_database)) == 4
    assert await rows_of(house, twins[0]) == ALL


async def test_gives_way_when_messages_are_in_use_and_drops_the_month_the_next_time(
    house: Storage, twins: list[Twin]
) -> None:
    reading = text("SELECT count(*) FROM messages")
    async with house.unit(twins[0].hotel_id) as uow:
        await uow.connection.execute(reading)
        with pytest.raises(PostgresError) as refused:
            await house.claims.drop_oldest_month(1)
        assert is_passing(refused.value), "the scheduler tries it again, without an alarm"
        async with house.unit(twins[1].hotel_id) as other:
            await other.connection.execute(reading)
    assert await house.claims.drop_oldest_month(1) == before(await this_month(house), 3)


async def test_a_month_that_is_made_gives_way_to_a_step_that_has_written_what_messages_refer_to(
    house: Storage, new_database: Database, twins: list[Twin]
) -> None:
    """Each holds what the other wants next; nobody waits until the server finds the deadlock."""
    async with connected(new_database.admin_url) as admin, house.unit(twins[0].hotel_id) as uow:
        await uow.connection.execute(text("UPDATE guests SET name = name"))
        making = asyncio.create_task(house.claims.ensure_partitions(date(2031, 1, 1), date(2031, 1, 1)))
        async with asyncio.timeout(5):
            while not await admin.fetchval(_SOMEBODY_WAITS):
                assert not making.done()
        await uow.connection.execute(text("UPDATE messages SET content = content"))
        with pytest.raises(PostgresError) as refused:
            await making
        assert is_in_use(refused.value)
    assert await house.claims.ensure_partitions(date(2031, 1, 1), date(2031, 1, 1)) == 1


async def test_forgets_what_is_done_and_old_in_one_hotel_alone(
    house: Storage, new_database: Database, twins: list[Twin]
) -> None:
    # Older than all months that have a partition: messages that nobody made one for are forgotten, too.
    await write(new_database, at=date(2001, 2, 3))
    assert await house.claims.forget_old(twins[0].hotel_id, 1, 10) == 3
    assert [await rows_of(house, twin) for twin in twins] == [NONE, ALL]
    assert await house.claims.forget_old(twins[0].hotel_id, 1, 10) == 0


async def test_forgets_no_more_at_once_than_it_is_told(
    house: Storage, new_database: Database, twins: list[Twin]
) -> None:
    async with connected(new_database.admin_url) as admin:
        await admin.execute(_ONE_MORE_EVENT)
    await write(new_database, at=date(2001, 2, 3))
    assert await house.claims.forget_old(twins[0].hotel_id, 1, 1) == 3
    assert await rows_of(house, twins[0]) == (1, 0, 0)
    assert await house.claims.forget_old(twins[0].hotel_id, 1, 1) == 1


async def test_goes_on_behind_what_still_waits(house: Storage, new_database: Database, twins: list[Twin]) -> None:
    async with connected(new_database.admin_url) as admin:
        await admin.execute(_ONE_MORE_EVENT)
    await write(new_database, at=date(2001, 2, 3))
    async with connected(new_database.admin_url) as admin:
        await admin.execute("UPDATE inbox_events SET state = 'queued' WHERE event_id <> 'again'")
    await house.claims.forget_old(twins[0].hotel_id, 1, 1)
    assert await rows_of(house, twins[0]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("months_ago", "inbox", "outbox", "left"),
    [
        (1, "done", "sent", ALL),
        (2, "queued", "queued", ALL),
        (2, "queued", "sending", ALL),
        (2, "quarantined", "read", (1, 0, 1)),
        (2, "done", "in_doubt", (0, 1, 1)),
        (2, "done", "expired", (0, 0, 1)),
    ],
    ids=["young", "waits", "is being sent", "set aside", "in doubt", "expired"],
)
async def test_keeps_what_is_young_or_not_done(
    house: Storage,
    new_database: Database,
    twins: list[Twin],
    months_ago: int,
    inbox: str,
    outbox: str,
    left: tuple[int, int, int],
) -> None:
    """A message that has a month goes with it, later."""
    await write(new_database, at=before(await this_month(house), months_ago), inbox=inbox, outbox=outbox)
    await house.claims.forget_old(twins[0].hotel_id, 1, 10)
    assert await rows_of(house, twins[0]) == left
