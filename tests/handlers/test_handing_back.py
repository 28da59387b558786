"""A guest who was left to a person is left to the bot again."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import OutgoingMessage, Platform
from tests.handlers.conversing import House, Person
from tests.handlers.test_staff import GROUP, hire, in_group

ANSWERED = "I answer this guest again."


@pytest.fixture
async def olga(house: House) -> Person:
    async with house.database.unit(house.id) as uow:
        chat = StaffChat(account_id=house.accounts[Platform.telegram], address=GROUP)
        await uow.hotels.save_settings(HotelSettings(staff_chat=chat).stored())
    return await hire(house, "Olga", 7001)


async def alert_of(house: House) -> UUID:
    async with house.database.unit(house.id) as uow:
        return (await uow.notifications.latest())[0].id


def labels(message: OutgoingMessage) -> list[str]:
    return [choice.label for choice in message.choices]


async def test_the_bot_answers_again_when_staff_are_done(house: House, olga: Person) -> None:
    guest = house.person()
    await guest.write("I want to talk to a person")
    assert (await guest.write("Hello")).replies == ()
    alert = await alert_of(house)
    taken = await olga.press(f"ack:{alert}", **in_group())
    assert labels(taken.replies[-1])[0] == "Done: let the bot answer"

    left = await olga.press(f"back:{alert}", **in_group())

    assert left.replies[0].text == ANSWERED
    assert "Done: let the bot answer" not in labels(left.replies[-1])
    assert (await guest.write("Hello")).replies


async def test_nothing_more_happens_when_two_say_that_it_is_done(house: House, olga: Person) -> None:
    guest, ivan = house.person(), await hire(house, "Ivan", 7002)
    await guest.write("I want to talk to a person")
    alert = await alert_of(house)
    assert ANSWERED in (await olga.press(f"back:{alert}", **in_group())).text
    assert "already" in (await ivan.press(f"back:{alert}", **in_group())).text
    async with house.database.unit(house.id) as uow:
        assert [line.action for line in await uow.audits.latest()].count("conversation.hand_back") == 1


async def test_there_is_nothing_to_hand_back_when_the_bot_never_made_way(house: House, olga: Person) -> None:
    await house.person().write("The breakfast was a bit disappointing")
    taken = await olga.press(f"ack:{await alert_of(house)}", **in_group())
    assert "Done: let the bot answer" not in labels(taken.replies[-1])


async def test_a_person_stays_when_a_stranger_presses(house: House, olga: Person) -> None:
    guest = house.person()
    await guest.write("I want to talk to a person")
    alert = await alert_of(house)
    assert "own team" in (await house.person().press(f"back:{alert}", **in_group())).text
    await guest.press(f"back:{alert}")
    assert (await guest.write("thank you")).replies == ()


async def test_another_hotels_guest_is_not_found_when_staff_name_their_alert(
    house: House, other_house: House
) -> None:
    guest, hans = house.person(), await hire(other_house, "Hans", 9001)
    await guest.write("I want to talk to a person")
    said = await hans.press(f"back:{await alert_of(house)}", **in_group())
    assert "can't find" in said.text
    assert (await guest.write("Hello")).replies == ()
