"""What must leave: the oldest of a chat first, by one worker, and its state only ever moves forward."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import select, text

from bot.errors import LeaseLost
from bot.messages import OutgoingMessage
from bot.outbox import Letter, enqueue_all
from bot.storage.claims import IN_FLIGHT, OutboxLease
from bot.storage.repositories.outbox import SentMessage
from bot.storage.unit_of_work import Database
from models import Message, OutboxMessage
from models.enums import OutboxPurpose, OutboxState, Priority
from tests import databases
from tests.bot.storage.houses import LATER, House
from tests.bot.storage.twins import NOW
from tests.databases import open_storage

EXPIRED = timedelta(seconds=-1)


@pytest.fixture
async def house(storage: Database) -> House:
    return await House(storage).build(chats=3)


async def claim(house: House, limit: int = 10, lease: timedelta = timedelta(seconds=5)) -> list[OutboxLease]:
    return await house.database.claims.claim_outbox(NOW, limit, lease=lease)


async def begin(house: House, lease: OutboxLease) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.outbox.leased([lease])
        await uow.outbox.begin_sending([lease.outbox_id], NOW)


async def record(house: House, lease: OutboxLease, provider_id: str = "p1") -> None:
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.record_sent([SentMessage(lease.outbox_id, lease.token, provider_id, NOW)])


async def send_next(house: House) -> int:
    (lease,) = await claim(house)
    await begin(house, lease)
    await record(house, lease)
    return lease.outbox_id


async def in_doubt(house: House) -> int:
    """Leave a message to a worker that dies between the call and its record; return its id."""
    outbox_id = await house.post("doubtful")
    (lease,) = await claim(house)
    await begin(house, lease)
    await house.database.claims.renew([], [lease.token], lease=EXPIRED)
    async with house.database.unit(house.hotel_id) as uow:
        assert [message.id for message in await uow.outbox.doubt_stale()] == [outbox_id]
    return outbox_id


async def test_lets_only_the_oldest_of_a_chat_go_when_several_wait(house: House) -> None:
    ids = [await house.post(words, chat) for words, chat in (("a1", 0), ("a2", 0), ("b1", 1), ("a3", 0))]
    assert {lease.outbox_id for lease in await claim(house)} == {ids[0], ids[2]}
    assert await claim(house) == [], "their heads are on the way"


async def test_sends_a_chats_messages_in_order_when_each_is_done_before_the_next(house: House) -> None:
    ids = [await house.post(words) for words in ("one", "two", "three")]
    assert [await send_next(house) for _ in ids] == ids
    assert await claim(house) == []


@pytest.mark.parametrize("state", [OutboxState.failed, OutboxState.in_doubt])
async def test_lets_the_next_go_when_the_head_ended_otherwise(house: House, state: OutboxState) -> None:
    first, second = [await house.post(words) for words in ("one", "two")]
    (lease,) = await claim(house)
    await begin(house, lease)
    assert await claim(house) == [], "the head is being sent"
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.close(first, lease.token, OutboxState.sending, state, "because")
    assert [after.outbox_id for after in await claim(house)] == [second]
    assert ((await house.message(first)).state, (await house.message(first)).reason) == (state, "because")


async def test_keeps_those_behind_waiting_when_the_head_has_to_wait(house: House) -> None:
    await house.post("head")
    await house.post("behind it")
    (lease,) = await claim(house)
    await begin(house, lease)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.retry(lease.outbox_id, lease.token, LATER, "the provider is busy")
    assert await claim(house) == []
    (again,) = await house.database.claims.claim_outbox(LATER, 10)
    assert again.outbox_id == lease.outbox_id
    message = await house.message(lease.outbox_id)
    assert (message.attempts, message.reason, message.state) == (1, "the provider is busy", OutboxState.queued)


async def alert(house: House, words: str, priority: Priority, chat: int = 0) -> int:
    return await house.post(words, chat, purpose=OutboxPurpose.notification, priority=priority)


async def test_lets_an_urgent_one_pass_when_others_of_its_chat_wait_or_are_on_their_way(house: House) -> None:
    first = await alert(house, "a question", Priority.low)
    await alert(house, "another question", Priority.low)
    assert [lease.outbox_id for lease in await claim(house)] == [first]
    smoke = await alert(house, "smoke", Priority.urgent)
    await alert(house, "smoke again", Priority.urgent)
    (lease,) = await claim(house)
    assert (lease.outbox_id, lease.priority) == (smoke, Priority.urgent)
    assert await claim(house) == [], "one of each priority is on its way"


async def test_sends_what_is_urgent_first_and_each_priority_in_order_when_one_hand_is_free(house: House) -> None:
    order = [Priority.low, Priority.urgent, Priority.normal, Priority.urgent, Priority.low, Priority.normal]
    ids = [await alert(house, f"{priority.name} {number}", priority) for number, priority in enumerate(order)]
    sent = []
    for _ in ids:
        (lease,) = await claim(house, limit=1)
        await begin(house, lease)
        await record(house, lease)
        sent.append(lease.outbox_id)
    assert sent[:2] == [ids[1], ids[3]]
    assert [ids.index(one) for one in sent if one in (ids[0], ids[4])] == [0, 4]
    assert [ids.index(one) for one in sent if one in (ids[2], ids[5])] == [2, 5]


async def test_holds_up_its_own_priority_only_when_an_urgent_one_has_to_wait(house: House) -> None:
    smoke = await alert(house, "smoke", Priority.urgent)
    await alert(house, "smoke again", Priority.urgent)
    question = await alert(house, "a question", Priority.low)
    (lease, _) = sorted(await claim(house), key=lambda one: one.priority)
    assert lease.outbox_id == smoke
    await begin(house, lease)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.retry(smoke, lease.token, LATER, "the provider is busy")
    await house.database.claims.renew([], [one.token for one in await claim(house)], lease=EXPIRED)
    assert await claim(house) == [], "the second urgent one is behind the first"
    assert (await house.message(question)).state is OutboxState.queued


@pytest.mark.parametrize("priority", [Priority.urgent, Priority.low])
async def test_keeps_a_conversation_in_order_when_something_in_it_calls_itself_urgent(
    house: House, priority: Priority
) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        talk = (await uow.conversations.begin_all({house.chats[0]: None}, NOW))[house.chats[0]]
    with pytest.raises(asyncpg.CheckViolationError, match="conversation_in_order"):
        await house.post("an answer", conversation_id=talk.id, priority=priority)


async def test_lets_an_urgent_one_go_when_its_account_has_as_many_on_their_way_as_it_may(house: House) -> None:
    crowded = await House(house.database).build(chats=40)
    for chat in range(39):
        await crowded.post("welcome", chat)
    assert len(await claim(house, limit=32)) == IN_FLIGHT
    smoke = await alert(crowded, "smoke", Priority.urgent, chat=39)
    assert [lease.outbox_id for lease in await claim(house, limit=32)] == [smoke]


async def test_waits_for_its_turn_when_it_was_put_off(house: House) -> None:
    outbox_id = await house.post("one")
    (lease,) = await claim(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.put_off(outbox_id, lease.token, LATER)
    assert await claim(house) == []
    (again,) = await house.database.claims.claim_outbox(LATER, 10)
    assert (again.outbox_id, (await house.message(outbox_id)).attempts) == (outbox_id, 0)


async def test_leaves_messages_alone_when_they_are_not_due_or_their_account_rests(house: House) -> None:
    await house.post("later", not_before=LATER)
    due = await house.post("now", 1)
    assert await house.database.claims.claim_outbox(NOW, 10, paused=[house.account_id]) == []
    assert [lease.outbox_id for lease in await house.database.claims.claim_outbox(NOW, 10, paused=[uuid4()])] == [due]


async def test_is_busy_when_a_message_is_due_or_just_leaving_and_not_when_it_left(house: House) -> None:
    async def is_busy() -> bool:
        async with house.database.unit(house.hotel_id) as uow:
            return await uow.outbox.is_busy(NOW)

    await house.post("later", 1, not_before=LATER)
    assert not await is_busy()
    await house.post("now")
    assert await is_busy()
    (lease,) = await claim(house)
    await begin(house, lease)
    assert await is_busy()
    await record(house, lease)
    assert not await is_busy()


async def test_gives_a_message_to_one_worker_when_many_ask(house: House) -> None:
    for number in range(9):
        await house.post(str(number), number % 3)
    answers = await asyncio.gather(*(claim(house, 2) for _ in range(8)))
    leases = [lease for answer in answers for lease in answer]
    assert len(leases) == len({lease.chat_id for lease in leases}) == 3


async def test_refuses_every_step_of_the_old_worker_when_another_claimed(house: House) -> None:
    outbox_id = await house.post("one")
    (stale,) = await claim(house, lease=EXPIRED)
    (fresh,) = await claim(house)
    assert stale.outbox_id == fresh.outbox_id == outbox_id
    async with house.database.unit(house.hotel_id) as uow:
        outbox = uow.outbox
        for step in (
            outbox.give_back(outbox_id, stale.token),
            outbox.put_off(outbox_id, stale.token, LATER),
            outbox.retry(outbox_id, stale.token, LATER, "x"),
            outbox.close(outbox_id, stale.token, OutboxState.queued, OutboxState.failed, "x"),
        ):
            with pytest.raises(LeaseLost):
                await step
        assert await outbox.leased([stale]) == {}
        assert await outbox.record_sent([SentMessage(outbox_id, stale.token, "p0", NOW)]) == {}
    await house.database.claims.renew([], [stale.token], lease=EXPIRED)
    await begin(house, fresh)
    await record(house, fresh)
    assert (await house.message(outbox_id)).state is OutboxState.sent


async def test_can_be_claimed_at_once_when_it_was_given_back(house: House) -> None:
    await house.post("one")
    (lease,) = await claim(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.give_back(lease.outbox_id, lease.token)
    assert [again.outbox_id for again in await claim(house)] == [lease.outbox_id]
    assert (await house.message(lease.outbox_id)).attempts == 0


async def test_is_not_called_stale_when_its_lease_was_renewed(house: House) -> None:
    await house.post("one")
    (lease,) = await claim(house)
    await begin(house, lease)
    await house.database.claims.renew([], [lease.token], lease=EXPIRED)
    assert await house.database.claims.hotels_with_stale_sends() == [house.hotel_id]
    await house.database.claims.renew([], [lease.token])
    assert await house.database.claims.hotels_with_stale_sends() == []
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.outbox.doubt_stale() == []
    await record(house, lease)


async def test_is_not_in_doubt_when_its_lease_was_about_to_end_as_the_call_began(house: House) -> None:
    await house.post("one")
    (lease,) = await claim(house, lease=EXPIRED)
    await begin(house, lease)
    assert await house.database.claims.hotels_with_stale_sends() == []


async def test_is_in_doubt_and_not_sent_again_when_its_sender_died(house: House) -> None:
    outbox_id = await in_doubt(house)
    assert await claim(house) == []
    assert await house.database.claims.accounts_with_open_doubts() == {house.account_id: house.hotel_id}
    async with house.database.unit(house.hotel_id) as uow:
        assert [message.id for message in await uow.outbox.open_doubts(house.account_id)] == [outbox_id]


async def test_counts_as_sent_when_the_journal_has_it(house: House) -> None:
    outbox_id = await in_doubt(house)
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.outbox.resolve(outbox_id, OutboxState.sent, "p7", "the journal has it")
        assert not await uow.outbox.resolve(outbox_id, OutboxState.queued, None, "too late")
    message = await house.message(outbox_id)
    assert (message.state, message.provider_message_id, message.sent_at) == (OutboxState.sent, "p7", NOW)
    assert await house.database.claims.accounts_with_open_doubts() == {}


async def test_is_sent_again_when_the_journal_surely_lacks_it(house: House) -> None:
    outbox_id = await in_doubt(house)
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.outbox.resolve(outbox_id, OutboxState.queued, None, "the journal lacks it")
    assert await send_next(house) == outbox_id
    assert (await house.message(outbox_id)).attempts == 2


async def test_is_reported_once_when_a_doubt_can_not_be_resolved(house: House) -> None:
    outbox_id = await in_doubt(house)
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.outbox.report_doubt(outbox_id, NOW)
        assert not await uow.outbox.report_doubt(outbox_id, NOW)
        assert await uow.outbox.open_doubts(house.account_id) == []
    assert await house.database.claims.accounts_with_open_doubts() == {}
    async with house.database.unit(house.hotel_id) as uow:
        assert await uow.outbox.deliver(outbox_id, OutboxState.delivered, NOW), "the provider's word still settles it"


# From which state the provider's word moves a message, for every state of it; all others stay as they are.
FORWARD = {
    OutboxState.sent: {OutboxState.in_doubt},
    OutboxState.delivered: {OutboxState.sent, OutboxState.in_doubt},
    OutboxState.read: {OutboxState.sent, OutboxState.delivered, OutboxState.in_doubt},
    OutboxState.failed: {OutboxState.sent, OutboxState.in_doubt},
}


@pytest.mark.parametrize("before", OutboxState)
@pytest.mark.parametrize("word", FORWARD)
async def test_moves_forward_only_when_the_provider_speaks(
    house: House, before: OutboxState, word: OutboxState
) -> None:
    outbox_id = await house.post("one")
    (lease,) = await claim(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.close(outbox_id, lease.token, OutboxState.queued, before, "as it is")
        moved = await uow.outbox.deliver(outbox_id, word, NOW, "its word")
        after = await uow.outbox.get(outbox_id)
    assert after is not None
    assert moved is (before in FORWARD[word])
    assert after.state is (word if moved else before)


async def test_is_found_by_the_providers_id_when_its_account_asks(house: House) -> None:
    outbox_id = await house.post("one")
    await send_next(house)
    async with house.database.unit(house.hotel_id) as uow:
        found = await uow.outbox.with_provider_id(house.account_id, "p1", house.chats[0])
        assert found is not None
        assert found.id == outbox_id
        assert await uow.outbox.with_provider_id(uuid4(), "p1", house.chats[0]) is None
        assert await uow.outbox.with_provider_id(house.account_id, "p2", house.chats[0]) is None


async def test_is_that_of_the_chat_when_the_provider_has_an_id_in_several(house: House) -> None:
    for chat in (0, 1):
        await house.post("hello", chat)
        await send_next(house)
    async with house.database.unit(house.hotel_id) as uow:
        found = [await uow.outbox.with_provider_id(house.account_id, "p1", chat) for chat in house.chats]
    # Of the third chat nothing is known by this id: the provider may have named none, and means the latest.
    assert [one and one.chat_id for one in found] == [house.chats[0], house.chats[1], house.chats[1]]


async def test_follows_its_group_when_that_moved_and_nothing_was_begun(house: House) -> None:
    begun, waiting = await house.post("begun"), await house.post("waiting")
    (lease,) = await claim(house)
    await begin(house, lease)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.move(house.chats[0], house.chats[1])
    assert (await house.message(begun)).chat_id == house.chats[0]
    assert (await house.message(waiting)).chat_id == house.chats[1]


async def test_tells_how_long_the_oldest_due_message_waits(house: House) -> None:
    claims = house.database.claims
    assert (await claims.queue_ages(NOW)).outbox is None
    await house.post("one", not_before=NOW - timedelta(minutes=3))
    await house.post("not due", 1, not_before=LATER)
    assert (await claims.queue_ages(NOW)).outbox == timedelta(minutes=3)


async def test_lets_each_account_have_its_turn_when_one_has_a_backlog(storage: Database) -> None:
    busy, quiet = await House(storage).build(chats=40), await House(storage).build()
    for chat in range(40):
        await busy.post("welcome", chat)
    waiting = await quiet.post("answer")
    claimed = await claim(busy, limit=4)
    (answer,) = [lease for lease in claimed if lease.account_id == quiet.account_id]
    assert answer.outbox_id == waiting
    await begin(quiet, answer)
    await record(quiet, answer)
    later = await quiet.post("another answer")
    (next_one,) = await claim(busy, limit=1)
    assert next_one.outbox_id == later, "what is on its way counts as a turn"


async def test_keeps_an_accounts_backlog_from_taking_every_hand_when_nobody_else_waits(house: House) -> None:
    crowded = await House(house.database).build(chats=40)
    for chat in range(40):
        await crowded.post("welcome", chat)
    claimed = await claim(house, limit=32)
    assert len(claimed) == IN_FLIGHT
    await begin(crowded, claimed[0])
    assert await claim(house, limit=32) == [], "the others are still on their way"
    await record(crowded, claimed[0])
    assert len(await claim(house, limit=32)) == 1


async def test_looks_up_no_backlog_when_all_of_its_chats_have_a_message_on_its_way(
    new_database: databases.Database,
) -> None:
    storage = open_storage(new_database, pool_size=1)
    crowded = await House(storage).build(chats=3)
    for number in range(60):
        await crowded.post("answer", number % 3)
    assert len(await claim(crowded, limit=32)) == 3
    before = await _lookups(storage)
    assert await claim(crowded, limit=32) == []
    assert await _lookups(storage) - before <= 3
    await storage.close()


async def _lookups(storage: Database) -> int:
    """Return how often the oldest message of a chat was looked up, as the only connection of the runtime knows."""
    async with storage.runtime.connect() as connection:
        await connection.execute(text("SELECT pg_stat_force_next_flush()"))
        looked = text("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'ix_outbox_unfinished'")
        return int((await connection.execute(looked)).scalar_one())


async def test_answers_people_first_when_automatic_messages_wait_for_others(house: House) -> None:
    for chat in (0, 1):
        await house.post("welcome", chat, purpose=OutboxPurpose.trigger)
    answer = await house.post("answer", 2)
    assert [lease.outbox_id for lease in await claim(house, limit=1)] == [answer]


async def test_leaves_messages_alone_when_the_provider_asked_another_process_for_quiet(house: House) -> None:
    await house.post("one")
    async with house.database.unit(house.hotel_id) as uow:
        await uow.accounts.rest(house.account_id, timedelta(minutes=1))
        await uow.accounts.rest(house.account_id, timedelta(seconds=-1))
    assert await claim(house) == [], "a shorter rest shortens nothing"
    async with house.database.unit(house.hotel_id) as uow:
        account = await uow.accounts.get(house.account_id)
    assert account is not None
    assert account.is_resting


async def test_is_left_to_staff_when_they_were_told_before_the_journal_spoke(house: House) -> None:
    outbox_id = await in_doubt(house)
    async with house.database.unit(house.hotel_id) as uow:
        await uow.outbox.report_doubt(outbox_id, NOW)
        assert not await uow.outbox.resolve(outbox_id, OutboxState.queued, None, "the sender stood still")
        assert await uow.outbox.resolve(outbox_id, OutboxState.sent, "p7", "recorded late")


async def test_stands_in_each_conversation_when_several_guests_are_told_the_same(house: House) -> None:
    async with house.database.unit(house.hotel_id) as uow:
        talks = (await uow.conversations.begin_all(dict.fromkeys(house.chats), NOW)).values()
        letters = [
            Letter(
                account_id=house.account_id,
                chat_id=talk.chat_id,
                platform="telegram",
                purpose=OutboxPurpose.reply,
                useful_for=timedelta(hours=1),
                correlation_id="c",
                conversation_id=talk.id,
            )
            for talk in talks
        ]
        message = OutgoingMessage("The pool is closed.")
        await enqueue_all(uow, [(letter, message) for letter in letters], NOW)
        placed = select(OutboxMessage.conversation_id, Message.conversation_id).join_from(
            OutboxMessage, Message, OutboxMessage.message_id == Message.id
        )
        found = [tuple(row) for row in await uow.connection.execute(placed.order_by(OutboxMessage.id))]
    assert found == [(talk.id, talk.id) for talk in talks]
