"""Triggers changed by the dialogue that makes them, and copied."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages import Platform
from models.enums import ConsentPurpose, TriggerType
from tests.factories import NOW
from tests.handlers.admins import add_trigger, audits_of, hire, planned_of, triggers_of
from tests.handlers.conversing import House


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_trigger_is_changed_by_buttons_and_planned_anew_with_the_diff(
    house: House, platform: Platform
) -> None:
    await house.book("Anna", check_in=NOW + timedelta(days=1), check_out=NOW + timedelta(days=3))
    trigger = await add_trigger(house, priority=7, purpose=ConsentPurpose.promotional)
    admin = await hire(house, platform)
    async with house.database.unit(house.id) as uow:
        await admin.engine.plan_trigger(uow, trigger.id, "c-0")
    await admin.write("/trigger 1")
    asked = await admin.tap("Change")
    assert "When: 2 hours after check-in" in asked.text
    assert "Save this as trigger 1?" in asked.text
    await admin.tap("Change when")
    await admin.tap("Before check-out")
    await admin.tap("2 hours")
    await admin.tap("Change conditions")
    await admin.write("nights>=2")
    await admin.tap("No more conditions")
    await admin.tap("Change the text")
    await admin.write("See you, {{ guest.name }}!")
    saved = await admin.tap("Save")
    assert "“welcome” is changed." in saved.text
    assert "1 added, 0 moved, 1 cancelled" in saved.text
    (after,) = await triggers_of(house)
    assert after.id == trigger.id
    assert after.conditions == {"hours_before_checkout": 2, "nights": {"gte": 2}}
    assert (after.message_template, after.name) == ("See you, {{ guest.name }}!", "welcome")
    assert (after.priority, after.purpose) == (7, ConsentPurpose.promotional)
    assert await planned_of(house, after) == 1
    (audit,) = await audits_of(house)
    assert audit.action == "trigger.changed"
    assert audit.metadata["old"] == {
        "conditions": {"hours_after_checkin": 2},
        "message_template": "Welcome, {{ guest.name }}!",
    }


async def test_a_change_is_left_and_taken_up_again(house: House) -> None:
    await add_trigger(house)
    admin = await hire(house)
    await admin.write("/trigger 1 edit")
    await admin.tap("Change the name")
    await admin.write("/triggers")
    said = await admin.write("/trigger 1 edit")
    assert "You have one begun." in said.text
    assert "What shall we call this trigger?" in said.text
    await admin.write("hello")
    await admin.tap("Save")
    assert [trigger.name for trigger in await triggers_of(house)] == ["hello"]


async def test_what_was_begun_is_not_lost_when_another_trigger_is_to_be_changed(house: House) -> None:
    await add_trigger(house)
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.tap("After check-in")
    said = await admin.write("/trigger 1 edit")
    assert "You have one begun. /cancel forgets it." in said.text
    assert "After check-in: how long?" in said.text
    await admin.write("/cancel")
    assert "Save this as trigger 1?" in (await admin.write("/trigger 1 edit")).text


async def test_nothing_is_changed_when_the_change_is_cancelled(house: House) -> None:
    before = await add_trigger(house)
    admin = await hire(house)
    await admin.write("/trigger 1 изменить")
    await admin.tap("Change the text")
    await admin.write("Bye")
    await admin.tap("Cancel")
    assert await triggers_of(house) == [before]


async def test_a_trigger_keeps_its_own_name_but_takes_nobody_elses(house: House) -> None:
    await add_trigger(house)
    await add_trigger(house, "farewell")
    admin = await hire(house)
    await admin.write("/trigger 1 edit")
    await admin.tap("Change the name")
    assert "“Farewell” already" in (await admin.write("Farewell")).text
    await admin.write("Welcome")
    await admin.tap("Save")
    assert [trigger.name for trigger in await triggers_of(house)] == ["Welcome", "farewell"]


async def test_a_trigger_that_cannot_be_read_is_repaired_by_the_dialogue(house: House) -> None:
    await add_trigger(house, conditions={"hours_after_chekin": 2})
    admin = await hire(house)
    assert "When shall the message go?" in (await admin.write("/trigger 1 edit")).text
    await admin.write("2h after checkin")
    await admin.tap("Everyone")
    await admin.tap("Save")
    (after,) = await triggers_of(house)
    assert (after.trigger_type, after.conditions) == (TriggerType.time_based, {"hours_after_checkin": 2})


async def test_an_admin_is_told_when_the_translations_still_say_the_old(house: House) -> None:
    await add_trigger(house, translations={"ru": "Добро пожаловать!"})
    admin = await hire(house)
    await admin.write("/trigger 1 edit")
    await admin.tap("Change the text")
    await admin.write("Hi!")
    assert "The text in other languages (ru) stayed as it was." in (await admin.tap("Save")).text


async def test_a_change_of_a_trigger_deleted_meanwhile_is_answered_sensibly(house: House) -> None:
    await add_trigger(house)
    admin = await hire(house)
    await admin.write("/trigger 1 edit")
    await (await hire(house)).press("trg:surely:1")
    assert "There is no such trigger" in (await admin.tap("Save")).text
    assert await triggers_of(house) == []


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_copy_is_paused_and_has_a_name_of_its_own(house: House, platform: Platform) -> None:
    original = await add_trigger(house, priority=5, translations={"ru": "Привет"})
    admin = await hire(house, platform)
    await admin.write("/trigger 1")
    said = await admin.tap("Duplicate")
    assert "This is a copy of “welcome”." in said.text
    assert "2. welcome 2 (paused)" in said.text
    await admin.write("/trigger 1 duplicate")
    copies = (await triggers_of(house))[1:]
    assert [copy.name for copy in copies] == ["welcome 2", "welcome 3"]
    for copy in copies:
        assert not copy.is_active
        assert (copy.conditions, copy.message_template) == (original.conditions, original.message_template)
        assert (copy.priority, copy.translations) == (5, {"ru": "Привет"})


async def test_what_another_admin_changed_meanwhile_stays_when_a_change_is_saved(house: House) -> None:
    await add_trigger(house)
    olga, maria = await hire(house), await hire(house, name="Maria")
    await olga.write("/trigger 1 edit")
    await olga.tap("Change the name")
    await olga.write("hello")
    await maria.write("/trigger 1 edit text: Good to see you, {{ guest.name }}!")
    await maria.write("/trigger 1 edit nights>=2, cooldown=7d")
    assert "“hello” is changed." in (await olga.tap("Save")).text
    (after,) = await triggers_of(house)
    assert (after.name, after.message_template) == ("hello", "Good to see you, {{ guest.name }}!")
    assert after.conditions == {"hours_after_checkin": 2, "nights": {"gte": 2}}
    assert after.cooldown == timedelta(days=7)


async def test_the_rule_is_the_last_admins_when_two_have_changed_it(house: House) -> None:
    await add_trigger(house)
    olga, maria = await hire(house), await hire(house, name="Maria")
    await olga.write("/trigger 1 edit")
    await olga.tap("Change conditions")
    await olga.write("nights>=3")
    await olga.tap("No more conditions")
    await maria.write("/trigger 1 edit event=message_received")
    await olga.tap("Save")
    (after,) = await triggers_of(house)
    assert after.trigger_type is TriggerType.time_based
    assert after.conditions == {"hours_after_checkin": 2, "nights": {"gte": 3}}


async def test_nothing_is_changed_when_a_change_is_saved_as_it_was_begun(house: House) -> None:
    before = await add_trigger(house)
    admin = await hire(house)
    await admin.write("/trigger 1 edit")
    assert "The plan stays as it was." in (await admin.tap("Save")).text
    assert await triggers_of(house) == [before]


async def test_a_copy_can_be_changed_and_exported_when_the_name_is_as_long_as_a_name_can_be(house: House) -> None:
    await add_trigger(house, "x" * 100)
    admin = await hire(house)
    await admin.write("/trigger 1 duplicate")
    assert "is changed" in (await admin.write("/trigger 2 edit text: Hi!")).text
    assert [len(trigger.name) for trigger in await triggers_of(house)] == [100, 100]


async def test_an_admin_is_told_who_else_asks_for_a_trigger_by_its_old_name(house: House) -> None:
    await add_trigger(house)
    await add_trigger(house, "farewell", conditions={"hours_before_checkout": 2, "not_received": ["Welcome"]})
    await add_trigger(house, "other", conditions={"hours_before_checkout": 3, "received": "farewell"})
    admin = await hire(house)
    await admin.write("/trigger 1 edit")
    await admin.tap("Change the name")
    await admin.write("hello")
    said = await admin.tap("Save")
    assert "These triggers ask who has received “welcome”, and know nobody who has any more: farewell." in said.text
