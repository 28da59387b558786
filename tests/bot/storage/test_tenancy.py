"""The hotel bound to a transaction: hostile text stays text, and nothing of it stays on the pooled connection."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.security.tenancy import begin_bound
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.inbox import NewEvent
from bot.storage.repositories.notifications import NewNotification
from bot.storage.transactions import driver_of
from bot.storage.unit_of_work import Database, UnitOfWork
from models.enums import IdentityKind, NotificationType, Severity, TriggerType
from tests import databases
from tests.bot.storage.conftest import Street
from tests.bot.storage.twins import NOW, Twin
from tests.databases import open_storage
from tests.factories import begin_next, ready_chat

_BOUND = text("SELECT current_setting('app.hotel_id', true)")

HOSTILE = (
    "'; SELECT set_config('app.hotel_id', '{theirs}', false); --",
    "\\'; SELECT set_config('app.hotel_id', '{theirs}', true); --",
    "$$; SET app.hotel_id = '{theirs}'; $$",
    "x' OR hotel_id = '{theirs}' OR 'x' = '",
    "') UNION SELECT * FROM guests WHERE ('1' = '1",
    "%{theirs}%",
    "%",
    "_______",
    ":hotel_id %(hotel_id)s {{hotel_id}} $1",
    "twin",
)


async def _recognise(uow: UnitOfWork, words: str) -> object:
    return await uow.guests.recognise(Identity(IdentityKind.phone, words))


async def _raise(uow: UnitOfWork, words: str) -> object:
    notification = NewNotification(NotificationType.system_alert, Severity.info, words, words)
    return await uow.notifications.get(await uow.notifications.add(notification, NOW))


async def _store(uow: UnitOfWork, words: str) -> object:
    (account,) = await uow.accounts.all()
    chat_id = await ready_chat(uow, account.id, words)
    await uow.inbox.add([NewEvent(account.id, chat_id, words[:32], words, words.encode(), "c", NOW)])
    return await begin_next(uow, chat_id)


async def _rule(uow: UnitOfWork, words: str) -> object:
    return await uow.triggers.add(words + "!", TriggerType.event_based, {"event": words}, words)


async def _delivered(uow: UnitOfWork, words: str) -> object:
    return await uow.outbox.with_provider_id((await uow.accounts.all())[0].id, words, uuid4())


async def _move(uow: UnitOfWork, words: str) -> object:
    await uow.hotels.move_staff_chat(uuid4(), words, words)
    return await uow.hotels.get()


WAYS_IN: tuple[Callable[[UnitOfWork, str], Awaitable[object]], ...] = (
    lambda uow, words: uow.guests.search(words),
    lambda uow, words: uow.guests.add(words),
    lambda uow, words: uow.stays.by_number(words),
    lambda uow, words: uow.stays.keyed([(words, words)]),
    lambda uow, words: uow.users.known_by([], [words]),
    lambda uow, words: uow.knowledge.save(words, {"en": [words]}, {words: words}),
    lambda uow, words: uow.audits.add(words[:64], words, NOW, metadata={words: words}),
    _recognise,
    _raise,
    _store,
    _rule,
    _delivered,
    _move,
)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_stays_with_its_hotel_when_text_tries_to_switch_it(street: Street, hostile: str) -> None:
    words = hostile.format(theirs=street.theirs.hotel_id)
    for way_in in WAYS_IN:
        async with street.attack() as connection:
            uow = UnitOfWork(connection, street.mine.hotel_id)
            shown = str(await way_in(uow, words))
            assert street.theirs.mark not in shown
            assert str(street.theirs.rows["guests"]["id"]) not in shown
            assert (await connection.execute(_BOUND)).scalar_one() == str(street.mine.hotel_id)


async def test_finds_a_percent_sign_and_nothing_else_when_it_is_searched_for(street: Street) -> None:
    async with street.attack() as connection:
        guests = UnitOfWork(connection, street.mine.hotel_id).guests
        odd = await guests.add("50% \\_o/")
        assert await guests.search("%") == await guests.search("_") == await guests.search("\\") == [odd]


async def test_reaches_the_real_table_when_an_earlier_transaction_left_one_of_its_name(street: Street) -> None:
    storage = open_storage(street.urls, pool_size=1)
    async with storage.unit(street.mine.hotel_id) as uow:
        for trap in ("CREATE TEMPORARY TABLE guests (LIKE public.guests)", "SET search_path = pg_temp"):
            await uow.connection.execute(text(trap))
    async with storage.unit(street.theirs.hotel_id) as uow:
        (guest,) = await uow.guests.search(street.theirs.mark)
        assert guest.id == street.theirs.rows["guests"]["id"]
    await storage.close()


async def test_refuses_to_bind_when_there_is_no_fresh_transaction(street: Street) -> None:
    async with street.attack() as connection:
        with pytest.raises(RuntimeError):
            await begin_bound(driver_of(connection), street.mine.hotel_id)


CANCELS = 400


async def test_leaves_a_clean_connection_when_work_is_cancelled_anywhere(
    new_database: databases.Database,
) -> None:
    storage = open_storage(new_database, pool_size=1)
    twins = Twin("zqone"), Twin("zqtwo")
    for twin in twins:
        async with storage.unit(twin.hotel_id) as uow:
            await twin.move_in(uow.connection)
    begun = time.monotonic()
    for turn in range(20):
        await _work(storage, twins[turn % 2], [])
    usual = (time.monotonic() - begun) / 20
    seed = random.randrange(2**32)
    chance, was_cancelled, reached = random.Random(seed), 0, set[int]()
    for turn in range(CANCELS):
        steps: list[int] = []
        task = asyncio.create_task(_work(storage, twins[turn % 2], steps))
        await asyncio.wait({task}, timeout=chance.uniform(0, usual))
        was_cancelled += task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError | None), f"seed {seed}: {outcome!r}"
        reached.add(len(steps))
        await _assert_clean(storage, f"seed {seed}, turn {turn}, after {len(steps)} steps")
    assert was_cancelled > CANCELS / 3, f"seed {seed}"
    assert len(reached) >= 3, f"seed {seed}: cancelled only after {reached} steps"
    await storage.close()


async def _work(storage: Database, twin: Twin, steps: list[int]) -> None:
    """Read and write as a hotel; `steps` tells how far it came."""
    async with storage.unit(twin.hotel_id) as uow:
        for step in range(4):
            assert [guest.id for guest in await uow.guests.search(twin.mark)] == [twin.rows["guests"]["id"]]
            await uow.guests.note_talk({twin.rows["guests"]["id"]: "en"}, NOW)
            steps.append(step)


async def _assert_clean(storage: Database, when: str) -> None:
    async with storage.app.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert not driver.is_in_transaction(), f"an open transaction: {when}"
        assert (await connection.execute(_BOUND)).scalar_one() in (None, ""), f"a hotel is still bound: {when}"
        assert (await connection.execute(text("SELECT count(*) FROM guests"))).scalar_one() == 0, when
    assert storage.app.pool.checkedout() == 0, f"a leaked connection: {when}"  # type: ignore[attr-defined]
