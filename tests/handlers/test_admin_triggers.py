from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from bot.messages import Platform
from handlers.admin.pausing import Switch
from handlers.admin.trigger_changes import Remove
from models.enums import TriggerType, UserRole
from tests.factories import NOW, make_staff_turn
from tests.handlers.admins import Worker, add_trigger, audits_of, hire, planned_of, triggers_of
from tests.handlers.conversing import House

CHANNELS = list(Platform)


async def booked_tomorrow(house: House, number: str = "BK-1") -> None:
    await house.book(
        "Anna Petrova", number, check_in=NOW + timedelta(days=1), check_out=NOW + timedelta(days=3), room_type="suite"
    )


async def with_welcome(house: House) -> Worker:
    """An admin of a hotel with one stay ahead and a running trigger that is planned for it."""
    await booked_tomorrow(house)
    trigger = await add_trigger(house)
    admin = await hire(house)
    async with house.database.unit(house.id) as uow:
        await admin.engine.plan_trigger(uow, trigger.id, "c-0")
    return admin


async def test_a_hotel_without_triggers_is_offered_to_make_one(house: House) -> None:
    said = await (await hire(house)).write("/triggers")
    assert said.text == "There are no automatic messages yet."
    assert said.labels == ["New trigger"]


@pytest.mark.parametrize("platform", CHANNELS)
async def test_triggers_are_listed_with_state_time_and_counts(house: House, platform: Platform) -> None:
    await with_welcome(house)
    await add_trigger(house, "farewell", conditions={"days_before_checkout": 1, "at": "18:00"}, is_active=False)
    said = await (await hire(house, platform)).write("/triggers")
    assert "1. welcome\n2 hours after check-in\nplanned: 1 · in the last 7 days sent: 0, not sent: 0" in said.text
    assert "2. farewell (paused)\n1 day before check-out, at 18:00" in said.text


async def test_the_list_is_russian_when_the_admin_reads_russian(house: House) -> None:
    await with_welcome(house)
    said = await (await hire(house, language="ru")).write("/triggers")
    assert "1. welcome\nчерез 2 часа после заезда\nзапланировано: 1" in said.text


async def test_a_long_list_has_pages_when_there_are_more_than_ten(house: House) -> None:
    for number in range(1, 13):
        await add_trigger(house, f"rule {number}")
    admin = await hire(house)
    first = await admin.write("/triggers")
    assert "page 1 of 2" in first.text
    assert "10. rule 10" in first.text
    assert "11. rule 11" not in first.text
    second = await admin.tap("More")
    assert "12. rule 12" in second.text
    assert "10. rule 10" not in second.text
    assert "10. rule 10" in (await admin.tap("‹ Back")).text
    assert "12. rule 12" in (await admin.press("trg:page:99")).text


async def test_an_unreadable_trigger_is_listed_with_its_mistake(house: House) -> None:
    await add_trigger(house, conditions={"hours_after_chekin": 2})
    admin = await hire(house)
    assert "hours_after_checkin" in (await admin.write("/triggers")).text
    assert '{"hours_after_chekin":2}' in (await admin.write("/trigger 1")).text


async def test_a_trigger_is_shown_whole(house: House) -> None:
    await add_trigger(
        house,
        conditions={"hours_after_checkin": 2, "room_type": ["suite", "junior"], "nights": {"gte": 2}},
        translations={"ru": "Добро пожаловать!"},
        priority=7,
    )
    said = await (await hire(house)).write("/trigger 1")
    assert "1. welcome (active)" in said.text
    assert "When: 2 hours after check-in" in said.text
    assert "Conditions: nights: at least 2; room type: suite, junior" in said.text
    assert "Priority: 7" in said.text
    assert "Welcome, {{ guest.name }}!" in said.text
    assert "ru:\nДобро пожаловать!" in said.text
    assert said.labels[:2] == ["Change", "Pause"]
    assert said.labels[-2:] == ["Delete…", "All triggers"]


@pytest.mark.parametrize("platform", CHANNELS)
async def test_a_trigger_is_paused_and_resumed_by_its_buttons_with_the_diff(house: House, platform: Platform) -> None:
    await with_welcome(house)
    (trigger,) = await triggers_of(house)
    admin = await hire(house, platform)
    await admin.write("/trigger 1")
    paused = await admin.tap("Pause")
    assert "“welcome” is paused.\nIn the plan: 0 added, 0 moved, 1 cancelled." in paused.text
    assert await planned_of(house, trigger) == 0
    resumed = await admin.tap("Resume")
    assert "“welcome” is running again." in resumed.text
    assert await planned_of(house, trigger) == 1
    assert [audit.action for audit in await audits_of(house)] == ["trigger.resumed", "trigger.paused"]


async def test_a_change_is_audited_with_who_and_what(house: House) -> None:
    admin = await with_welcome(house)
    await admin.write("/trigger 1 pause")
    (audit,) = await audits_of(house)
    async with house.database.unit(house.id) as uow:
        (user,) = await uow.users.known_by([int(admin.sender.id)], [])
    assert audit.user_id == user.id
    assert audit.metadata["old"] == {"is_active": True}
    assert audit.metadata["new"] == {"is_active": False}
    assert audit.metadata["plan"]["cancelled"] == 1


async def test_pausing_twice_changes_nothing_the_second_time(house: House) -> None:
    admin = await with_welcome(house)
    await admin.press("trg:pause:1")
    assert "It is paused already." in (await admin.press("trg:pause:1")).text
    assert len(await audits_of(house)) == 1


async def test_an_unreadable_trigger_can_be_paused_but_not_resumed(house: House) -> None:
    await add_trigger(house, conditions={"hours_after_chekin": 2})
    admin = await hire(house)
    assert "is paused" in (await admin.write("/trigger 1 pause")).text
    assert "Did you mean “hours_after_checkin”?" in (await admin.write("/trigger 1 resume")).text
    assert not (await triggers_of(house))[0].is_active


async def test_a_trigger_is_deleted_after_asking_with_what_is_cancelled(house: House) -> None:
    admin = await with_welcome(house)
    (trigger,) = await triggers_of(house)
    asked = await admin.write("/trigger 1 delete")
    assert asked.text.startswith("Delete “welcome”? One planned message will be cancelled.\n• ")
    assert await triggers_of(house) == [trigger]
    deleted = await admin.tap("Yes, delete")
    assert "“welcome” is deleted." in deleted.text
    assert "1 cancelled" in deleted.text
    assert await triggers_of(house) == []
    assert await planned_of(house, trigger) == 0
    old = (await audits_of(house))[0].metadata["old"]
    assert (old["name"], old["once_per"], old["catch_up"]) == ("welcome", "stay", "send"), "all of it can be had back"


async def test_a_trigger_is_kept_when_the_admin_thinks_better_of_it(house: House) -> None:
    admin = await with_welcome(house)
    await admin.write("/trigger 1 удалить")
    assert "1. welcome (active)" in (await admin.tap("No, keep it")).text


async def test_a_press_is_answered_sensibly_when_the_trigger_is_gone(house: House) -> None:
    admin = await with_welcome(house)
    await admin.press("trg:surely:1")
    for action in ("surely", "pause", "delete", "show"):
        said = await admin.press(f"trg:{action}:1")
        assert said.text == "There is no such trigger, or not any more."
        assert said.replies[0].answers_press == "p1"
    assert len(await audits_of(house)) == 1


@pytest.mark.parametrize("text", ["/trigger", "/trigger welcome", "/trigger 1 dance", "/trigger 99999999999 pause"])
async def test_the_usage_is_told_when_the_command_is_not_understood(house: House, text: str) -> None:
    admin = await with_welcome(house)
    assert "/trigger 3 pause" in (await admin.write(text)).text
    assert await audits_of(house) == []


async def test_an_unknown_button_is_answered_with_the_usage(house: House) -> None:
    admin = await with_welcome(house)
    assert "/trigger 3" in (await admin.press("trg:pause:x")).text


@pytest.mark.parametrize("text", ["/triggers", "/trigger 1 pause", "/why Anna 1", "/stay BK-1", "/staffchat"])
async def test_staff_who_are_no_admins_are_refused_politely(house: House, text: str) -> None:
    await with_welcome(house)
    waiter = await hire(house, role=UserRole.staff, language="ru")
    assert (await waiter.write(text)).text.startswith("Это могут делать только администраторы отеля.")
    assert (await triggers_of(house))[0].is_active


async def test_staff_who_press_an_admins_button_change_nothing(house: House) -> None:
    await with_welcome(house)
    waiter = await hire(house, role=UserRole.staff)
    await waiter.press("trg:pause:1")
    await waiter.press("new:begin")
    assert (await triggers_of(house))[0].is_active


async def test_a_guests_command_is_nothing_special(house: House) -> None:
    await with_welcome(house)
    guest = Worker(house, Platform.telegram, (await hire(house)).sender.__class__("555", "Ann", language="en"))
    said = await guest.write("/trigger 1 pause")
    assert "trigger" not in said.text.lower()
    assert (await triggers_of(house))[0].is_active


async def test_rules_stay_out_of_groups(house: House) -> None:
    admin = await with_welcome(house)
    group = admin.in_group()
    assert "in our own chat" in (await group.write("/trigger 1 pause", thread_id="9")).text
    assert (await group.write("/triggers", thread_id="9")).replies[0].thread_id == "9"
    assert (await triggers_of(house))[0].is_active


async def test_an_admin_sees_and_changes_only_the_own_hotels_triggers(house: House, other_house: House) -> None:
    await with_welcome(house)
    stranger = await hire(other_house)
    assert "no automatic messages" in (await stranger.write("/triggers")).text
    for action in ("", " pause", " delete"):
        assert "There is no such trigger" in (await stranger.write(f"/trigger 1{action}")).text
    assert "There is no such trigger" in (await stranger.press("trg:surely:1")).text
    assert (await triggers_of(house))[0].is_active
    assert await audits_of(other_house) == []


@pytest.mark.parametrize(
    ("kind", "conditions", "english", "russian"),
    [
        (TriggerType.time_based, {"minutes_after_checkin": 0}, "right at check-in", "сразу после заезда"),
        (TriggerType.time_based, {"days_before_checkin": 3}, "3 days before check-in", "за 3 дня до заезда"),
        (
            TriggerType.time_based,
            {"days_after_checkin": 0, "at": "10:00"},
            "on the day of check-in, at 10:00",
            "в день заезда, в 10:00",
        ),
        (
            TriggerType.time_based,
            {"hours_after_booking": 1},
            "1 hour after booking",
            "через 1 час после бронирования",
        ),
        (TriggerType.time_based, {"cron": "0 9 * * *"}, "on schedule 0 9 * * *", "по расписанию 0 9 * * *"),
        (
            TriggerType.time_based,
            {"on": "2026-12-31T18:00"},
            "once, on 31 December 2026 at 18:00",
            "один раз, 31 декабря 2026 в 18:00",
        ),
        (TriggerType.condition_based, {"nights": 1}, "as soon as the conditions become true", "как только"),
        (
            TriggerType.event_based,
            {"event": "no_reply_for", "minutes": 15},
            "when nobody has replied for 15 minutes",
            "когда никто не ответил за 15 минут",
        ),
        (
            TriggerType.event_based,
            {"event": "external", "name": "spa"},
            "when “spa” happens",
            "когда произойдёт «spa»",
        ),
        (
            TriggerType.condition_based,
            {"any": [{"booking_status": "confirmed"}, {"amount": {"gt": 10}}], "none": [{"guest.tags": "vip"}]},
            "at least one of (booking: confirmed; amount: more than 10); none of (guest's tags: vip)",
            "хотя бы одно из (бронирование: подтверждено; сумма: больше 10); ничего из (метки гостя: vip)",
        ),
        (
            TriggerType.condition_based,
            {"guest.preferences.diet": {"exists": True}, "not_received": "welcome", "source": {"not_in": ["ota"]}},
            "preference “diet”: known; has not received: welcome; source of the booking: none of ota",
            "предпочтение «diet»: известно; ещё не получено: welcome; источник бронирования: кроме ota",
        ),
    ],
)
async def test_when_and_whether_are_told_in_words(
    house: House, kind: TriggerType, conditions: dict[str, object], english: str, russian: str
) -> None:
    await add_trigger(house, trigger_type=kind, conditions=conditions)
    assert english in (await (await hire(house)).write("/trigger 1")).text
    assert russian in (await (await hire(house, language="ru")).write("/trigger 1")).text


async def test_help_lists_the_commands_for_admins(house: House) -> None:
    said = await (await hire(house, language="ru")).write("/help")
    for command in ("/triggers", "/trigger new", "/cancel", "/why", "/stay new", "/staffchat"):
        assert command in said.text


async def test_a_trigger_that_was_deleted_meanwhile_is_answered_sensibly(house: House) -> None:
    engine = (await hire(house)).engine
    turn = make_staff_turn("/trigger 1 pause")
    async with house.database.unit(house.id) as uow:
        for change in (Switch(engine, uuid4(), is_active=False), Remove(engine, uuid4())):
            (said,) = await change.apply(uow, turn)
            assert said.text == "There is no such trigger, or not any more."
    assert await audits_of(house) == []
