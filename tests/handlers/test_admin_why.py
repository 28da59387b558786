from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.messages import Platform
from bot.storage.repositories.firings import DecidedFiring, NewFiring
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.stays import StayRecord
from bot.storage.repositories.triggers import TriggerRecord
from models.enums import FiringStatus, IdentityKind, TriggerType
from tests.factories import NOW
from tests.handlers.admins import add_trigger, hire
from tests.handlers.conversing import House
from triggers.base import ConditionResult, Reason, Verdict

ROOM = ConditionResult("room_type", "eq", "suite", "double", False)


async def decided(
    house: House, trigger: TriggerRecord, stay: StayRecord, verdict: Verdict, reason: str | None = None
) -> UUID:
    """Put a line into the ledger that was due at 13:00 and decided a minute later, hotel time."""
    firing = NewFiring(
        trigger_id=trigger.id,
        subject=stay.id,
        occurrence="checkin",
        guest_id=stay.guest_id,
        stay_id=stay.id,
        due_at=NOW,
        useful_until=NOW + timedelta(hours=12),
        correlation_id="c-0",
        event={},
    )
    async with house.database.unit(house.id) as uow:
        await uow.firings.plan([firing], NOW)
        (line,) = await uow.firings.of(trigger.id, stay.guest_id)
        at = NOW + timedelta(minutes=1)
        postponed = NOW + timedelta(hours=20) if verdict.status is FiringStatus.postponed else None
        decided = DecidedFiring(
            line.id, verdict.status, reason or verdict.reason, verdict.to_json() if not reason else {}, postponed
        )
        await uow.firings.decide_all([decided], at)
    return line.id


@pytest.mark.parametrize("guest", ["Petrova", "anna", "BK-1001", "bk-1001", "+49 151 234567", "49151234567"])
async def test_a_guest_is_found_by_name_booking_or_phone(house: House, guest: str) -> None:
    await house.book("Anna Petrova", phone="+49151234567")
    await add_trigger(house)
    said = await (await hire(house)).write(f"/why {guest} 1")
    assert said.text.startswith("Anna Petrova and trigger 1 “welcome”:")


async def test_the_stored_verdict_is_told_with_each_condition(house: House) -> None:
    stay = await house.book("Anna Petrova")
    trigger = await add_trigger(house)
    nights = ConditionResult("nights.gte", "gte", 2, 4, True)
    verdict = Verdict(FiringStatus.skipped, Reason.conditions_not_met, (ROOM, nights))
    await decided(house, trigger, stay, verdict)
    english = (await (await hire(house)).write("/why Petrova 1")).text
    assert "Not sent: 20 November 2026, 13:01. The conditions were not met." in english
    assert "✗ room type: suite (found: double)" in english
    assert "✓ nights: at least 2 (found: 4)" in english
    russian = (await (await hire(house, language="ru")).write("/why Petrova №1")).text
    assert "Не отправлено: 20 ноября 2026, 13:01. Условия не были выполнены." in russian
    assert "✗ тип номера: suite (на деле: double)" in russian


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        (FiringStatus.fired, Reason.fired, "Sent: 20 November 2026, 13:01. All conditions were met."),
        (FiringStatus.postponed, Reason.quiet_hours, "Put off until 21 November 2026, 09:00. It was night"),
        (FiringStatus.expired, Reason.no_longer_useful, "Not sent: 20 November 2026, 13:01. It was too late"),
        (FiringStatus.failed, Reason.bad_template, "Failed: 20 November 2026, 13:01. The text could not be filled"),
        (FiringStatus.skipped, Reason.opted_out, "The guest does not want automatic messages."),
        (FiringStatus.cancelled, Reason.stay_over, "Cancelled: 20 November 2026, 13:01. The stay is over: it was"),
    ],
)
async def test_each_outcome_has_its_sentence(
    house: House, status: FiringStatus, reason: Reason, sentence: str
) -> None:
    stay = await house.book("Anna Petrova")
    await decided(house, await add_trigger(house), stay, Verdict(status, reason))
    said = await (await hire(house)).write("/why Petrova 1")
    assert sentence in said.text
    assert "It has no conditions beside its time." in said.text


async def test_a_planned_message_says_when_it_is_due(house: House) -> None:
    stay = await house.book("Anna Petrova", check_in=NOW + timedelta(days=1))
    trigger = await add_trigger(house, conditions={"hours_after_checkin": 2, "room_type": "suite"})
    admin = await hire(house)
    async with house.database.unit(house.id) as uow:
        await admin.engine.plan_guests(uow, {stay.guest_id: "c-0"})
    said = await admin.write(f"/why Petrova {trigger.number}")
    assert "Planned for 21 November 2026, 15:00." in said.text
    assert "If it were due now, it would not go. The conditions were not met." in said.text
    assert "✗ room type: suite (found: not known)" in said.text


async def test_a_cancelled_plan_says_so_and_what_holds_now(house: House) -> None:
    stay = await house.book("Anna Petrova", phone="+49151234567")
    trigger = await add_trigger(house)
    await decided(house, trigger, stay, Verdict(FiringStatus.cancelled, Reason.fired), reason=Reason.plan_changed)
    said = await (await hire(house)).write("/why Petrova 1")
    assert "It was planned, and cancelled: 20 November 2026, 13:01. The stay or the trigger was changed." in said.text
    assert "If it were due now, it would go." in said.text


async def test_what_was_never_planned_is_weighed_as_of_now(house: House) -> None:
    await house.book("Anna Petrova", room_type="suite")
    await add_trigger(
        house, trigger_type=TriggerType.condition_based, conditions={"room_type": "suite"}, is_active=False
    )
    said = await (await hire(house)).write("/why Petrova 1")
    assert "The trigger is paused at the moment." in said.text
    assert "It was never planned for this guest" in said.text
    assert "If it were due now, it would not go." in said.text


async def test_conditions_in_groups_are_marked_by_whether_they_help(house: House) -> None:
    stay = await house.book("Anna Petrova")
    checked = (
        ConditionResult("none[0].guest.tags", "eq", "vip", ["vip"], True),
        ConditionResult("any[0].room_type.ne", "ne", "suite", "double", True),
        ConditionResult("not_received", "not_in", ["farewell"], [], True),
    )
    verdict = Verdict(FiringStatus.skipped, Reason.conditions_not_met, checked)
    await decided(house, await add_trigger(house), stay, verdict)
    said = await (await hire(house)).write("/why Petrova 1")
    assert "✗ guest's tags: vip (found: vip) (must not be so)" in said.text
    assert "✓ room type: not suite (found: double) (one of several is enough)" in said.text
    assert "✓ has not received: farewell (found: not known)" in said.text


@pytest.mark.parametrize("platform", list(Platform))
async def test_the_guest_is_chosen_by_button_when_several_fit(house: House, platform: Platform) -> None:
    await house.book("Anna Petrova", "BK-1")
    await house.book("Anna Ivanova", "BK-2")
    await house.book(None, "BK-3")
    await add_trigger(house)
    admin = await hire(house, platform)
    asked = await admin.write("/why Anna 1")
    assert sorted(asked.labels) == ["Anna Ivanova · BK-2", "Anna Petrova · BK-1"]
    assert all(len(choice.value.encode()) <= 64 for choice in asked.choices)
    assert (await admin.tap("Anna Ivanova")).text.startswith("Anna Ivanova and trigger 1")
    assert (await admin.write("/why BK-3 1")).text.startswith("Guest without a name and trigger 1")


async def test_more_words_are_asked_for_when_too_many_guests_fit(house: House) -> None:
    for number in range(10):
        await house.book("Anna Petrova", f"BK-{number}")
    await add_trigger(house)
    said = await (await hire(house)).write("/why Anna 1")
    assert said.text.startswith("Too many guests are called “Anna”.")


@pytest.mark.parametrize("text", ["/why", "/why 3", "/why Anna", "/why Anna welcome"])
async def test_the_usage_is_told_when_guest_or_number_is_missing(house: House, text: str) -> None:
    assert "Write /why, the guest and the number" in (await (await hire(house)).write(text)).text


async def test_unknown_guests_and_triggers_are_named(house: House) -> None:
    await house.book("Anna Petrova")
    await add_trigger(house)
    admin = await hire(house)
    assert "I don't know a guest “Nobody Known”." in (await admin.write("/why Nobody Known 1")).text
    assert "There is no such trigger" in (await admin.write("/why Anna 2")).text
    for value in ("why:x:1", "why:", f"why:{UUID(int=1)}:x"):
        assert "Write /why" in (await admin.press(value)).text


async def test_an_unreadable_trigger_is_explained_as_such(house: House) -> None:
    await house.book("Anna Petrova")
    await add_trigger(house, conditions={"hours_after_chekin": 2})
    assert "can't be read any more" in (await (await hire(house)).write("/why Anna 1")).text


async def test_an_admin_asks_only_about_the_own_hotels_guests(house: House, other_house: House) -> None:
    stay = await house.book("Anna Petrova", phone="+49151234567")
    await add_trigger(house)
    await add_trigger(other_house)
    stranger = await hire(other_house)
    for guest in ("Petrova", "+49151234567", "BK-1001"):
        assert "I don't know a guest" in (await stranger.write(f"/why {guest} 1")).text
    assert "I don't know a guest" in (await stranger.press(f"why:{stay.guest_id}:1")).text


async def test_a_guest_known_by_a_telegram_name_alone_is_found(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        guest = await uow.guests.add("Chatty")
        await uow.guests.identify(guest.id, Identity(IdentityKind.telegram, "9"), {})
    await add_trigger(house, trigger_type=TriggerType.event_based, conditions={"event": "message_received"})
    said = await (await hire(house)).write("/why chatty 1")
    assert "It was never planned for this guest" in said.text


SENTENCES = {
    Reason.fired: ("All conditions were met.", "Все условия были выполнены."),
    Reason.conditions_not_met: ("The conditions were not met.", "Условия не были выполнены."),
    Reason.held_before: ("The conditions held already", "Условия выполнялись ещё до создания"),
    Reason.trigger_inactive: ("The trigger was paused or deleted.", "Триггер был на паузе или удалён."),
    Reason.stay_over: ("The stay is over: it was cancelled", "Проживание окончено: его отменили"),
    Reason.handed_on: ("The stay was handed on to another guest.", "Проживание передали другому гостю."),
    Reason.other_state: ("The stay is not in the state that the message is about", "Проживание не в том состоянии"),
    Reason.already_fired: ("The guest had got it already.", "Гость его уже получил."),
    Reason.quiet_hours: ("It was night: the hotel's quiet hours.", "Была ночь: тихие часы отеля."),
    Reason.no_longer_useful: ("It was too late to be useful.", "Было уже поздно, сообщение потеряло смысл."),
    Reason.opted_out: ("The guest does not want automatic messages.", "Гость отказался от автоматических"),
    Reason.no_consent: ("The guest has not agreed to get offers.", "Гость не давал согласия на рекламные"),
    Reason.unreachable: ("There is no chat in which the guest can be", "Нет чата, в котором можно написать"),
    Reason.attention_budget: ("as many automatic messages as the hotel allows", "столько автоматических сообщений"),
    Reason.cooldown: ("The trigger had spoken to the guest too lately", "Этот триггер писал гостю слишком недавно"),
    Reason.came_late: ("The stay became known only after the moment", "О проживании стало известно уже после"),
    Reason.replied: ("A person had taken care of the guest by then.", "Гостем к тому времени уже занялся"),
    Reason.plan_changed: ("The stay or the trigger was changed.", "Проживание или триггер изменили."),
    Reason.bad_template: ("The text could not be filled in for this guest.", "Текст не удалось заполнить"),
    Reason.unreadable: ("The trigger itself can't be read any more", "Сам триггер больше не читается"),
    Reason.error: ("Something went wrong on our side", "Что-то сломалось на нашей стороне"),
}
HOW = {
    Reason.fired: FiringStatus.fired,
    Reason.quiet_hours: FiringStatus.postponed,
    Reason.attention_budget: FiringStatus.postponed,
    Reason.no_longer_useful: FiringStatus.expired,
    **dict.fromkeys((Reason.bad_template, Reason.unreadable, Reason.error), FiringStatus.failed),
    **dict.fromkeys(
        (Reason.trigger_inactive, Reason.stay_over, Reason.handed_on, Reason.other_state), FiringStatus.cancelled
    ),
}
"""What comes of a firing for this reason; all else is skipped."""
# Lines that were cancelled without being looked at: nothing was decided, so there is no verdict to read.
UNDECIDED = (Reason.already_fired, Reason.replied, Reason.plan_changed)


@pytest.mark.parametrize("reason", [*Reason])
async def test_the_reason_is_told_in_the_admins_language_when_they_ask_why(house: House, reason: Reason) -> None:
    stay = await house.book("Anna Petrova", phone="+49151234567")
    verdict = Verdict(HOW.get(reason, FiringStatus.skipped), reason)
    if reason in UNDECIDED:
        verdict = replace(verdict, status=FiringStatus.cancelled)
    line = reason if reason in UNDECIDED else None
    await decided(house, await add_trigger(house), stay, verdict, line)

    for language, sentence in zip(("en", "ru"), SENTENCES[reason], strict=True):
        assert sentence in (await (await hire(house, language=language)).write("/why Petrova 1")).text


@pytest.mark.parametrize("reason", [Reason.came_late, Reason.error, Reason.unreadable])
async def test_nothing_is_said_of_conditions_when_nobody_asked_them(house: House, reason: Reason) -> None:
    stay = await house.book("Anna Petrova")
    trigger = await add_trigger(house, conditions={"hours_after_checkin": 2, "room_type": "suite"})
    await decided(house, trigger, stay, Verdict(HOW.get(reason, FiringStatus.skipped), reason))
    said = await (await hire(house)).write("/why Petrova 1")
    assert "no conditions" not in said.text


async def test_a_message_would_wait_when_it_is_night(house: House) -> None:
    await house.book("Anna Petrova", phone="+49151234567")
    await add_trigger(house, trigger_type=TriggerType.event_based, conditions={"event": "room_ready"})
    house.clock.move(timedelta(hours=10))
    said = await (await hire(house)).write("/why Petrova 1")
    assert "If it were due now, it would wait. It was night: the hotel's quiet hours." in said.text
