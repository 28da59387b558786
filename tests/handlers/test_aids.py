"""Staff understand a guest by a button: a translation, a summary; and are told when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import OutgoingMessage, Platform, outgoing_from_json
from tests.handlers.conversing import House, Person, Said
from tests.handlers.test_advice import alerts
from tests.handlers.test_staff import GROUP, hire, in_group, let_send
from tests.model_server import ModelServer, answer_plainly

WORDS = "In meinem Zimmer ist kein warmes Wasser! Rufen Sie mich an: +49 30 901820"
ENGLISH = "There is no hot water in my room! Call me: [phone-1]"


@pytest.fixture
async def house(advised_house: House) -> House:
    async with advised_house.database.unit(advised_house.id) as uow:
        chat = StaffChat(account_id=advised_house.accounts[Platform.telegram], address=GROUP)
        await uow.hotels.save_settings(HotelSettings(staff_chat=chat).stored())
    return advised_house


@pytest.fixture
async def olga(house: House) -> Person:
    return await hire(house, "Olga", 7001)


async def alert_message(house: House) -> OutgoingMessage:
    """Return the only alert as it leaves for the staff chat."""
    (alert,) = await alerts(house)
    async with house.database.unit(house.id) as uow:
        (record,) = await uow.outbox.of_notification(alert.id)
    return outgoing_from_json(record.content)


async def press(house: House, olga: Person, label: str) -> Said:
    (choice,) = [one for one in (await alert_message(house)).choices if one.label == label]
    return await olga.press(choice.value, **in_group())


async def test_the_guests_words_are_translated_when_staff_press(
    house: House, olga: Person, server: ModelServer
) -> None:
    await house.person().write(WORDS)
    assert server.asked == [], "the alert did not wait"
    server.answer = {"text": ENGLISH}
    said = await press(house, olga, "Translate")
    done, told = said.replies
    assert (done.answers_press, done.text) == ("p1", "")
    assert told.text.endswith("Translated by a machine:\nThere is no hot water in my room! Call me: +49 30 901820")
    assert told.text.startswith("🔴 Needs attention · Ann"), "among several alerts it is clear which one"
    assert told.thread_id == "5"
    (given,) = server.given
    assert given["into"] == "en"
    assert "901820" not in given["message"]


async def test_a_conversation_is_summed_up_in_order_when_staff_press(
    house: House, olga: Person, server: ModelServer
) -> None:
    def count(given: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"text": " / ".join(f"{line['who']} {line['text'][:9]}" for line in given["conversation"])}

    guest = house.person()
    await guest.write("What is the wifi password?")
    await guest.write(WORDS)
    await house.person(name="Bob").write("Hello")
    server.answer = count
    said = await press(house, olga, "Sum up")
    assert (
        "look into the chat before you rely on it:\nguest What is t / hotel The passw / guest In meinem" in said.text
    )
    assert "Hello" not in str(server.given), "of this conversation only"


@pytest.mark.parametrize("label", ["Translate", "Sum up"])
async def test_staff_are_told_when_the_model_does_not_answer(
    house: House, olga: Person, server: ModelServer, label: str
) -> None:
    await house.person().write(WORDS)
    server.program(answer_plainly(b"", 503))
    said = await press(house, olga, label)
    (note,) = said.replies
    assert "no answer just now" in note.text
    assert note.answers_press == "p1"


async def test_the_buttons_stay_when_somebody_took_the_alert(house: House, olga: Person) -> None:
    await house.person().write(WORDS)
    await let_send(house, {})
    said = await press(house, olga, "I'm on it")
    assert [choice.label for choice in said.replies[-1].choices][-2:] == ["Translate", "Sum up"]


async def test_only_the_hotels_people_are_served_when_somebody_else_presses(
    house: House, olga: Person, server: ModelServer
) -> None:
    await house.person().write(WORDS)
    (alert,) = await alerts(house)
    stranger = house.person(name="Mallory")
    said = await stranger.press(f"translate:{alert.id}", **in_group())
    assert "Only the hotel's own team" in said.text
    said = await stranger.press(f"sum:{alert.id}")
    assert server.asked == []


async def test_another_hotels_alert_stays_hidden_when_staff_name_it(
    house: House, other_house: House, olga: Person, server: ModelServer
) -> None:
    await other_house.person().write(WORDS)
    (alert,) = await alerts(other_house)
    said = await olga.press(f"translate:{alert.id}", **in_group())
    assert "can't find this alert" in said.text
    assert server.asked == []


async def test_no_aid_is_offered_when_there_is_no_larger_model(other_house: House) -> None:
    async with other_house.database.unit(other_house.id) as uow:
        chat = StaffChat(account_id=other_house.accounts[Platform.telegram], address=GROUP)
        await uow.hotels.save_settings(HotelSettings(staff_chat=chat).stored())
    await other_house.person().write(WORDS)
    labels = [choice.label for choice in (await alert_message(other_house)).choices]
    assert labels[0] == "I'm on it"
    assert not {"Translate", "Sum up"} & set(labels)
