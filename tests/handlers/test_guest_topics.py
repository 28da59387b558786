"""What guests ask for, over the real table of routes and a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.messages import Attachment, AttachmentKind, IncomingKind, Location, Platform
from bot.storage.repositories.knowledge import KnowledgeRecord
from handlers.base import Outcome
from handlers.information import ListInformation
from models import Message
from models.enums import ConsentPurpose, ConsentState, ConversationStatus, MessageRole, NotificationType, Severity
from tests.factories import make_knowledge, make_turn
from tests.handlers.conversing import House, Person, Said


def titles(outcome: Outcome) -> list[str]:
    return [alert.title_key for alert in outcome.alerts]


async def consents_of(person: Person) -> dict[ConsentPurpose, ConsentState]:
    guest_id = await person.guest_id()
    async with person.house.database.unit(person.house.id) as uow:
        return await uow.consents.current(guest_id)


async def send_media(person: Person, caption: str = "", kind: IncomingKind = IncomingKind.media) -> Said:
    photo = Attachment(AttachmentKind.image, "f1")
    return await person.write(caption, kind=kind, attachments=(photo,))


async def share_place(person: Person) -> Said:
    return await person.write("", kind=IncomingKind.location, location=Location(52.5, 13.4))


@pytest.mark.parametrize("platform", list(Platform))
async def test_guest_gets_the_hotels_own_answer_when_they_ask_in_their_words(
    house: House, other_house: House, platform: Platform
) -> None:
    said = await house.person(platform).write("Hi! what's the password of the wi-fi please?")
    assert said.text.startswith("The password is adler-guest.")
    assert "baer" not in said.text


async def test_answer_is_russian_when_the_question_is(house: House) -> None:
    said = await house.person(Platform.whatsapp_green, language=None).write("Здравствуйте, какой пароль от wifi?")
    assert said.text.startswith("Пароль: adler-guest.")


async def test_answer_is_the_hotels_language_when_there_is_none_in_the_guests(house: House) -> None:
    said = await house.person(language="de").write("wifi password")
    assert "adler-guest" in said.text


async def test_answer_is_the_only_one_there_is_when_neither_language_has_one(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("sauna", {}, {"fi": "Kellarissa."})
    assert "Kellarissa." in (await house.person().write("sauna")).text


async def test_everything_written_down_is_offered_when_the_guest_presses_information(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("late_check_out", {}, {"en": "Until two."})
    person = house.person()
    said = await person.press("menu:information")
    assert [choice.label for choice in said.replies[-1].choices] == [
        "Late check out",
        "What is the wifi password?",
        "Back to the menu",
    ]
    assert all(len(choice.value.encode()) <= 64 for choice in said.replies[-1].choices)
    assert "Until two." in (await person.press(said.replies[-1].choices[0].value)).text


async def test_a_number_is_a_choice_when_the_channel_has_no_buttons(house: House) -> None:
    person = house.person(Platform.whatsapp_green)
    await person.write("menu")
    await person.write("1")
    assert "adler-guest" in (await person.write("1")).text


@pytest.mark.parametrize(
    "number", ["1.", "\u0661", "1\ufe0f\u20e3", "\uff11", "\u200f1", "WI-FI and\u200b information"]
)
async def test_a_number_is_a_choice_however_the_guests_keyboard_writes_it(house: House, number: str) -> None:
    person = house.person(Platform.whatsapp_green)
    await person.write("menu")
    assert (await person.write(number)).route == "press.information"


async def test_an_answer_is_chosen_by_its_words_when_they_end_in_a_bracket(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("spa", {"en": ["Where is it? (spa)"]}, {"en": "Under the roof."})
    person = house.person(Platform.whatsapp_green)
    await person.write("menu")
    await person.write("1")
    assert "Under the roof." in (await person.write("Where is it? (spa)")).text


@pytest.mark.parametrize("number", ["7", "99", "0", " 5. "])
async def test_the_list_is_shown_again_when_its_numbers_do_not_go_so_far(house: House, number: str) -> None:
    person = house.person(Platform.whatsapp_green)
    listed = (await person.write("menu")).replies[-1].choices
    said = await person.write(number)
    assert f"from 1 to {len(listed)}" in said.text
    assert (said.replies[-1].choices, titles(said.outcome)) == (listed, [])
    assert (await person.write("1")).route == "press.information"


async def test_staff_see_a_number_when_they_may_have_asked_for_it(house: House) -> None:
    person = house.person(Platform.whatsapp_green)
    await person.write("menu")
    await person.write("I want to talk to a person please")
    assert titles((await person.write("7")).outcome) == ["alert-title-more"]


async def test_a_number_is_a_booking_when_one_was_asked_for(house: House) -> None:
    person = house.person(Platform.whatsapp_green)
    await person.write("menu")
    await person.press("menu:link", press_id=None)
    assert (await person.write("99")).route == "guest.booking"


@pytest.mark.parametrize("knowledge", [(), (make_knowledge(answers={}),), (make_knowledge(answers={"en": ""}),)])
def test_a_person_is_offered_when_nothing_is_written_down(knowledge: tuple[KnowledgeRecord, ...]) -> None:
    reply = ListInformation().think(make_turn(knowledge=knowledge), None).replies[0]
    assert "just write your question" in reply.text.lower()
    assert [choice.value for choice in reply.choices] == ["menu:person"]


async def test_a_person_is_asked_when_the_hotel_left_the_answer_empty(house: House) -> None:
    async with house.database.unit(house.id) as uow:
        await uow.knowledge.save("wifi_password", {"en": ["What is the wifi password?"]}, {"en": ""})
    assert (await house.person().write("What is the wifi password?")).route == "guest.unanswered"


@pytest.mark.parametrize("value", ["menu:gone", "info:nothing", "lang:xx", "ack:1", "0", ""])
async def test_menu_comes_back_when_the_pressed_button_leads_nowhere(house: House, value: str) -> None:
    said = await house.person().press(value)
    assert "from an earlier message" in said.text
    assert said.replies[-1].choices[0].value == "menu:information"


async def test_spinner_stops_when_a_guest_presses_a_button(house: House) -> None:
    said = await house.person().press("menu")
    assert said.replies[0].answers_press == "p1"
    assert said.replies[0].text == ""
    assert said.replies[1].text == "What can I do for you?"


async def test_nothing_is_answered_at_the_button_when_the_channel_has_no_spinner(house: House) -> None:
    said = await house.person(Platform.whatsapp_green).press("menu", press_id=None)
    assert [reply.answers_press for reply in said.replies] == [None]


@pytest.mark.parametrize("text", ["I want to talk to a person please", "Позовите администратора"])
async def test_staff_are_called_and_the_bot_keeps_quiet_when_a_guest_wants_a_person(house: House, text: str) -> None:
    person = house.person(language="ru" if text.startswith("П") else "en")
    said = await person.write(text)
    assert said.replies
    assert titles(said.outcome) == ["alert-title-person"]
    assert said.outcome.alerts[0].type is NotificationType.urgent_request
    quiet = await person.write("the blue suitcase belongs to my aunt")
    assert quiet.replies == ()
    assert titles(quiet.outcome) == ["alert-title-more"]
    hello = await person.write("hello")
    assert hello.replies == ()
    assert titles(hello.outcome) == ["alert-title-more"]


@pytest.mark.parametrize(
    "text", ["thanks", "спасибо", "ok", "Ok, thank you!", "bye", "До свидания", "Спасибо, до свидания!"]
)
async def test_nobody_is_troubled_when_a_guest_who_waits_for_a_person_is_polite(house: House, text: str) -> None:
    person = house.person()
    await person.write("person")
    said = await person.write(text)
    assert (said.replies, said.outcome.alerts) == ((), ())


@pytest.mark.parametrize(
    ("text", "answer"),
    [("thanks", "very welcome"), ("ok", "if you need anything"), ("bye", "Goodbye"), ("до свидания", "До свидания")],
)
async def test_guest_is_answered_in_kind_and_staff_hear_nothing_when_they_are_polite(
    house: House, text: str, answer: str
) -> None:
    person = house.person(language="ru" if text.startswith("д") else "en")
    said = await person.write(text)
    assert answer in said.text
    assert said.outcome.alerts == ()


@pytest.mark.parametrize("text", ["3", "talk to a person"])
async def test_alert_quotes_the_label_when_a_choice_is_made_by_its_number(house: House, text: str) -> None:
    person = house.person(Platform.whatsapp_green)
    menu = await person.write("menu")
    label = next(choice.label for choice in menu.replies[-1].choices if choice.value == "menu:person")
    await person.write(text)
    async with house.database.unit(house.id) as uow:
        (alert,) = await uow.notifications.latest()
    assert alert.content == label


@pytest.mark.parametrize("way", ["menu", "/start"])
async def test_bot_answers_again_when_the_guest_goes_back_to_it(house: House, way: str) -> None:
    person = house.person()
    await person.write("person")
    said = await (person.press(way) if way == "menu" else person.write(way))
    assert said.outcome.status is ConversationStatus.active
    assert (await person.write("thanks")).text == "You're very welcome!"


async def test_guest_hears_that_staff_know_when_nothing_fits(house: House) -> None:
    said = await house.person().write("the blue suitcase belongs to my aunt")
    assert "didn't quite understand" in said.text
    assert said.outcome.alerts[0].severity is Severity.info


async def test_sorry_is_said_once_in_ten_minutes_when_a_guest_complains_on_and_on(house: House) -> None:
    person = house.person()
    first = await person.write("The room is filthy and nobody answers")
    second = await person.write("It is disgusting and dirty!!!")
    house.clock.move(timedelta(minutes=10))
    third = await person.write("Still filthy. Terrible.")
    assert "I've told our team right away" in first.text
    assert first.outcome.status is ConversationStatus.escalated
    assert second.replies == ()
    assert "I'm sorry" in third.text


async def test_bot_stays_in_charge_when_a_guest_is_only_disappointed(house: House) -> None:
    said = await house.person().write("The breakfast was boring and disappointing")
    assert "sorry to hear that" in said.text
    assert said.outcome.status is None


async def test_emergency_number_is_named_each_time_when_somebody_may_be_in_danger(house: House) -> None:
    person = house.person()
    for _ in range(2):
        said = await person.write("There is a fire in the corridor!")
        assert "call 112" in said.text


async def test_emergency_number_is_not_named_when_something_is_merely_lost(house: House) -> None:
    said = await house.person().write("I lost my wallet")
    assert said.route == "guest.unhappy"
    assert "112" not in said.text


async def test_one_alert_with_room_guest_and_words_is_raised_when_a_guest_complains(house: House) -> None:
    await house.book("Anna Petrova", phone="+4915112345678")
    await house.person(Platform.whatsapp_green, phone="+4915112345678").write("The room is filthy")
    async with house.database.unit(house.id) as uow:
        (alert,) = await uow.notifications.latest()
    assert alert.severity is Severity.critical
    assert alert.title == "🔴 Needs attention · room 12 · Anna Petrova"
    assert alert.content.startswith("The room is filthy")
    assert alert.content.endswith("Answer by hand: wa.me/4915112345678")


async def test_alert_names_the_other_room_when_the_guest_complains_about_one(house: House) -> None:
    await house.book("Anna Petrova", phone="+4915112345678")
    person = house.person(Platform.whatsapp_green, phone="+4915112345678")
    for text in ("The room is filthy, room 12", "Loud music and shouting in room 14b"):
        await person.write(text)
    async with house.database.unit(house.id) as uow:
        own, other = sorted(await uow.notifications.latest(), key=lambda alert: "14b" in alert.content)
    assert "Names another room: 14B" in other.content.splitlines()
    assert "another room" not in own.content


async def test_what_a_message_names_is_kept_with_it_in_the_hotels_zone(house: House) -> None:
    person = house.person()
    await person.write("a taxi from room 12 tomorrow at 7 am, call me: 030 9018 2012")
    async with house.database.unit(house.id) as uow:
        kept = (
            await uow.connection.execute(select(Message.entities).where(Message.role == MessageRole.guest))
        ).scalar_one()
    assert {kind: [each["value"] for each in several] for kind, several in kept.items()} == {
        "room_number": ["12"],
        "date": ["2026-11-21"],
        "time": ["07:00"],
        "phone": ["+493090182012"],
    }


async def test_alert_quotes_only_the_beginning_when_a_guest_writes_without_end(house: House) -> None:
    await house.person().write("The room is filthy. " + "Really. " * 10_000)
    async with house.database.unit(house.id) as uow:
        (alert,) = await uow.notifications.latest()
    assert alert.content.startswith("The room is filthy. Really.")
    assert len(alert.content) < 4000


async def test_alert_says_what_came_when_there_are_no_words(house: House) -> None:
    await send_media(house.person())
    async with house.database.unit(house.id) as uow:
        (alert,) = await uow.notifications.latest()
    assert alert.content.splitlines()[0] == "(a picture)"


@pytest.mark.parametrize(("text", "language"), [("STOP", "en"), ("стоп", "ru"), ("Не пишите мне больше!", "ru")])
async def test_nothing_automatic_is_allowed_any_more_when_a_guest_opts_out(
    house: House, text: str, language: str
) -> None:
    person = house.person(language=language)
    said = await person.write(text)
    assert ("START" if language == "en" else "СТАРТ") in said.text
    assert await consents_of(person) == dict.fromkeys(ConsentPurpose, ConsentState.withdrawn)


async def test_consent_is_back_when_the_guest_opts_in_again(house: House) -> None:
    person = house.person()
    await person.write("stop")
    house.clock.move(timedelta(seconds=5))
    assert "Welcome back!" in (await person.write("START")).text
    assert await consents_of(person) == dict.fromkeys(ConsentPurpose, ConsentState.granted)


async def test_start_is_a_hello_when_the_guest_never_opted_out(house: House) -> None:
    person = house.person()
    assert "welcome to Hotel Adler" in (await person.write("start")).text
    assert await consents_of(person) == {}


async def test_opt_out_stands_when_the_bot_is_merely_opened_again(house: House) -> None:
    person = house.person()
    await person.write("stop")
    await person.write("/start")
    assert await consents_of(person) == dict.fromkeys(ConsentPurpose, ConsentState.withdrawn)


async def test_opt_out_is_heard_when_a_message_is_changed_into_it(house: House) -> None:
    assert (await house.person().write("stop", is_edit=True)).route == "guest.opt_out"


async def test_bot_speaks_the_chosen_language_when_the_guest_writes_another(house: House) -> None:
    person = house.person()
    asked = await person.press("menu:language")
    assert [choice.label for choice in asked.replies[-1].choices] == ["English", "Русский"]
    assert "Хорошо, пишу по-русски." in (await person.press("lang:ru")).text
    assert "Пароль" in (await person.write("could you please tell me what the wifi password is?")).text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (IncomingKind.media, "I've received it"),
        (IncomingKind.location, "your location"),
        (IncomingKind.unsupported, "describe it in words"),
    ],
)
async def test_staff_see_it_when_a_guest_sends_what_the_bot_cannot_read(
    house: House, kind: IncomingKind, words: str
) -> None:
    person = house.person()
    said = await person.write("", kind=kind, location=Location(52.5, 13.4))
    assert words in said.text
    assert titles(said.outcome) == ["alert-title-media"]
    await person.write("person")
    quiet = await person.write("", kind=kind)
    assert quiet.replies == ()
    assert titles(quiet.outcome) == ["alert-title-media"]


async def test_guest_is_thanked_once_and_staff_see_each_when_several_pictures_come_together(house: House) -> None:
    person = house.person()
    first, second, place = await send_media(person), await send_media(person), await share_place(person)
    assert ["received it" in said.text for said in (first, second)] == [True, False]
    assert "your location" in place.text
    assert {tuple(titles(said.outcome)) for said in (first, second, place)} == {("alert-title-media",)}
    house.clock.move(timedelta(minutes=1))
    assert "received it" in (await send_media(person)).text


async def test_guest_hears_a_sorry_when_the_picture_has_an_unhappy_caption(house: House) -> None:
    assert "sorry" in (await send_media(house.person(), "The bathroom is filthy")).text


async def test_nothing_is_answered_when_a_guest_reacts(house: House) -> None:
    said = await house.person().write("👍", kind=IncomingKind.reaction)
    assert said.replies == ()
    assert said.outcome.alerts == ()


async def test_staff_see_changed_words_and_nothing_is_answered_when_a_guest_edits(house: House) -> None:
    said = await house.person().write("a taxi at eight", is_edit=True)
    assert said.replies == ()
    assert titles(said.outcome) == ["alert-title-edited"]


async def test_staff_are_not_flooded_when_a_place_moves(house: House) -> None:
    said = await house.person().write("", kind=IncomingKind.location, is_edit=True)
    assert said.replies == ()
    assert said.outcome.alerts == ()


async def test_menu_is_shown_when_a_guest_tries_a_command(house: House) -> None:
    assert (await house.person().write("/wake")).text == "What can I do for you?"


async def test_nobody_is_answered_when_strangers_talk_in_a_group(house: House) -> None:
    person = house.person()
    for text in ("hello", "what is the wifi password?", "/start", "STOP", "The room is filthy"):
        said = await person.write(text, is_group=True)
        assert said.route is None


@pytest.mark.parametrize("text", ["👍", "❤️"])
async def test_staff_are_left_in_peace_when_the_guest_sends_a_kind_emoji_alone(house: House, text: str) -> None:
    said = await house.person().write(text)
    assert said.text
    assert not titles(said.outcome)


@pytest.mark.parametrize("text", ["?", "🚗"])
async def test_staff_see_it_when_a_wordless_message_may_ask_for_something(house: House, text: str) -> None:
    said = await house.person().write(text)
    assert titles(said.outcome) == ["alert-title-unanswered"]


async def test_staff_are_not_alarmed_when_a_guest_only_asks_the_bot_for_its_help(house: House) -> None:
    await house.person().write("/help")
    async with house.database.unit(house.id) as uow:
        assert not await uow.notifications.latest()


async def test_staff_are_alarmed_when_words_of_a_complaint_follow_a_command(house: House) -> None:
    await house.person().write("/help the room is on fire")
    async with house.database.unit(house.id) as uow:
        (alert,) = await uow.notifications.latest()
    assert "on fire" in alert.content


async def test_a_guest_is_answered_in_their_language_until_they_surely_write_another(house: House) -> None:
    person = house.person(Platform.whatsapp_green, language=None)
    answer = {"en": "The password is adler-guest.", "ru": "Пароль: adler-guest."}
    for text, language in [
        ("Здравствуйте, какой пароль от wifi?", "ru"),
        ("wifi", "ru"),
        ("wifi password please", "ru"),
        ("could you please tell me what the wifi password is?", "en"),
        ("пароль", "en"),
    ]:
        said = await person.write(text)
        assert said.text.startswith(answer[language]), text
