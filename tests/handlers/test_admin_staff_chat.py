from __future__ import annotations

from bot.hotel_settings import HotelSettings
from bot.messages import Platform
from models.enums import UserRole
from tests.handlers.admins import audits_of, hire
from tests.handlers.conversing import House


async def settings_of(house: House) -> HotelSettings:
    async with house.database.unit(house.id) as uow:
        return HotelSettings.model_validate((await uow.hotels.get()).settings)


async def test_alerts_go_to_the_group_and_topic_where_an_admin_asks(house: House, other_house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.hotels.save_settings({"emergency_number": "110"})
    group = (await hire(house)).in_group("-1001")
    said = await group.write("/staffchat@bellhop_bot", thread_id="5")
    assert said.text == "Done: alerts come here from now on."
    assert said.replies[0].thread_id == "5"
    settings = await settings_of(house)
    assert settings.staff_chat is not None
    assert settings.staff_chat.account_id == house.accounts[Platform.telegram]
    assert (settings.staff_chat.address, settings.staff_chat.thread_id) == ("-1001", "5")
    assert settings.emergency_number == "110"
    assert (await settings_of(other_house)).staff_chat is None


async def test_moving_the_staff_chat_is_audited_with_old_and_new(house: House) -> None:
    admin = await hire(house)
    await admin.in_group("-1001").write("/staffchat")
    await admin.in_group("-1002").write("/staffchat")
    assert (await admin.in_group("-1002").write("/staffchat")).text == "Alerts come here already."
    newest, oldest = await audits_of(house)
    assert oldest.metadata["old"] is None
    assert newest.metadata["old"]["address"] == "-1001"
    assert newest.metadata["new"]["address"] == "-1002"


async def test_a_chat_that_is_no_telegram_group_is_refused(house: House) -> None:
    assert "in the group where alerts should come" in (await (await hire(house)).write("/staffchat")).text
    whatsapp = await hire(house, Platform.whatsapp_green, language="ru")
    assert "Добавьте меня в неё" in (await whatsapp.in_group("123@g.us").write("/staffchat")).text
    assert (await settings_of(house)).staff_chat is None


async def test_staff_cannot_move_the_staff_chat(house: House) -> None:
    waiter = await hire(house, role=UserRole.staff)
    said = await waiter.in_group().write("/staffchat")
    assert said.text.startswith("Only the hotel's admins can do this.")
    assert (await settings_of(house)).staff_chat is None


async def test_another_hotels_admin_is_a_stranger_in_the_group(house: House, other_house: House) -> None:
    stranger = await hire(other_house)
    stranger.house = house
    said = await stranger.in_group().write("/staffchat")
    assert said.replies == ()
    assert (await settings_of(house)).staff_chat is None


async def test_somebody_who_writes_in_the_groups_name_is_told_that_nobody_sees_who_it_is(house: House) -> None:
    anonymous = house.person(id="-1001")
    said = await anonymous.write("/staffchat@bellhop_bot", is_group=True, thread_id="5")
    assert [(reply.text.partition(".")[0], reply.thread_id) for reply in said.replies] == [
        ("I can't see who writes in the name of the group", "5")
    ]
    assert (await anonymous.write("see you at nine", is_group=True)).replies == ()
    assert (await settings_of(house)).staff_chat is None


async def test_nothing_is_said_when_a_command_in_a_group_names_another_bot(house: House) -> None:
    admin = await hire(house)
    for command in ("/staffchat", "/poll"):
        assert (await admin.in_group().write(command, addressee="poll_bot")).replies == ()
    assert (await settings_of(house)).staff_chat is None
    async with house.database.unit(house.id) as uow:
        account = await uow.accounts.get(house.accounts[Platform.telegram])
    assert account is not None
    own = account.address.removeprefix("@").upper()
    assert "come here" in (await admin.in_group().write("/staffchat", addressee=own)).text
    assert "no automatic messages" in (await admin.write("/triggers", addressee="name_of_before_bot")).text
