"""The lanes of arriving events: claimed by one worker at a time, in order, and never forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.errors import LeaseLost
from bot.lanes import replay
from bot.storage.claims import ChatLease
from bot.storage.repositories.outbox import NewOutboxMessage
from bot.storage.unit_of_work import Database
from models.enums import InboxState, OutboxPurpose
from tests.bot.storage.houses import House, waits_for_lock
from tests.bot.storage.twins import NOW
from tests.factories import begin_next, ready_chat

EXPIRED = timedelta(seconds=-1)


@pytest.fixture
async def house(storage: Database) -> House:
    return await House(storage).build()


async def handle_all(house: House, lease: ChatLease) -> list[str]:
    """Work a lane off and give it back; return what was in it."""
    texts = []
    async with house.database.unit(house.hotel_id) as uow:
        await uow.chats.hold(lease)
        while event := await begin_next(uow, lease.chat_id):
            texts.append(event.payload.decode())
            await uow.inbox.finish_all([event.id], NOW)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.chats.hold(lease)
        await uow.chats.release_all([lease])
    return texts


async def test_hands_out_events_in_the_order_of_arrival_when_a_chat_is_claimed(house: House) -> None:
    await house.receive("one", "two")
    await house.receive("three")
    (lease,) = await house.database.claims.claim_chats(10)
    assert (lease.hotel_id, lease.chat_id) == (house.hotel_id, house.chats[0])
    assert await handle_all(house, lease) == ["one", "two", "three"]
    assert await house.database.claims.claim_chats(10) == []


async def test_stores_an_event_once_when_it_comes_again(house: House) -> None:
    assert await house.receive("one", "two") == 2
    assert await house.receive("two", "three", "three") == 1


async def test_gives_a_chat_to_one_worker_when_many_ask(house: House) -> None:
    addresses = [f"chat {number}" for number in range(9)]
    for address in addresses:
        await house.receive(f"hello from {address}", address=address)
    answers = await asyncio.gather(*(house.database.claims.claim_chats(3) for _ in range(8)))
    leases = [lease for answer in answers for lease in answer]
    assert len(leases) == len({lease.chat_id for lease in leases}) == len({lease.token for lease in leases}) == 9


async def test_gives_the_longest_waiting_first_when_there_are_more_than_asked_for(house: House) -> None:
    for address in ("first", "second", "third"):
        await house.receive(address, address=address)
    leases = await house.database.claims.claim_chats(2)
    assert [await handle_all(house, lease) for lease in leases] == [["first"], ["second"]]


async def test_refuses_the_old_worker_when_its_lease_ran_out_and_another_claimed(house: House) -> None:
    await house.receive("one")
    (stale,) = await house.database.claims.claim_chats(1, lease=EXPIRED)
    (fresh,) = await house.database.claims.claim_chats(1)
    assert stale.chat_id == fresh.chat_id
    with pytest.raises(LeaseLost):
        await handle_all(house, stale)
    await house.database.claims.renew([stale.token], [], lease=EXPIRED)
    assert await house.database.claims.claim_chats(1) == [], "a stale token ends nobody's lease"
    async with house.database.unit(house.hotel_id) as uow:
        await uow.chats.release_all([stale])
    assert await handle_all(house, fresh) == ["one"]


async def test_refuses_the_older_lease_when_both_are_shown_together(house: House) -> None:
    await house.receive("one")
    (stale,) = await house.database.claims.claim_chats(1, lease=EXPIRED)
    (fresh,) = await house.database.claims.claim_chats(1)
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.chats.hold_all([stale, fresh]) == {fresh}


async def test_keeps_a_lease_when_it_is_renewed(house: House) -> None:
    await house.receive("one")
    (lease,) = await house.database.claims.claim_chats(1, lease=EXPIRED)
    await house.database.claims.renew([lease.token], [])
    assert await house.database.claims.claim_chats(1) == []
    await house.database.claims.renew([], [])
    assert await handle_all(house, lease) == ["one"]


async def test_keeps_the_other_leases_when_one_chat_is_locked_for_long(house: House) -> None:
    await house.receive("one")
    await house.receive("two", address="another")
    locked, free = await house.database.claims.claim_chats(2)
    await house.database.claims.renew([locked.token, free.token], [], lease=EXPIRED)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.chats.hold(locked)
        await house.database.claims.renew([locked.token, free.token], [])
    assert [lease.chat_id for lease in await house.database.claims.claim_chats(2)] == [locked.chat_id]


async def test_wakes_the_chat_when_an_event_arrives_before_the_release(house: House) -> None:
    await house.receive("one")
    (lease,) = await house.database.claims.claim_chats(1)
    async with house.database.unit(house.hotel_id) as arriving:
        chat_id = await ready_chat(arriving, house.account_id, "chat 0")
        await arriving.inbox.add([house.event(chat_id, "two")])
        # The worker does not see the event yet, and has to wait for whoever is storing it.
        working = asyncio.create_task(_finish_one(house, lease))
        await waits_for_lock(house.database, working)
    assert await working == "one"
    (again,) = await house.database.claims.claim_chats(1)
    assert await handle_all(house, again) == ["two"]


async def test_queues_are_read_by_plans_of_the_moment_when_a_step_has_inserted_something(house: House) -> None:
    mode = text("SHOW plan_cache_mode")
    await house.receive("one")
    (lease,) = await house.database.claims.claim_chats(1)
    async with house.database.unit(house.hotel_id) as uow:
        event = await begin_next(uow, lease.chat_id)
        assert event is not None
        answer = NewOutboxMessage(
            house.account_id, lease.chat_id, OutboxPurpose.reply, {"text": "Hello"}, "c", NOW, NOW, NOW
        )
        await uow.outbox.add_all([answer])
        assert (await uow.connection.execute(mode)).scalar_one() == "auto", "references are checked by kept plans"
        await uow.inbox.finish_all([event.id], NOW)
        assert (await uow.connection.execute(mode)).scalar_one() == "force_custom_plan"


async def test_wakes_the_chat_when_an_event_arrives_during_the_release(house: House) -> None:
    await house.receive("one")
    (lease,) = await house.database.claims.claim_chats(1)
    async with house.database.unit(house.hotel_id) as working:
        await working.chats.hold(lease)
        event = await begin_next(working, lease.chat_id)
        assert event is not None
        await working.inbox.finish_all([event.id], NOW)
        await working.chats.release_all([lease])
        arriving = asyncio.create_task(house.receive("two"))
        await waits_for_lock(house.database, arriving)
    assert await arriving == 1
    (again,) = await house.database.claims.claim_chats(1)
    assert await handle_all(house, again) == ["two"]


async def _finish_one(house: House, lease: ChatLease) -> str:
    """Handle one event and give the lane back, as a worker that believes the lane to be empty."""
    async with house.database.unit(house.hotel_id) as uow:
        await uow.chats.hold(lease)
        event = await begin_next(uow, lease.chat_id)
        assert event is not None
        await uow.inbox.finish_all([event.id], NOW)
        await uow.chats.release_all([lease])
    return event.payload.decode()


async def test_counts_the_attempt_before_the_event_is_handled(house: House) -> None:
    await house.receive("poison", "behind it")
    async with house.database.unit(house.hotel_id) as uow:
        chat_id = house.chats[0]
        first = await begin_next(uow, chat_id)
        assert first is not None
        await uow.inbox.note_error(first.id, "a wrong word")
        again = await begin_next(uow, chat_id)
        assert again is not None
        assert (again.id, again.attempts, again.last_error) == (first.id, 2, "a wrong word")
        await uow.inbox.forgive(first.id)
        third = await begin_next(uow, chat_id)
        assert third is not None
        assert third.attempts == 2


async def test_goes_on_behind_a_quarantined_event_and_takes_it_back_when_replayed(house: House) -> None:
    await house.receive("poison", "behind it")
    (lease,) = await house.database.claims.claim_chats(1)
    async with house.database.unit(house.hotel_id) as uow:
        poison = await begin_next(uow, lease.chat_id)
        assert poison is not None
        await uow.inbox.quarantine(poison.id, NOW, "unreadable")
    assert await handle_all(house, lease) == ["behind it"]
    async with house.database.unit(house.hotel_id) as uow:
        (kept,) = await uow.inbox.quarantined()
        assert (kept.payload, kept.last_error, kept.state) == (b"poison", "unreadable", InboxState.quarantined)
        replayed = await replay(uow, kept.id)
        assert replayed is not None
        assert replayed.attempts == 0
        assert await replay(uow, kept.id) is None, "it is queued already"
    (again,) = await house.database.claims.claim_chats(1)
    assert await handle_all(house, again) == ["poison"]


async def test_waits_for_its_chat_when_an_event_comes_again_while_it_is_replayed(house: House) -> None:
    await house.receive("poison")
    (lease,) = await house.database.claims.claim_chats(1)
    async with house.database.unit(house.hotel_id) as uow:
        poison = await begin_next(uow, lease.chat_id)
        assert poison is not None
        await uow.inbox.quarantine(poison.id, NOW, "unreadable")

    async def again() -> None:
        async with house.database.unit(house.hotel_id) as uow:
            assert await replay(uow, poison.id)

    async with house.database.unit(house.hotel_id) as uow:
        chat_id = await ready_chat(uow, house.account_id, "chat 0")
        replaying = asyncio.create_task(again())
        await waits_for_lock(house.database, replaying)
        assert not await uow.inbox.add([house.event(chat_id, "poison")]), "it is stored already"
    await replaying


async def test_keeps_the_time_since_which_a_chat_waits_when_more_arrives(house: House) -> None:
    await house.receive("one")
    before = (await house.database.claims.queue_ages(NOW)).inbox
    await house.receive("two")
    after = (await house.database.claims.queue_ages(NOW)).inbox
    assert before is not None
    assert after is not None
    assert after > before
    await house.database.claims.claim_chats(1)
    assert (await house.database.claims.queue_ages(NOW)).inbox is None, "claimed work does not wait"


async def test_returns_the_same_chat_when_it_is_asked_for_again(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.chats.at(house.account_id, "chat 0") == house.chats[0]
        await uow.chats.mark_reachable(house.chats[0], False)
        chat = await uow.chats.get(house.chats[0])
    assert (chat.address, chat.is_reachable) == ("chat 0", False)
    assert await house.database.claims.claim_chats(1) == [], "nothing waits in it"


async def test_does_not_deadlock_when_batches_share_chats_in_opposite_order(house: House) -> None:
    addresses = [f"chat {number}" for number in range(20)]

    async def store(order: list[str]) -> None:
        async with house.database.unit(house.hotel_id) as uow:
            await uow.chats.make_ready([(house.account_id, address) for address in order])

    for _ in range(5):
        await asyncio.gather(store(addresses), store(addresses[::-1]), store(addresses), store(addresses[::-1]))


async def test_raises_lease_lost_when_nobody_claimed_the_chat(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        with pytest.raises(LeaseLost):
            await uow.chats.hold(ChatLease(house.hotel_id, house.chats[0], uuid4()))


async def test_begins_an_event_whose_worker_died_only_when_nothing_else_of_its_kind_runs(house: House) -> None:
    await house.receive("suspect", "behind it")
    async with house.database.unit(house.hotel_id) as uow:
        chat_id = house.chats[0]
        assert (await uow.inbox.begin_next([chat_id]))[chat_id].is_begun
        suspect = (await uow.inbox.begin_next([chat_id]))[chat_id]
        assert (suspect.is_begun, suspect.event.attempts) == (False, 1), "it may have killed its worker"
        again = (await uow.inbox.begin_next([chat_id], is_alone=True))[chat_id]
        assert (again.is_begun, again.event.attempts) == (True, 2)
        await uow.inbox.note_error(again.event.id, "LookupError")
        assert (await uow.inbox.begin_next([chat_id]))[chat_id].is_begun, "an error is known, and kills nobody"


async def test_does_not_deadlock_when_chats_are_stored_in_while_others_are_handled(house: House) -> None:
    addresses = ["chat 1", "chat 2", "chat 3"]
    for address in reversed(addresses):  # so that the ids grow the other way than the addresses
        await house.receive(address, address=address)
    leases = {lease.chat_id: lease for lease in await house.database.claims.claim_chats(3)}

    async def store() -> None:
        async with house.database.unit(house.hotel_id) as uow:
            await uow.chats.make_ready([(house.account_id, address) for address in addresses])

    async def handle() -> None:
        async with house.database.unit(house.hotel_id) as uow:
            await uow.chats.hold_all(list(leases.values()))

    async with house.database.unit(house.hotel_id) as uow:
        await uow.chats.hold(leases[await uow.chats.at(house.account_id, addresses[1])])
        storing, handling = asyncio.create_task(store()), asyncio.create_task(handle())
        await waits_for_lock(house.database, storing, handling)
    await asyncio.gather(storing, handling)
