"""Admins who change the hotel's settings at the same moment: nobody takes back what another has decided."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time
from itertools import permutations
from typing import Any

import pytest

from bot.hotel_settings import HotelSettings
from handlers.admin.hotel_times import SetTimes
from handlers.admin.pausing import PauseAll, Switch
from handlers.admin.staff_chat import SendAlertsHere
from handlers.base import Effect, Turn
from tests.bot.storage.houses import waits_for_lock
from tests.factories import make_message, make_staff_turn
from tests.handlers.admins import add_trigger, hire, triggers_of
from tests.handlers.conversing import House

NIGHTS = {"quiet_from": "23:00", "quiet_until": "07:00"}


async def settings_of(house: House) -> HotelSettings:
    async with house.database.unit(house.id) as uow:
        return HotelSettings.model_validate((await uow.hotels.get()).settings)


async def at_once(house: House, turn: Turn, one: Effect, other: Effect) -> None:
    """Apply two effects in transactions of their own, the second begun before the first has ended."""

    async def apply() -> None:
        async with house.database.unit(house.id) as uow:
            await other.apply(uow, turn)

    async with house.database.unit(house.id) as uow:
        await one.apply(uow, turn)
        waiting = asyncio.create_task(apply())
        await waits_for_lock(house.database, waiting)
    await waiting


def admin_turn(house: House) -> Turn:
    """What an admin's group says."""
    account, message = next(iter(house.accounts.values())), make_message(is_group=True)
    turn = make_staff_turn(message, user=None)
    return replace(turn, chat=replace(turn.chat, account_id=account, address="-1001"))


@pytest.mark.parametrize("order", list(permutations(range(3), 2)), ids=str)
async def test_both_changes_are_kept_when_two_admins_change_settings_at_the_same_moment(
    house: House, order: tuple[int, int]
) -> None:
    trigger = await add_trigger(house)
    engine = house.person().engine
    effects: list[Effect] = [SetTimes(engine, NIGHTS), PauseAll(engine), SendAlertsHere()]

    await at_once(house, admin_turn(house), *(effects[index] for index in order))

    settings = await settings_of(house)
    kept: list[Any] = [
        settings.quiet_from == time(23) and settings.quiet_until == time(7),
        settings.paused_together == {trigger.id},
        settings.staff_chat is not None and settings.staff_chat.address == "-1001",
    ]
    assert kept == [index in order for index in range(3)]


async def test_everything_is_paused_when_one_trigger_is_resumed_at_the_same_moment(house: House) -> None:
    first, second = await add_trigger(house, "first", is_active=False), await add_trigger(house, "second")
    engine = house.person().engine

    await at_once(house, admin_turn(house), Switch(engine, first.id, is_active=True), PauseAll(engine))

    assert not any(trigger.is_active for trigger in await triggers_of(house))
    assert (await settings_of(house)).paused_together == {first.id, second.id}


async def test_the_nights_are_not_taken_back_when_a_zone_is_written_that_was_shown_before(house: House) -> None:
    olga, ivan = await hire(house), await hire(house, name="Ivan")
    await olga.write("/hotel zone=Asia/Tokyo")
    await ivan.write("/hotel quiet=23-7")
    await ivan.tap("Write")

    said = await olga.tap("Write")

    assert "Time zone: Asia/Tokyo" in said.text
    assert "Quiet hours: 23:00–07:00" in said.text


async def test_what_a_newer_release_has_set_is_passed_over_and_kept(house: House) -> None:
    """While releases take turns, both read and write the settings of a hotel."""
    async with house.database.unit(house.id) as uow:
        await uow.hotels.save_settings({"pillow_menu": ["down"], "staff_chat": None})
    admin = await hire(house)

    await admin.write("/hotel quiet=23-7")
    await admin.tap("Write")
    await admin.in_group("-1001").write("/staffchat")

    async with house.database.unit(house.id) as uow:
        stored = (await uow.hotels.get()).settings
    assert stored["pillow_menu"] == ["down"]
    assert (stored["quiet_from"], stored["staff_chat"]["address"]) == ("23:00:00", "-1001")
