"""Who speaks first, and everything stopped and started by one command."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages import Platform
from tests.factories import NOW
from tests.handlers.admins import add_trigger, audits_of, hire, planned_of, triggers_of
from tests.handlers.conversing import House


async def with_three(house: House) -> None:
    """Three triggers, of which the last is paused for a reason of its own, and a stay ahead."""
    await house.book("Anna", check_in=NOW + timedelta(days=1), check_out=NOW + timedelta(days=3))
    for name, is_active in (("one", True), ("two", True), ("three", False)):
        await add_trigger(house, name, is_active=is_active)


async def states_of(house: House) -> list[bool]:
    return [trigger.is_active for trigger in await triggers_of(house)]


@pytest.mark.parametrize("platform", list(Platform))
async def test_everything_is_paused_and_resumed_and_what_was_paused_before_stays_so(
    house: House, platform: Platform
) -> None:
    await with_three(house)
    admin = await hire(house, platform)
    async with house.database.unit(house.id) as uow:
        await admin.engine.plan_trigger(uow, (await uow.triggers.all())[0].id, "c-0")
    await admin.write("/triggers")
    paused = await admin.tap("Pause all")
    assert (
        "2 triggers are paused. Nothing goes by itself now.\nIn the plan: 0 added, 0 moved, 1 cancelled."
        in paused.text
    )
    assert await states_of(house) == [False, False, False]
    resumed = await admin.tap("Resume all")
    assert "2 triggers are running again.\nIn the plan: 2 added" in resumed.text
    assert await states_of(house) == [True, True, False]
    assert [await planned_of(house, trigger) for trigger in await triggers_of(house)] == [1, 1, 0]
    assert (
        sorted(audit.action for audit in await audits_of(house)) == ["trigger.paused"] * 2 + ["trigger.resumed"] * 2
    )


async def test_what_was_resumed_or_deleted_meanwhile_is_left_alone_when_everything_is_resumed(house: House) -> None:
    await with_three(house)
    admin = await hire(house)
    await admin.write("/triggers pause")
    await admin.write("/trigger 1 resume")
    await admin.press("trg:surely:2")
    assert "No trigger waits to be resumed" in (await admin.write("/trigger resume all")).text
    assert await states_of(house) == [True, False]


async def test_pausing_everything_twice_forgets_nothing(house: House) -> None:
    await with_three(house)
    admin = await hire(house, language="ru")
    assert "Остановлено триггеров: 2." in (await admin.write("/trigger пауза все")).text
    assert "Ни один триггер не работает." in (await admin.write("/triggers pause")).text
    assert "Снова работает триггеров: 2." in (await admin.write("/triggers resume")).text
    assert await states_of(house) == [True, True, False]


async def test_a_trigger_that_cannot_be_read_stays_paused_when_everything_is_resumed(house: House) -> None:
    await add_trigger(house, "broken", conditions={"hours_after_chekin": 2})
    await add_trigger(house, "right")
    admin = await hire(house)
    await admin.write("/triggers pause")
    assert "One trigger is running again." in (await admin.write("/triggers resume")).text
    assert await states_of(house) == [False, True]


async def test_a_priority_is_told_and_changes_nothing_of_the_plan(house: House) -> None:
    await with_three(house)
    admin = await hire(house)
    said = await admin.write("/trigger 2 priority 5")
    assert "Priority 5: of 3 triggers this one speaks in place 1." in said.text
    assert "Priority: 5" in said.text
    assert (await triggers_of(house))[1].priority == 5
    (audit,) = await audits_of(house)
    assert (audit.metadata["old"], audit.metadata["new"]) == ({"priority": 1}, {"priority": 5})


@pytest.mark.parametrize("priority", ["high", "1.5", "1001"])
async def test_a_priority_that_is_none_is_refused_with_what_would_be_right(house: House, priority: str) -> None:
    await with_three(house)
    said = await (await hire(house)).write(f"/trigger 1 priority {priority}")
    assert "whole number from -1000 to 1000" in said.text
    assert await audits_of(house) == []


async def test_each_step_up_or_down_passes_another_trigger(house: House) -> None:
    for name, priority in (("one", 1), ("two", 1), ("three", 4), ("four", 9)):
        await add_trigger(house, name, priority=priority)
    admin = await hire(house)
    await admin.write("/trigger 1")
    places = [(await admin.tap("Speak earlier")).text.split("\n")[0] for _ in range(4)]
    assert [place.partition("place ")[2][:1] for place in places[:3]] == ["3", "2", "1"]
    assert places[3] == "The priority stays at 10.", "nobody is ahead any more"
    assert "in place 2." in (await admin.tap("Speak later")).text


async def test_what_was_paused_anew_for_a_reason_of_its_own_stays_paused_when_everything_is_resumed(
    house: House,
) -> None:
    await with_three(house)
    admin = await hire(house)
    await admin.write("/triggers pause")
    await admin.write("/trigger 1 resume")
    await admin.write("/trigger 1 pause")
    await admin.write("/triggers resume")
    assert await states_of(house) == [False, True, False]
