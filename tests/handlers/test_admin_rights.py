"""Rights are asked anew at every message: a dialogue that was begun with them does not keep them."""

from __future__ import annotations

from sqlalchemy import update

from models import User
from models.enums import UserRole
from tests.handlers.admins import Worker, add_trigger, hire, triggers_of
from tests.handlers.conversing import House


async def change(admin: Worker, **values: object) -> None:
    async with admin.house.database.unit(admin.house.id) as uow:
        await uow.connection.execute(update(User).where(User.telegram_id == int(admin.sender.id)).values(**values))


async def begin_trigger(admin: Worker) -> None:
    await admin.write("/trigger new")
    await admin.write("2h after checkin")
    await admin.tap("Everyone")
    await admin.write("Welcome!")
    await admin.write("welcome")


async def test_nothing_is_saved_when_an_admin_is_demoted_in_the_middle_of_a_dialogue(house: House) -> None:
    admin = await hire(house)
    await begin_trigger(admin)
    await change(admin, role=UserRole.staff)
    await admin.tap("Save")
    await admin.write("hello")
    assert await triggers_of(house) == []


async def test_a_dismissed_admin_is_a_guest_when_they_press_what_is_still_on_their_screen(house: House) -> None:
    trigger = await add_trigger(house)
    admin = await hire(house)
    await begin_trigger(admin)
    await change(admin, is_active=False)
    for value in ("new:save", f"trg:surely:{trigger.number}", f"trg:pause:{trigger.number}", "trg:page:1"):
        said = await admin.press(value)
        assert said.route == "press.expired"
        assert trigger.name not in said.text
    assert (await admin.write(f"/trigger {trigger.number} pause")).route == "guest.command"
    assert await triggers_of(house) == [trigger]
