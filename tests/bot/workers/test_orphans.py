"""What a dead worker held is free at once; what a living one holds is nobody's, whatever became of its lock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.errors import LeaseLost
from bot.storage.claims import GRACE, ChatLease, OutboxLease
from bot.storage.unit_of_work import Database
from bot.storage.worker_key import LIVING
from bot.workers.elections import Elections
from tests.bot.storage.houses import House
from tests.bot.storage.twins import NOW
from tests.bot.workers.conftest import end_sessions_with_locks, eventually
from tests.databases import Database as Place
from tests.databases import open_storage

# So long that no lease of a test ends by itself; and one that its worker should have renewed.
LONG = timedelta(hours=1)
UNRENEWED = LONG - GRACE


@dataclass(frozen=True, slots=True)
class Worker:
    """What makes a process known to the others: its logins, and its own lock."""

    storage: Database
    elections: Elections

    async def claim(self, lease: timedelta = LONG) -> tuple[list[ChatLease], list[OutboxLease]]:
        claims = self.storage.claims
        return await claims.claim_chats(9, lease=lease), await claims.claim_outbox(NOW, 9, lease=lease)

    async def release_orphans(self, settled: timedelta = timedelta()) -> int:
        return await self.storage.claims.release_orphans(LONG, settled)

    async def die(self) -> None:
        """End the session that has the lock, as the server does when the process's sockets are closed."""
        await self.elections.aclose()
        await self.has_locks(0)

    async def has_locks(self, number: int) -> None:
        """Wait until so many sessions have the lock: the server ends one a moment after its client went."""
        await eventually(lambda: self._has_locks(number))

    async def _has_locks(self, number: int) -> bool:
        async with self.storage.runtime.connect() as connection:
            living = (await connection.execute(text(LIVING))).all()
        return [row.worker for row in living].count(self.storage.claims.worker.digits) == number


@asynccontextmanager
async def _working(place: Place) -> AsyncIterator[Worker]:
    storage = open_storage(place)
    elections = Elections(storage.runtime, storage.claims.worker)
    await elections.appear()
    yield Worker(storage, elections)
    await elections.aclose()
    await storage.close()


@pytest.fixture
async def here(clean_database: Place) -> AsyncIterator[Worker]:
    async with _working(clean_database) as worker:
        yield worker


@pytest.fixture
async def there(clean_database: Place) -> AsyncIterator[Worker]:
    async with _working(clean_database) as worker:
        yield worker


@pytest.fixture
async def house(storage: Database) -> House:
    """A hotel where something waits in a chat, and something must leave."""
    house = await House(storage).build()
    await house.receive("one")
    await house.post("two")
    return house


async def test_gives_what_a_dead_worker_held_to_the_next_when_it_asks(
    house: House, here: Worker, there: Worker
) -> None:
    (stale,), (letter,) = await there.claim(UNRENEWED)
    await there.die()
    assert await here.claim() == ([], []), "the leases last for an hour"
    assert await here.release_orphans() == 2
    (lane,), (again,) = await here.claim()
    assert (lane.chat_id, again.outbox_id) == (stale.chat_id, letter.outbox_id)
    async with house.database.unit(house.hotel_id) as uow:
        with pytest.raises(LeaseLost):
            await uow.chats.hold(stale)
        assert await uow.outbox.leased([letter]) == {}
    assert await here.release_orphans() == 0, "they have somebody now"


async def test_suspects_what_was_in_hand_when_its_worker_died(house: House, here: Worker, there: Worker) -> None:
    (stale,), _ = await there.claim(UNRENEWED)
    async with house.database.unit(house.hotel_id) as uow:
        assert (await uow.inbox.begin_next([stale.chat_id]))[stale.chat_id].is_begun
    await there.die()
    await here.release_orphans()
    (lane,), _ = await here.claim()
    async with house.database.unit(house.hotel_id) as uow:
        suspect = (await uow.inbox.begin_next([lane.chat_id]))[lane.chat_id]
    assert (suspect.is_begun, suspect.event.attempts) == (False, 1)


async def test_puts_in_doubt_what_was_being_sent_when_its_worker_died(
    house: House, here: Worker, there: Worker
) -> None:
    _, (letter,) = await there.claim(UNRENEWED)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.begin_sending([letter.outbox_id], NOW)
    await there.storage.claims.renew([], [letter.token], lease=UNRENEWED)
    await there.die()
    assert await here.storage.claims.hotels_with_stale_sends() == []
    await here.release_orphans()
    assert await here.storage.claims.hotels_with_stale_sends() == [house.hotel_id]
    async with house.database.unit(house.hotel_id) as uow:
        assert [record.id for record in await uow.outbox.doubt_stale()] == [letter.outbox_id]


async def test_takes_nothing_from_a_living_worker_when_it_is_late_to_renew(
    house: House, here: Worker, there: Worker
) -> None:
    held = await there.claim(UNRENEWED)
    assert all(held)
    assert await here.release_orphans() == 0
    assert await here.claim() == ([], [])


async def test_takes_nothing_from_a_living_worker_when_its_lock_was_lost(
    house: House, here: Worker, there: Worker
) -> None:
    (lane,), (letter,) = await there.claim(UNRENEWED)
    await there.die()
    await there.storage.claims.renew([lane.token], [letter.token], lease=LONG)
    assert await here.release_orphans() == 0, "it was renewed just now"


async def test_takes_nothing_when_a_lost_lock_is_back(
    house: House, here: Worker, there: Worker, clean_database: Place
) -> None:
    assert all(await there.claim(UNRENEWED))
    await end_sessions_with_locks(clean_database)
    for worker in (here, there):
        assert not await worker.elections.still_holds()
        await worker.elections.appear()
    assert await here.release_orphans() == 0


async def test_lock_is_there_at_once_when_the_server_has_not_seen_the_end_of_the_old_one(
    house: House, here: Worker, there: Worker
) -> None:
    assert all(await there.claim(UNRENEWED))
    again = Elections(there.storage.runtime, there.storage.claims.worker)
    await again.appear()
    await there.has_locks(2)
    await there.elections.aclose()
    await there.has_locks(1)
    assert await here.release_orphans() == 0
    await again.aclose()
    await there.has_locks(0)
    assert await here.release_orphans() == 2


async def test_judges_nobody_when_it_has_only_just_come_back_itself(
    house: House, here: Worker, there: Worker
) -> None:
    assert all(await there.claim(UNRENEWED))
    await there.die()
    assert await here.release_orphans(settled=LONG) == 0
    await here.die()
    assert await here.release_orphans() == 0, "without a lock it can't know whether the others lost theirs with it"


async def test_judges_nobody_when_a_lease_is_an_older_releases(house: House, here: Worker, there: Worker) -> None:
    """Machines change from release to release one after the other."""
    assert all(await there.claim(UNRENEWED))
    await there.die()
    async with here.storage.runtime.begin() as connection:
        await connection.execute(text("UPDATE chats SET claim_token = gen_random_uuid()"))
        await connection.execute(text("UPDATE outbox SET lease_token = gen_random_uuid()"))
    assert await here.release_orphans() == 0


async def test_is_taken_for_dead_when_its_number_is_locked_in_another_database_only(
    house: House, here: Worker, there: Worker, new_database: Place
) -> None:
    assert all(await there.claim(UNRENEWED))
    await there.die()
    elsewhere = open_storage(new_database)
    namesake = Elections(elsewhere.runtime, there.storage.claims.worker)
    await namesake.appear()
    assert await here.release_orphans() == 2
    await namesake.aclose()
    await elsewhere.close()
