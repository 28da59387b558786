from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.messages import Platform
from bot.storage.repositories.guests import Identity
from bot.storage.repositories.stays import NewStay
from handlers.base import Outcome, Reply, Turn
from handlers.booking_texts import booking_numbers, surname_beside
from handlers.link_stay import MOST_FAILURES
from handlers.linking import LinkStay
from handlers.stay_links import link_payload, telegram_link, whatsapp_link
from models import GuestIdentity, Message
from models.enums import BookingStatus, ConsentPurpose, ConsentState, ConversationStatus, IdentityKind, MessageType
from tests.factories import NOW, make_turn
from tests.handlers.conversing import House, Person, Said


async def payload_for(house: House, stay_id: UUID) -> str:
    async with house.database.unit(house.id) as uow:
        payload = await link_payload(uow, stay_id)
    assert payload is not None
    return payload


async def give(person: Person, number: str, surname: str) -> Said:
    await person.press("menu:link")
    await person.write(number)
    return await person.write(surname)


async def alerts(house: House) -> list[str]:
    async with house.database.unit(house.id) as uow:
        return [each.notification_type.value for each in await uow.notifications.latest()]


async def test_guest_is_known_by_name_room_and_dates_when_they_follow_the_link_of_their_stay(house: House) -> None:
    stay = await house.book("Anna Petrova")
    person = house.person()
    said = await person.follow(await payload_for(house, stay.id))
    assert "Hello Anna, welcome to Hotel Adler" in said.text
    assert "room is 12" in said.text
    assert await person.guest_id() == stay.guest_id
    assert "Hello Anna" in (await person.write("hello")).text


async def test_link_greets_without_a_name_when_the_booking_has_none(house: House) -> None:
    stay = await house.book(None)
    said = await house.person().follow(await payload_for(house, stay.id))
    assert said.text.startswith("Hello, and welcome to Hotel Adler")


async def test_link_works_as_a_text_when_it_is_followed_in_whatsapp(house: House) -> None:
    stay = await house.book("Anna Petrova")
    person = house.person(Platform.whatsapp_green)
    assert "Hello Anna" in (await person.write(f" {await payload_for(house, stay.id)} ")).text
    assert await person.guest_id() == stay.guest_id


async def test_same_link_greets_again_when_it_is_followed_twice(house: House) -> None:
    stay = await house.book("Anna Petrova")
    person = house.person()
    payload = await payload_for(house, stay.id)
    await person.follow(payload)
    said = await person.follow(payload)
    assert "Hello Anna" in said.text
    assert said.outcome.effects == ()


async def test_link_is_the_same_and_fits_the_channels_when_it_is_made_twice(house: House) -> None:
    stay = await house.book("Anna Petrova")
    first, second = await payload_for(house, stay.id), await payload_for(house, stay.id)
    assert first == second
    assert len(first) <= 64
    assert telegram_link("@adler_bot", first) == f"https://t.me/adler_bot?start={first}"
    assert whatsapp_link("+4930123456", first) == f"https://wa.me/4930123456?text={first}"


async def test_no_link_is_made_when_the_stay_belongs_to_another_hotel(house: House, other_house: House) -> None:
    stay = await other_house.book("Anna Petrova")
    async with house.database.unit(house.id) as uow:
        assert await link_payload(uow, stay.id) is None


@pytest.mark.parametrize("broken", ["stay_", "stay_x", "stay_" + "A" * 44, "stay_привет"])
async def test_booking_number_is_asked_for_when_the_link_is_broken(house: House, broken: str) -> None:
    await house.book("Anna Petrova")
    said = await house.person().follow(broken)
    assert "This link no longer works" in said.text
    assert said.outcome.effects == ()


async def test_link_is_refused_when_its_token_is_guessed(house: House) -> None:
    stay = await house.book("Anna Petrova")
    payload = await payload_for(house, stay.id)
    forged = payload[:-1] + ("A" if payload[-1] != "A" else "B")
    person = house.person()
    assert "no longer works" in (await person.follow(forged)).text
    assert await person.guest_id() != stay.guest_id


async def test_link_is_refused_when_no_link_was_ever_made_for_the_stay(house: House) -> None:
    stay = await house.book("Anna Petrova")
    other = await house.book("Boris Ivanov", "BK-2")
    mine = await payload_for(house, stay.id)
    theirs = urlsafe_b64encode(other.id.bytes).decode().rstrip("=")
    forged = f"stay_{theirs}{mine[-22:]}"
    assert "no longer works" in (await house.person().follow(forged)).text


async def test_link_is_refused_when_the_stay_was_handed_on(house: House) -> None:
    stay = await house.book("Anna Petrova")
    payload = await payload_for(house, stay.id)
    other = await house.book("Boris Ivanov", "BK-2")
    async with house.database.unit(house.id) as uow:
        told = {name: getattr(stay, name) for name in NewStay.__slots__}
        await uow.stays.save(NewStay(**{**told, "room_number": "14"}))
    assert await payload_for(house, stay.id) == payload, "it is the same guest's still"
    async with house.database.unit(house.id) as uow:
        await uow.stays.save(NewStay(**{**told, "guest_id": other.guest_id}))
    anna = house.person()
    assert "no longer works" in (await anna.follow(payload)).text
    assert await anna.guest_id() != other.guest_id
    assert "Hello Boris" in (await house.person().follow(await payload_for(house, stay.id))).text


async def test_link_is_refused_when_it_is_another_hotels(house: House, other_house: House) -> None:
    stay = await other_house.book("Anna Petrova")
    person = house.person()
    assert "no longer works" in (await person.follow(await payload_for(other_house, stay.id))).text


@pytest.mark.parametrize(
    "over",
    [
        {"booking_status": BookingStatus.cancelled},
        {"booking_status": BookingStatus.checked_out},
        {"check_in": NOW - timedelta(days=9), "check_out": NOW - timedelta(days=2)},
    ],
)
async def test_link_is_refused_when_the_stay_is_over(house: House, over: dict[str, Any]) -> None:
    stay = await house.book("Anna Petrova", **over)
    assert "no longer works" in (await house.person().follow(await payload_for(house, stay.id))).text


async def test_stranger_is_just_welcomed_when_a_start_link_is_not_a_stays(house: House) -> None:
    assert (await house.person().follow("instagram")).route == "guest.start"


async def test_staff_are_not_alarmed_when_a_link_brings_an_ugly_word(house: House) -> None:
    await house.person().follow("nonsense")
    assert await alerts(house) == []


async def test_stay_is_found_when_number_and_surname_belong_together(house: House, other_house: House) -> None:
    stay = await house.book("Anna Petrova")
    await other_house.book("Anna Petrova")
    person = house.person()
    said = await give(person, "My number is bk-1001", "Петрова")
    assert said.text.startswith("Found it, Anna: room 12, 19 November 2026 to 23 November 2026.")
    assert await person.guest_id() == stay.guest_id
    assert "menu:link" not in [choice.value for reply in said.replies for choice in reply.choices]


async def test_dialogue_is_russian_when_the_guest_is(house: House) -> None:
    await house.book("Анна Петрова", room_number=None)
    person = house.person(language="ru")
    assert "номер бронирования" in (await person.press("menu:link")).text
    assert "фамилию" in (await person.write("BK-1001")).text
    assert "Всё получилось, Анна: с 19 ноября 2026" in (await person.write("Petrova")).text


async def test_identities_and_refusals_stay_with_the_person_when_they_are_merged(house: House) -> None:
    stay = await house.book("Anna Petrova", phone="+4915112345678")
    person = house.person()
    await person.write("STOP")
    await give(person, "BK-1001", "Petrova")
    async with house.database.unit(house.id) as uow:
        identities = await uow.guests.identities(stay.guest_id)
        consents = await uow.consents.current(stay.guest_id)
        guest = await uow.guests.get(stay.guest_id)
    assert {identity.kind for identity in identities} == {IdentityKind.phone, IdentityKind.telegram}
    assert consents[ConsentPurpose.service] is ConsentState.withdrawn
    assert guest.language == "en"


async def test_chosen_language_stays_when_the_guest_is_merged(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    await person.press("lang:ru")
    await give(person, "BK-1001", "Petrova")
    assert "Добро пожаловать" in (await person.write("hello")).text


async def test_answers_are_alike_when_the_number_or_the_surname_is_wrong(house: House) -> None:
    stay = await house.book("Anna Petrova")
    one, two = house.person(), house.person()
    await one.press("menu:link")
    await two.press("menu:link")
    assert (await one.write("BK-1001")).text == (await two.write("BK-9999")).text
    assert (await one.write("Ivanova")).text == (await two.write("Petrova")).text
    assert await one.guest_id() != stay.guest_id


async def test_nothing_is_found_when_the_booking_is_another_hotels(house: House, other_house: House) -> None:
    await other_house.book("Anna Petrova")
    assert "couldn't find" in (await give(house.person(), "BK-1001", "Petrova")).text


async def test_nothing_is_found_when_the_stay_is_over(house: House) -> None:
    await house.book("Anna Petrova", booking_status=BookingStatus.cancelled)
    assert "couldn't find" in (await give(house.person(), "BK-1001", "Petrova")).text


async def test_nothing_is_linked_when_two_guests_share_number_and_surname(house: House) -> None:
    await house.book("Anna Petrova")
    await house.book("Vera Petrova", source="manual")
    assert "couldn't find" in (await give(house.person(), "BK-1001", "Petrova")).text


@pytest.mark.parametrize(
    "text", ["BK-1001 Petrova", "Petrova, BK-1001", "my booking number is BK-1001, Anna Petrova", "Петрова № BK-1001"]
)
async def test_stay_is_found_at_once_when_number_and_surname_come_together(house: House, text: str) -> None:
    stay = await house.book("Anna Petrova")
    person = house.person()
    await person.press("menu:link")
    assert "Found it, Anna" in (await person.write(text)).text
    assert await person.guest_id() == stay.guest_id


async def test_stay_is_found_at_once_when_the_numbers_letters_stand_apart(house: House) -> None:
    await house.book("Anna Petrova", "BK 1001")
    person = house.person()
    await person.press("menu:link")
    assert "Found it, Anna" in (await person.write("BK 1001 Petrova")).text


@pytest.mark.parametrize("text", ["BK-1001 Ivanova", "BK-9999 Petrova"])
async def test_number_is_asked_for_again_when_number_and_surname_came_together_but_do_not_fit(
    house: House, text: str
) -> None:
    stay = await house.book("Anna Petrova")
    person = house.person()
    await person.press("menu:link")
    assert "couldn't find" in (await person.write(text)).text
    assert await person.guest_id() != stay.guest_id
    assert "Found it" in (await person.write("BK-1001 Petrova")).text


async def test_tries_are_counted_alike_when_number_and_surname_come_together(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    await person.press("menu:link")
    said = [await person.write("BK-1001 Ivanova") for _ in range(MOST_FAILURES)]
    assert "I've stopped looking" in said[-1].text
    await person.press("menu:link")
    assert "I've stopped looking" in (await person.write("BK-1001 Petrova")).text


async def test_surname_is_asked_for_again_when_another_number_comes_instead_of_it(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    await person.press("menu:link")
    await person.write("BK-9999")
    assert "surname" in (await person.write("BK-1001")).text
    assert "Found it, Anna" in (await person.write("Petrova")).text


@pytest.mark.parametrize("text", ["breakfast at 9", "is it 1204?", "room 1204 is filthy"])
async def test_dialogue_is_left_when_what_comes_for_a_surname_only_holds_a_number(house: House, text: str) -> None:
    person = house.person()
    await person.press("menu:link")
    await person.write("BK-1001")
    assert (await person.write(text)).route != "guest.booking"


async def test_search_stops_and_staff_are_told_once_when_five_tries_fail(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    said = [await give(person, "BK-1001", "Ivanova") for _ in range(MOST_FAILURES)]
    assert "I've stopped looking" in said[-1].text
    assert [alert.title_key for each in said for alert in each.outcome.alerts] == ["alert-title-link-tries"]
    await person.press("menu:link")
    refused = await person.write("BK-1001")
    assert "I've stopped looking" in refused.text
    assert refused.outcome.alerts == ()


async def test_tries_are_counted_on_when_a_stay_of_their_own_was_found_between_them(house: House) -> None:
    await house.book("Anna Petrova")
    await house.book("Boris Ivanov", "BK-2", room_number="99")
    person = house.person()
    for _ in range(MOST_FAILURES - 1):
        await give(person, "BK-2", "Petrov")
    assert "Found it, Anna" in (await give(person, "BK-1001", "Petrova")).text
    await person.follow("stay_broken")
    assert "I've stopped looking" in (await person.write("BK-2 Sidorov")).text
    await person.follow("stay_broken")
    assert "I've stopped looking" in (await person.write("BK-2 Ivanov")).text


@pytest.mark.parametrize(
    ("text", "answer"), [("the room is dirty", "sorry about this"), ("fire alarm", "112"), ("wifi", "adler-guest")]
)
async def test_guest_is_answered_when_something_else_comes_for_a_surname(
    house: House, text: str, answer: str
) -> None:
    person = house.person()
    said = await give(person, "BK-1001", text)
    assert answer in said.text
    assert "couldn't find" not in said.text
    assert said.outcome.alerts == (), "the step itself tells staff of a complaint"


async def test_guest_in_danger_is_answered_when_a_single_word_comes_for_a_booking_number(house: House) -> None:
    person = house.person()
    await person.press("menu:link")
    assert "112" in (await person.write("fire")).text


async def test_complaint_is_heard_when_it_is_taken_for_the_last_try_of_a_surname(house: House) -> None:
    person = house.person()
    for _ in range(MOST_FAILURES - 1):
        await give(person, "BK-1001", "Ivanova")
    assert "sorry about this" in (await give(person, "BK-1001", "the room is dirty")).text
    assert await alerts(house) == ["negative_sentiment"]
    await person.press("menu:link")
    assert "I've stopped looking" in (await person.write("BK-1001 Ivanova")).text


@pytest.mark.parametrize("name", ["John Burns", "Пётр Грязнов", "Hans Gross"])
async def test_nobody_is_alarmed_when_the_guests_surname_sounds_bad(house: House, name: str) -> None:
    await house.book(name)
    person = house.person()
    assert "12" in (await give(person, "BK-1001", name.split()[1])).text
    assert await alerts(house) == []


async def test_guest_may_try_again_when_an_hour_has_passed(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    for _ in range(MOST_FAILURES):
        await give(person, "BK-1001", "Ivanova")
    house.clock.move(timedelta(hours=1, seconds=1))
    assert "Found it" in (await give(person, "BK-1001", "Petrova")).text


async def test_dialogue_is_left_when_the_guest_asks_something_else(house: House) -> None:
    person = house.person()
    await person.press("menu:link")
    assert "adler-guest" in (await person.write("what is the wifi password?")).text
    await person.press("menu:link")
    await person.write("BK-1001")
    assert "called our team" in (await person.write("person")).text
    await person.press("menu:link")
    assert (await person.write("The room is filthy and nobody answers")).route == "guest.unhappy"


async def test_guest_hears_the_dates_when_the_stay_is_linked_already(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    await give(person, "BK-1001", "Petrova")
    said = await person.write("find my booking")
    assert "already linked to this chat: 19 November 2026" in said.text


async def test_contact_button_is_offered_only_where_the_channel_has_one(house: House) -> None:
    telegram = await house.person().press("menu:link")
    whatsapp = await house.person(Platform.whatsapp_green).press("menu:link")
    assert [reply.asks_contact for reply in telegram.replies][-1] == "Share my phone number"
    assert all(reply.asks_contact is None for reply in whatsapp.replies)
    assert "phone number" not in whatsapp.text


async def test_stay_is_found_when_the_guest_shares_the_phone_they_booked_with(house: House) -> None:
    stay = await house.book("Anna Petrova", phone="+4915112345678")
    person = house.person()
    await person.write("hello")
    said = await person.share_contact("+4915112345678")
    assert "Found it, Anna" in said.text
    assert await person.guest_id() == stay.guest_id


async def test_guest_is_recognised_without_a_stay_when_the_phone_has_none_open(house: House) -> None:
    stay = await house.book("Anna Petrova", phone="+4915112345678", booking_status=BookingStatus.cancelled)
    person = house.person()
    await person.write("hello")
    assert "couldn't find a stay under this phone" in (await person.share_contact("+4915112345678")).text
    assert await person.guest_id() == stay.guest_id


async def test_booking_number_is_asked_for_when_nobody_has_the_shared_phone(house: House, other_house: House) -> None:
    await other_house.book("Anna Petrova", phone="+4915112345678")
    assert "booking number instead" in (await house.person().share_contact("+4915112345678")).text


async def test_own_stay_is_said_when_a_guest_who_is_known_shares_their_phone(house: House) -> None:
    await house.book("Anna Petrova", phone="+4915112345678")
    person = house.person(Platform.whatsapp_green, phone="+4915112345678")
    assert "Found it, Anna" in (await person.share_contact("+4915112345678")).text


async def test_no_name_is_made_up_when_the_booking_under_the_phone_has_none(house: House) -> None:
    await house.book(None, phone="+4915112345678")
    person = house.person()
    await person.write("hello")
    assert (await person.share_contact("+4915112345678")).text.startswith("Found it: 19 November 2026")


async def test_language_that_the_bookings_guest_chose_stays_when_another_chat_is_merged(house: House) -> None:
    stay = await house.book("Anna Petrova", phone="+4915112345678")
    whatsapp = house.person(Platform.whatsapp_green, phone="+4915112345678")
    await whatsapp.press("lang:ru")
    telegram = house.person()
    await give(telegram, "BK-1001", "Petrova")
    assert await telegram.guest_id() == stay.guest_id
    assert "Здравствуйте" in (await telegram.write("hello")).text


async def test_nothing_is_linked_when_the_stay_is_cancelled_while_the_answer_is_thought_out(house: House) -> None:
    stay = await house.book("Anna Petrova", booking_status=BookingStatus.cancelled)
    turn = make_turn("Petrova")
    async with house.database.unit(house.id) as uow:
        replies = await LinkStay(stay.id, "booking number and surname").apply(uow, turn)
    assert "couldn't find" in replies[0].text


async def test_strangers_contact_is_refused_when_the_own_one_was_asked_for(house: House) -> None:
    stay = await house.book("Anna Petrova", phone="+4915112345678")
    person = house.person()
    await person.press("menu:link")
    assert "only use your own phone" in (await person.share_contact("+4915112345678", is_own=False)).text
    assert await person.guest_id() != stay.guest_id


async def test_contact_card_is_passed_to_staff_when_nobody_asked_for_one(house: House) -> None:
    said = await house.person(Platform.whatsapp_green).share_contact("+4915112345678", is_own=False)
    assert [alert.title_key for alert in said.outcome.alerts] == ["alert-title-media"]


async def test_guest_is_known_at_once_when_their_whatsapp_number_is_the_bookings(house: House) -> None:
    await house.book("Anna Petrova", phone="+4915112345678")
    person = house.person(Platform.whatsapp_green, phone="+4915112345678")
    assert "Hello Anna" in (await person.write("hello")).text


async def test_evidence_is_kept_when_guests_are_merged(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    first = await _guest_after(person, "hello")
    await give(person, "BK-1001", "Petrova")
    evidence = await _evidence(house, Identity(IdentityKind.telegram, person.sender.id))
    assert evidence["by"] == "booking number and surname"
    assert evidence["merged_from"] == first


class Meanwhile(Reply):
    """Answers nothing, and lets something happen between load and save."""

    def __init__(self, happens: Callable[[], Awaitable[object]]) -> None:
        self._happens = happens

    async def fetch(self, turn: Turn, loaded: None) -> None:
        await self._happens()

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome()


async def test_a_message_is_the_known_guests_when_another_chat_links_their_stay_meanwhile(house: House) -> None:
    stay = await house.book("Anna Petrova")
    person = house.person()
    await person.write("hello")
    first = await person.guest_id()

    async def link() -> None:
        async with house.database.unit(house.id) as uow:
            await uow.guests.merge(first, stay.guest_id, {"by": "another chat"})

    person.is_answered_by(Meanwhile(link))
    await person.write("Where is the pool?")

    async with house.database.unit(house.id) as uow:
        heard = select(Message.guest_id).where(Message.message_type == MessageType.incoming)
        assert set((await uow.connection.scalars(heard)).all()) == {stay.guest_id}


async def test_conversation_goes_on_when_the_guest_of_an_escalated_one_links_a_stay(house: House) -> None:
    await house.book("Anna Petrova")
    person = house.person()
    await person.write("person")
    said = await give(person, "BK-1001", "Petrova")
    assert "Found it" in said.text
    assert said.outcome.status in {None, ConversationStatus.escalated}


async def _guest_after(person: Person, text: str) -> str:
    await person.write(text)
    return str(await person.guest_id())


async def _evidence(house: House, identity: Identity) -> dict[str, object]:
    async with house.database.unit(house.id) as uow:
        statement = select(GuestIdentity.evidence).where(GuestIdentity.value == identity.value)
        found: dict[str, object] = (await uow.connection.execute(statement)).scalar_one()
    return found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("BK-1001", ["BK-1001"]),
        ("№ 1001", ["1001"]),
        ("My booking number is BK-1001.", ["My booking number is BK-1001", "BK-1001"]),
        ("BK 1001", ["BK 1001", "1001"]),
        ("RWXTQZ", ["RWXTQZ"]),
        ("ok", []),
        ("can I check in at 9 or at 10", []),
        ("a very long story without any number", []),
        ("1" * 200, []),
        ("", []),
    ],
)
def test_booking_number_is_picked_out_when_words_surround_it(text: str, numbers: list[str]) -> None:
    assert booking_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "surname"),
    [
        ("BK-1001 Smith", "Smith"),
        ("Smith, BK-1001", "Smith"),
        ("My booking number is BK-1001.", ""),
        ("Номер брони BK-1001, фамилия Петрова", "Петрова"),
        ("BK 1001", ""),
        ("BK 1001 van der Berg", "van der Berg"),
        ("BK-1001", ""),
        ("Smith", ""),
        ("BK-1001 BK-1002 Smith", ""),
        ("is BK-1001 Smith?", ""),
        ("BK-1001 a story that goes on beyond any surname", ""),
    ],
)
def test_surname_is_picked_out_when_it_stands_beside_the_number(text: str, surname: str) -> None:
    assert surname_beside(text) == surname
