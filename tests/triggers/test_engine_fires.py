"""Due firings: decided once, by the world as it is at that moment, and never at the others' cost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from bot.messages import Platform
from models import Conversation, GuestIdentity
from models.enums import (
    AccountStatus,
    BookingStatus,
    ConsentPurpose,
    ConsentState,
    ConversationStatus,
    NotificationType,
)
from tests.bot.storage.houses import waits_for_lock
from tests.triggers.hotels import AFTER_CHECKIN, NOON, HotelDesk

HOUR = timedelta(hours=1)
DUE = NOON + 2 * HOUR
BERLIN_8_O_CLOCK = datetime(2026, 11, 21, 7, tzinfo=UTC)


async def test_a_guest_who_never_wrote_is_reached_by_phone_when_a_firing_is_due(
    hotel: HotelDesk, twin: HotelDesk
) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Welcome, {{ guest.name }}, to {{ hotel.name }}!")
    await hotel.stay()
    await twin.stay()

    assert await hotel.tick(DUE - timedelta(seconds=1)) == 0
    assert await hotel.tick(DUE) == 1

    assert await hotel.told() == ["Welcome, Anna Petrova, to Hotel adler!"]
    assert await hotel.addresses() == ["491511234567@c.us"]
    assert await twin.told() == []


async def test_nothing_more_is_said_when_the_engine_ticks_again(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()
    await hotel.tick(DUE)

    await hotel.change(stay, check_in=NOON + 24 * HOUR)
    await hotel.tick(NOON + 26 * HOUR)

    assert await hotel.told() == ["Welcome!"]
    assert await hotel.states() == [("fired", "fired")]


async def test_a_firing_goes_once_when_two_engines_claim_at_once(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()
    hotel.clock.set(DUE)

    async with hotel.database.unit(hotel.id) as first, hotel.database.unit(hotel.id) as second:
        assert await hotel.engine.fire_due(first, 100) == 1
        assert await hotel.engine.fire_due(second, 100) == 0

    assert await hotel.told() == ["Welcome!"]


async def test_every_firing_goes_once_when_many_engines_tick_together(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    for number in range(20):
        await hotel.stay(await hotel.guest(f"Guest {number}", f"+4915112345{number:02}"), f"BK-{number}")
    hotel.clock.set(DUE)

    while sum(await asyncio.gather(*(hotel.tick(limit=3) for _ in range(3)))):
        pass

    assert await hotel.told() == ["Welcome!"] * 20


async def test_a_guest_who_is_just_writing_is_left_for_the_next_tick(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    await hotel.stay(guest)

    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.note_talk({guest: "en"}, DUE)
        assert await hotel.tick(DUE) == 0
        await uow.consents.add(guest, ConsentPurpose.service, ConsentState.withdrawn, "STOP", DUE)
    await hotel.tick()

    assert await hotel.told() == []
    assert await hotel.states() == [("skipped", "opted_out")]


async def test_the_verdict_keeps_what_every_condition_found(hotel: HotelDesk) -> None:
    await hotel.trigger({**AFTER_CHECKIN, "nights": {"gte": 3}, "room_type": ["suite", "double"]})
    await hotel.stay()

    await hotel.tick(DUE)

    (line,) = await hotel.lines()
    assert line.verdict == {
        "status": "fired",
        "reason": "fired",
        "conditions": [
            {"path": "nights.gte", "operator": "gte", "wanted": 3, "actual": 3, "held": True},
            {
                "path": "room_type",
                "operator": "in",
                "wanted": ["suite", "double"],
                "actual": "double",
                "held": True,
            },
        ],
    }


async def test_a_firing_is_skipped_when_its_conditions_changed_meanwhile(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({**AFTER_CHECKIN, "guest.language": "ru"})
    guest = await hotel.guest(language="ru")
    await hotel.stay(guest)
    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.update(guest, language="de")

    await hotel.tick(DUE)

    (line,) = await hotel.lines(trigger)
    assert (line.status, line.reason) == ("skipped", "conditions_not_met")
    assert line.verdict["conditions"][0]["actual"] == "de"


async def test_a_firing_is_cancelled_when_its_stay_was_called_off_behind_the_plans_back(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()
    async with hotel.database.unit(hotel.id) as uow:
        await uow.stays.update(stay.id, booking_status=BookingStatus.no_show)

    await hotel.tick(DUE)

    assert await hotel.states() == [("cancelled", "stay_over")]


async def test_the_wrong_guest_is_told_nothing_when_a_stay_changed_hands(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    stay = await hotel.stay()
    other = await hotel.guest("Boris", "+491511234568")
    async with hotel.database.unit(hotel.id) as uow:
        await uow.stays.update(stay.id, guest_id=other)

    await hotel.tick(DUE)
    assert await hotel.told() == []
    await hotel.change(stay, booking_status=BookingStatus.checked_in)
    await hotel.tick()

    assert await hotel.addresses() == ["491511234568@c.us"]


@pytest.mark.parametrize("is_deleted", [True, False])
async def test_a_firing_is_cancelled_when_its_trigger_went_behind_the_plans_back(
    hotel: HotelDesk, is_deleted: bool
) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()
    async with hotel.database.unit(hotel.id) as uow:
        if is_deleted:
            await uow.triggers.delete(trigger.id, NOON)
        else:
            await uow.triggers.update(trigger.id, is_active=False)

    await hotel.tick(DUE)

    assert await hotel.states() == [("cancelled", "trigger_inactive")]


async def test_a_firing_expires_when_the_engine_slept_too_long(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, useful_for=HOUR)
    await hotel.stay()

    await hotel.tick(DUE + HOUR + timedelta(seconds=1))

    assert await hotel.states() == [("expired", "no_longer_useful")]


async def test_a_message_leaves_no_later_than_it_is_useful(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, useful_for=HOUR)
    await hotel.stay()

    assert await hotel.tick(DUE + HOUR) == 1

    async with hotel.database.unit(hotel.id) as uow:
        (lines,) = [await hotel.lines()]
        row = (await uow.connection.exec_driver_sql("SELECT not_after FROM outbox")).one()
    assert row.not_after == lines[0].useful_until


async def test_a_firing_waits_for_the_morning_when_it_is_due_at_night(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay(check_in=NOON + 8 * HOUR)

    await hotel.tick(NOON + 10 * HOUR)
    assert await hotel.states() == [("postponed", "quiet_hours")]
    assert [line.due_at for line in await hotel.lines()] == [BERLIN_8_O_CLOCK]
    assert await hotel.tick(BERLIN_8_O_CLOCK - timedelta(seconds=1)) == 0
    await hotel.tick(BERLIN_8_O_CLOCK)

    assert await hotel.told() == ["Welcome!"]


async def test_a_firing_is_skipped_when_the_morning_is_too_late_for_it(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, useful_for=3 * HOUR)
    await hotel.stay(check_in=NOON + 8 * HOUR)

    await hotel.tick(NOON + 10 * HOUR)

    assert await hotel.states() == [("skipped", "quiet_hours")]


async def test_a_firing_is_skipped_when_it_would_end_with_the_night(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, useful_for=BERLIN_8_O_CLOCK - (NOON + 10 * HOUR))
    await hotel.stay(check_in=NOON + 8 * HOUR)

    await hotel.tick(NOON + 10 * HOUR)

    assert await hotel.states() == [("skipped", "quiet_hours")]


async def test_a_firing_waits_for_the_new_time_when_the_clocks_change_that_night(hotel: HotelDesk) -> None:
    hotel.clock.set(datetime(2027, 3, 27, 19, tzinfo=UTC))
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()

    await hotel.tick(datetime(2027, 3, 27, 21, tzinfo=UTC))

    # 8:00 in Berlin is an hour earlier in UTC than on the day before.
    assert [line.due_at for line in await hotel.lines()] == [datetime(2027, 3, 28, 6, tzinfo=UTC)]


async def test_service_messages_go_and_promotional_ones_do_not_when_the_guest_said_nothing(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "service")
    offer = await hotel.trigger(AFTER_CHECKIN, "offer", purpose=ConsentPurpose.promotional)
    guest = await hotel.guest()
    await hotel.stay(guest)

    await hotel.tick(DUE)

    assert await hotel.told() == ["service"]
    assert await hotel.states(offer) == [("skipped", "no_consent")]


async def test_promotional_messages_go_when_the_guest_agreed(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "offer", purpose=ConsentPurpose.promotional)
    guest = await hotel.guest()
    await hotel.stay(guest)
    async with hotel.database.unit(hotel.id) as uow:
        await uow.consents.add(guest, ConsentPurpose.promotional, ConsentState.withdrawn, "STOP", NOON)
        await uow.consents.add(guest, ConsentPurpose.promotional, ConsentState.granted, "START", NOON + HOUR)

    await hotel.tick(DUE)

    assert await hotel.told() == ["offer"]


async def test_a_guest_without_chat_and_phone_is_unreachable(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay(await hotel.guest(phone=None))

    await hotel.tick(DUE)

    assert await hotel.states() == [("skipped", "unreachable")]


async def test_telegram_is_used_once_the_guest_has_written_there(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    await hotel.writes(guest, Platform.telegram, "501")
    await hotel.stay(guest)

    await hotel.tick(DUE)

    assert await hotel.addresses() == ["501"]


async def test_the_phone_is_used_when_the_guest_blocked_the_telegram_bot(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    chat = await hotel.writes(guest, Platform.telegram)
    await hotel.stay(guest)
    async with hotel.database.unit(hotel.id) as uow:
        await uow.chats.mark_reachable(chat, False)

    await hotel.tick(DUE)

    assert await hotel.addresses() == ["491511234567@c.us"]


@pytest.mark.parametrize("loss", ["account", "chat"])
async def test_nobody_is_written_to_by_a_way_that_is_gone(hotel: HotelDesk, loss: str) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    chat = await hotel.writes(guest, Platform.whatsapp_green, "491511234567@c.us")
    await hotel.stay(guest)
    async with hotel.database.unit(hotel.id) as uow:
        if loss == "account":
            await uow.accounts.set_status(hotel.accounts[Platform.whatsapp_green], AccountStatus.blocked)
        else:
            await uow.chats.mark_reachable(chat, False)

    await hotel.tick(DUE)

    assert await hotel.states() == [("skipped", "unreachable")]


async def test_higher_priority_speaks_first_and_survives_the_budget(hotel: HotelDesk) -> None:
    for priority in (1, 9, 3, 7):
        await hotel.trigger({"minutes_after_checkin": 130 - priority}, f"{priority}", priority=priority)
    await hotel.stay()

    await hotel.tick(DUE + HOUR)

    assert await hotel.told() == ["9", "7", "3"]
    assert ("skipped", "attention_budget") in await hotel.states()


async def test_a_loser_of_the_budget_speaks_the_next_morning_when_it_is_still_useful(hotel: HotelDesk) -> None:
    async with hotel.database.unit(hotel.id) as uow:
        await uow.hotels.save_settings({"automatic_messages_a_day": 1})
    await hotel.trigger(AFTER_CHECKIN, "first", priority=2)
    await hotel.trigger(AFTER_CHECKIN, "second", useful_for=timedelta(days=2))
    await hotel.stay()

    await hotel.tick(DUE)
    assert ("postponed", "attention_budget") in await hotel.states()
    await hotel.tick(BERLIN_8_O_CLOCK)

    assert await hotel.told() == ["first", "second"]


async def test_a_message_counts_as_received_for_the_next_one_in_the_same_tick(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "first", name="first", priority=2)
    await hotel.trigger({**AFTER_CHECKIN, "not_received": "first"}, "instead")
    await hotel.stay()

    await hotel.tick(DUE)

    assert await hotel.told() == ["first"]


async def test_the_guests_language_is_spoken_when_there_is_a_translation(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, translations={"ru": "Добро пожаловать!"})
    await hotel.stay(await hotel.guest(language="ru"))

    await hotel.tick(DUE)

    assert await hotel.told() == ["Добро пожаловать!"]


async def test_an_unhappy_guest_is_answered_once_a_stay_even_at_night(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "negative_sentiment"}, "So sorry: {{ message.text }}")
    guest = await hotel.guest()
    stay = await hotel.stay(guest)
    hotel.clock.set(NOON + 12 * HOUR)

    assert await hotel.happens("negative_sentiment", guest, stay, text="cold room") == 1
    await hotel.tick()
    assert await hotel.happens("negative_sentiment", guest, stay, text="still cold") == 0
    await hotel.tick()

    assert await hotel.told() == ["So sorry: cold room"]


async def test_an_event_gets_another_chance_when_the_first_one_came_to_nothing(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "negative_sentiment", "message.sentiment_score": {"lte": -0.8}}, "So sorry")
    guest = await hotel.guest()
    stay = await hotel.stay(guest)

    await hotel.happens("negative_sentiment", guest, stay, sentiment_score=-0.5)
    await hotel.tick()
    assert await hotel.states() == [("skipped", "conditions_not_met")]
    await hotel.happens("negative_sentiment", guest, stay, sentiment_score=-0.9)
    await hotel.tick()

    assert await hotel.told() == ["So sorry"]


async def test_other_events_and_names_wake_nothing(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "external", "name": "spa_ready"})

    assert await hotel.happens("external", await hotel.guest()) == 0
    assert await hotel.happens("message_received", await hotel.guest("B", None)) == 0


async def test_an_event_comes_again_the_next_day_when_it_may_once_a_day(hotel: HotelDesk) -> None:
    await hotel.trigger({"event": "negative_sentiment"}, "Sorry", once_per="day")
    guest = await hotel.guest()

    for hours in (0, 1, 24):
        hotel.clock.set(NOON + hours * HOUR)
        await hotel.happens("negative_sentiment", guest)
        await hotel.tick()

    assert await hotel.told() == ["Sorry", "Sorry"]


async def test_staff_are_told_once_and_the_others_go_when_a_template_fails(hotel: HotelDesk) -> None:
    broken = await hotel.trigger(AFTER_CHECKIN, "{{ guest.name | nonsense }}", name="broken", priority=5)
    await hotel.trigger(AFTER_CHECKIN, "Welcome!")
    for number in range(3):
        await hotel.stay(await hotel.guest("G", f"+49151123456{number}"), f"BK-{number}")

    await hotel.tick(DUE)

    assert await hotel.states(broken) == [("failed", "bad_template")] * 3
    assert await hotel.told() == ["Welcome!"] * 3
    (alert,) = await hotel.alerts()
    assert alert.notification_type is NotificationType.system_alert
    assert "“broken”" in alert.content
    assert "text" in alert.content


async def test_staff_are_told_once_when_two_engines_find_the_same_trigger_broken_at_once(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "{{ guest.name | nonsense }}")
    for number in range(2):
        await hotel.stay(await hotel.guest("G", f"+49151123456{number}"), f"BK-{number}")
    hotel.clock.set(DUE)

    async with hotel.database.unit(hotel.id) as uow:
        assert await hotel.engine.fire_due(uow, 1) == 1
        other = asyncio.create_task(hotel.tick(limit=1))
        await waits_for_lock(hotel.database, other)

    assert await other == 1
    assert await hotel.states() == [("failed", "bad_template")] * 2
    assert len(await hotel.alerts()) == 1


async def test_a_firing_fails_and_the_others_go_when_its_trigger_can_not_be_read_any_more(hotel: HotelDesk) -> None:
    old = await hotel.trigger(AFTER_CHECKIN, "old")
    await hotel.trigger(AFTER_CHECKIN, "new")
    await hotel.stay()
    async with hotel.database.unit(hotel.id) as uow:
        await uow.triggers.update(old.id, conditions={"moons_after_checkin": 2})

    await hotel.tick(DUE)
    await hotel.saves(await hotel.guest("B", "+491511234569"), "BK-2")

    assert await hotel.states(old) == [("failed", "unreadable")]
    assert await hotel.told() == ["new"]


async def test_a_firing_ends_and_the_others_go_when_it_fails_for_no_known_reason(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    spoilt = await hotel.guest("Spoilt", "+491511234560")
    await hotel.stay(spoilt, "BK-1")
    await hotel.stay(await hotel.guest("Fine", "+491511234561"), "BK-2")
    await _spoil_phone(hotel, spoilt)

    assert await hotel.tick(DUE) == 2
    assert await hotel.tick() == 0

    assert sorted(await hotel.states(trigger)) == [("failed", "error"), ("fired", "fired")]
    assert await hotel.addresses() == ["491511234561@c.us"]
    assert len(await hotel.alerts()) == 1


async def _spoil_phone(hotel: HotelDesk, guest: UUID) -> None:
    """Give the guest a number so long that no chat can have its address."""
    async with hotel.database.unit(hotel.id) as uow:
        await uow.connection.execute(
            update(GuestIdentity).where(GuestIdentity.guest_id == guest).values(value="9" * 255)
        )


async def test_a_firing_stays_due_and_the_others_go_when_its_chat_is_locked_by_somebody_else(
    hotel: HotelDesk,
) -> None:
    trigger = await hotel.trigger(AFTER_CHECKIN)
    busy, free = await hotel.guest("Busy", "+491511234560"), await hotel.guest("Free", "+491511234561")
    chat = await hotel.writes(busy)
    await hotel.stay(busy, "BK-1")
    await hotel.stay(free, "BK-2")

    async with hotel.database.unit(hotel.id) as uow:
        conversation = await uow.conversations.open_in(chat)
        assert conversation is not None
        await uow.conversations.count_all({conversation.id: 1}, NOON)
        assert await hotel.tick(DUE) == 1
    assert sorted(await hotel.states(trigger)) == [("fired", "fired"), ("scheduled", None)]
    await hotel.tick()

    assert sorted(await hotel.addresses()) == ["491511234561@c.us", "501"]


async def test_nothing_is_decided_for_a_guest_when_somebody_else_writes_in_their_conversation(
    hotel: HotelDesk,
) -> None:
    first = await hotel.trigger(AFTER_CHECKIN, "first", name="first", priority=2)
    instead = await hotel.trigger({**AFTER_CHECKIN, "not_received": "first"}, "instead")
    guest = await hotel.guest()
    chat = await hotel.writes(guest)
    await hotel.stay(guest)

    async with hotel.database.unit(hotel.id) as uow:
        assert (await uow.conversations.held_in([chat]))[chat] is not None
        assert await hotel.tick(DUE) == 0
    assert await hotel.states() == [("scheduled", None)] * 2
    await hotel.tick()

    assert await hotel.told() == ["first"]
    assert await hotel.states(first) == [("fired", "fired")]
    assert await hotel.states(instead) == [("skipped", "conditions_not_met")]


async def test_a_message_counts_as_received_when_a_round_goes_one_by_one(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "first", name="first", priority=2)
    instead = await hotel.trigger({**AFTER_CHECKIN, "not_received": "first"}, "instead")
    spoilt, fine = await hotel.guest("Spoilt", "+491511234560"), await hotel.guest("Fine", "+491511234561")
    await hotel.stay(spoilt, "BK-1")
    await hotel.stay(fine, "BK-2")
    await _spoil_phone(hotel, spoilt)

    assert await hotel.tick(DUE) == 4

    assert await hotel.told() == ["first"]
    assert sorted(await hotel.states(instead)) == [("failed", "error"), ("skipped", "conditions_not_met")]


async def test_a_firing_joins_the_conversation_when_a_step_begins_it_at_the_same_moment(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    guest = await hotel.guest()
    await hotel.stay(guest)
    async with hotel.database.unit(hotel.id) as uow:
        chat = await uow.chats.at(hotel.accounts[Platform.whatsapp_green], "491511234567@c.us")
    hotel.clock.set(DUE)

    async with hotel.database.unit(hotel.id) as uow:
        begun = (await uow.conversations.begin_all({chat: guest}, DUE))[chat]
        firing = asyncio.create_task(hotel.tick())
        await waits_for_lock(hotel.database, firing)
    assert await firing == 1

    async with hotel.database.unit(hotel.id) as uow:
        talks = [row.id for row in await uow.connection.execute(select(Conversation.id))]
    assert talks == [begun.id]
    assert await hotel.told() == ["Welcome!"]


async def test_everyone_is_told_once_when_one_chat_is_two_guests_way(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN, "Welcome, {{ guest.name }}!")
    guests = [await hotel.guest(name, None) for name in ("Anna", "Boris")]
    for number, guest in enumerate(guests):
        await hotel.stay(guest, f"BK-{number}")
        chat = await hotel.writes(guest)
        async with hotel.database.unit(hotel.id) as uow:
            await uow.connection.execute(update(Conversation).values(status=ConversationStatus.closed))

    assert await hotel.tick(DUE) == 2

    assert sorted(await hotel.told()) == ["Welcome, Anna!", "Welcome, Boris!"]
    async with hotel.database.unit(hotel.id) as uow:
        assert await uow.conversations.open_in(chat) is not None


async def test_firings_end_when_the_hotels_settings_can_not_be_read(hotel: HotelDesk) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    await hotel.stay()
    async with hotel.database.unit(hotel.id) as uow:
        await uow.hotels.save_settings({"quiet_from": "bedtime"})

    await hotel.tick(DUE)

    assert await hotel.states() == [("failed", "error")]


async def test_what_was_said_to_one_guest_counts_for_both_when_they_turn_out_to_be_one(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({"event": "negative_sentiment"}, "Sorry", once_per="guest")
    known, stranger = await hotel.guest(), await hotel.guest("A.", None)
    await hotel.writes(stranger)
    await hotel.happens("negative_sentiment", stranger)
    await hotel.tick()
    await hotel.happens("negative_sentiment", known)

    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.merge(stranger, known, {"by": "test"})
    await hotel.tick()
    await hotel.happens("negative_sentiment", known)
    await hotel.tick()

    assert await hotel.told() == ["Sorry"]
    assert sorted(await hotel.states(trigger)) == [("cancelled", "already_fired"), ("fired", "fired")]
    assert {line.guest_id for line in await hotel.lines(trigger)} == {known}


async def test_what_waits_for_a_stranger_goes_to_the_known_guest_whose_own_was_called_off(hotel: HotelDesk) -> None:
    trigger = await hotel.trigger({"event": "negative_sentiment"}, "Sorry", once_per="guest")
    known, stranger = await hotel.guest(), await hotel.guest("A.", None)
    await hotel.happens("negative_sentiment", known)
    async with hotel.database.unit(hotel.id) as uow:
        await uow.firings.cancel([line.id for line in await hotel.lines(trigger)], "replied", hotel.clock.now())
    await hotel.happens("negative_sentiment", stranger)

    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.merge(stranger, known, {"by": "test"})
    await hotel.tick()

    assert await hotel.told() == ["Sorry"]


async def test_a_planned_firing_goes_to_the_known_guest_when_a_stranger_turns_out_to_be_them(
    hotel: HotelDesk,
) -> None:
    await hotel.trigger(AFTER_CHECKIN)
    known, stranger = await hotel.guest(), await hotel.guest("A.", None)
    await hotel.stay(stranger)

    async with hotel.database.unit(hotel.id) as uow:
        await uow.guests.merge(stranger, known, {"by": "test"})
    await hotel.tick(DUE)

    assert await hotel.addresses() == ["491511234567@c.us"]
