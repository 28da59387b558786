from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Platform
from handlers.admin.answers import read_short_form, take
from handlers.admin.draft import Draft, Question
from handlers.admin.phrases import Unclear, parse_span
from handlers.admin.questions import preview
from handlers.admin.words import rejection_words
from models.enums import TriggerType
from tests.factories import NOW, make_hotel, make_staff_turn
from tests.handlers.admins import (
    Heard,
    Worker,
    add_trigger,
    audits_of,
    hire,
    planned_of,
    rewrite_context,
    triggers_of,
)
from tests.handlers.conversing import House
from triggers.rejections import Problem, RejectedTrigger

TEXT = "Welcome to {{ hotel.name }}, {{ guest.name }}!"


async def book_ahead(house: House, room_type: str = "suite") -> None:
    check_in = NOW + timedelta(days=1)
    await house.book("Anna", check_in=check_in, check_out=check_in + timedelta(days=2), room_type=room_type)


async def at_confirmation(admin: Worker) -> Heard:
    """Answer everything, up to the last question."""
    await admin.write("/trigger new")
    await admin.write("2h after checkin")
    await admin.tap("Everyone")
    await admin.write(TEXT)
    return await admin.write("welcome")


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_trigger_is_made_by_buttons_and_planned(house: House, platform: Platform) -> None:
    await book_ahead(house)
    admin = await hire(house, platform)
    assert "When shall the message go?" in (await admin.write("/trigger new")).text
    assert (await admin.tap("After check-in")).labels[:4] == ["At once", "30 minutes", "2 hours", "1 day, at 10:00"]
    assert "When: 2 hours after check-in" in (await admin.tap("2 hours")).text
    assert "suite" in (await admin.tap("room type")).labels
    assert "Conditions: room type: suite" in (await admin.tap("suite")).text
    assert "Write it as the guest should read it" in (await admin.tap("No more conditions")).text
    assert "Welcome to Hotel Adler, Anna Petrova!" in (await admin.write(TEXT)).text
    assert "“2 hours after check-in”" in (await admin.tap("2 hours after check-in")).text
    saved = await admin.tap("Save")
    assert "“2 hours after check-in” is saved and running.\nIn the plan: 1 added" in saved.text
    (trigger,) = await triggers_of(house)
    assert trigger.trigger_type is TriggerType.time_based
    assert trigger.conditions == {"hours_after_checkin": 2, "room_type": "suite"}
    assert trigger.message_template == TEXT
    assert await planned_of(house, trigger) == 1
    (audit,) = await audits_of(house)
    assert (audit.action, audit.metadata["new"]["name"]) == ("trigger.created", trigger.name)


async def test_a_trigger_is_made_in_russian_words(house: House) -> None:
    admin = await hire(house, language="ru")
    await admin.write("/trigger new")
    await admin.tap("До выезда")
    said = await admin.write("1 день в 18:00")
    assert "Когда: за 1 день до выезда, в 18:00" in said.text
    await admin.write("ночей>=3, язык=ru|en")
    await admin.tap("Больше нет условий")
    await admin.write("До завтра, {{ guest.name }}!")
    said = await admin.write("Напоминание о выезде")
    assert "ночей: не меньше 3" in said.text
    assert "язык гостя: ru, en" in said.text
    assert "сохранён и работает" in (await admin.tap("Сохранить")).text
    (trigger,) = await triggers_of(house)
    assert trigger.conditions == {
        "days_before_checkout": 1,
        "at": "18:00",
        "nights": {"gte": 3},
        "guest.language": ["ru", "en"],
    }


@pytest.mark.parametrize(
    ("button", "kind", "conditions"),
    [
        ("When a guest is unhappy", TriggerType.event_based, {"event": "negative_sentiment"}),
        ("When a stay changes", TriggerType.condition_based, {"booking_status": "confirmed"}),
    ],
)
async def test_a_trigger_waits_for_an_event_or_a_change(
    house: House, button: str, kind: TriggerType, conditions: dict[str, str]
) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    said = await admin.tap(button)
    if kind is TriggerType.condition_based:
        assert "“conditions” is empty" in (await admin.tap("Everyone")).text
        await admin.tap("booking")
        await admin.tap("confirmed")
        said = await admin.tap("No more conditions")
    else:
        assert "When: when a guest is unhappy" in said.text
        await admin.tap("Everyone")
    await admin.write("We are sorry!")
    await admin.write("sorry")
    await admin.tap("Save")
    (trigger,) = await triggers_of(house)
    assert (trigger.trigger_type, trigger.conditions) == (kind, conditions)


async def test_a_whole_phrase_and_json_are_understood_at_the_first_step(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    said = await admin.write('{"cron": "0 9 * * *", "room_type": "suite"}')
    assert "on schedule 0 9 * * *" in said.text
    assert "room type: suite" in said.text


async def test_several_values_are_joined_by_commas(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.write("at checkin")
    await admin.tap("guest's language")
    assert "guest's language: ru, de" in (await admin.write("ru, de")).text


async def test_bounds_of_one_field_stand_together_and_a_new_value_replaces_the_old(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.write("at checkin, nights>=3")
    assert "nights: at least 3; nights: at most 5" in (await admin.write("nights<=5")).text
    await admin.write("room_type=suite")
    assert "room type: junior" in (await admin.write("room_type=junior")).text


async def test_another_condition_can_be_chosen_instead_of_a_value(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.write("at checkin")
    await admin.tap("room type")
    assert "Who gets it?" in (await admin.tap("Another condition")).text


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("some day", "I can't read “some day” as a time."),
        (
            '{"hours_after_chekin": 2}',
            "I don't know “hours_after_chekin”. Did you mean “hours_after",
        ),
        ("{broken", "I can't read “{broken” as a time."),
        ('{"room_type": "a\\u0000"}', "I can't read “{"),
        ("[1]", "I can't read “[1]” as a time."),
        ("cron=0 25 * * *", "“cron” is not a time I can read."),
        ("2000 days after checkin", "The value of “days_after_checkin” is out of range. (must be from 0 to 730)"),
    ],
)
async def test_a_mistake_in_the_time_is_named_and_asked_again(house: House, answer: str, sentence: str) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    said = await admin.write(answer)
    assert sentence in said.text
    assert "When shall the message go?" in said.text


async def test_a_mistake_loses_nothing_of_what_was_answered(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.tap("After check-in")
    assert "I can't read “soon” as a length of time." in (await admin.write("soon")).text
    await admin.tap("2 hours")
    assert "Did you mean “room_type”?" in (await admin.write("room_typ=suite")).text
    assert "Did you mean “confirmed”?" in (await admin.write("status=confirmd")).text
    assert "as a condition" in (await admin.write("only nice people")).text
    await admin.tap("Everyone")
    said = await admin.write("Hi {{ gest.name }}")
    assert "There is a name in the text that I don't know. Did you mean “guest.name”?" in said.text
    said = await admin.write("Hi {{ guest.name")
    assert "curly brackets in “message text”. It goes like this: {{ guest.name }}\n" in said.text
    await admin.write(TEXT)
    assert "at most 100 characters" in (await admin.write("n" * 101)).text
    assert "When: 2 hours after check-in" in (await admin.write("welcome")).text


async def test_mistakes_are_named_in_russian(house: House) -> None:
    admin = await hire(house, language="ru")
    await admin.write("/trigger new")
    said = await admin.write("room_typ=suite")
    assert "Я не знаю имени «room_typ». Может быть, «room_type»?" in said.text
    assert "«nights»: здесь нужно целое число." in (await admin.write("ночей>=много")).text


async def test_a_name_that_is_taken_is_refused(house: House) -> None:
    await add_trigger(house, "Welcome")
    admin = await hire(house)
    said = await at_confirmation(admin)
    assert "There is a trigger called “welcome” already." in said.text
    await admin.write("welcome 2")
    assert "is saved" in (await admin.tap("Save")).text


async def test_a_suggested_name_is_one_that_no_trigger_has(house: House) -> None:
    await add_trigger(house, "2 Hours after check-in")
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.write("2h after checkin")
    await admin.tap("Everyone")
    assert (await admin.write("Hi!")).labels[0] == "2 hours after check-in 2"


async def test_a_name_taken_meanwhile_is_asked_for_again(house: House) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    await add_trigger(house, "welcome")
    said = await admin.press("new:save")
    assert "There is a trigger called “welcome” already." in said.text
    assert "What shall we call this trigger?" in said.text
    assert len(await triggers_of(house)) == 1


async def test_answers_are_changed_before_saving(house: House) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    await admin.tap("Change when")
    said = await admin.write("за 2 дня до заезда")
    assert "When: 2 days before check-in" in said.text
    await admin.tap("Change the text")
    assert "Good bye" in (await admin.write("Good bye")).text
    await admin.tap("Change conditions")
    await admin.write("nights>=2")
    await admin.tap("No more conditions")
    await admin.tap("Change the name")
    said = await admin.write("early")
    assert "“early”" in said.text
    await admin.tap("Save")
    (trigger,) = await triggers_of(house)
    assert trigger.conditions == {"days_before_checkin": 2, "nights": {"gte": 2}}
    assert (trigger.name, trigger.message_template) == ("early", "Good bye")


async def test_a_button_of_an_earlier_step_changes_that_answer(house: House) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    said = await admin.press("new:when:before_checkin")
    assert "Before check-in: how long?" in said.text
    assert "When: 3 days before check-in, at 10:00" in (await admin.tap("3 days")).text


async def test_the_dialogue_is_left_for_another_command_and_taken_up_again(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.tap("After check-in")
    await admin.write("/triggers")
    assert "2 hours after check-in" in (await admin.write("2h")).text
    await admin.write("/help")
    said = await admin.write("/trigger new")
    assert "You have one begun." in said.text
    assert "Who gets it?" in said.text


@pytest.mark.parametrize("cancel", ["/cancel", "Cancel"])
async def test_a_cancelled_draft_is_forgotten(house: House, cancel: str) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    assert (await admin.write(cancel)).text == "Forgotten. Nothing was saved."
    assert "Nothing is being made" in (await admin.press("new:save")).text
    assert "There is nothing to cancel." in (await admin.write("/cancel")).text
    assert await triggers_of(house) == []
    assert "begun" not in (await admin.write("/trigger new")).text


async def test_saving_twice_makes_one_trigger(house: House) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    await admin.press("new:save")
    assert "Nothing is being made at the moment." in (await admin.press("new:save")).text
    assert len(await triggers_of(house)) == 1


async def test_an_old_button_asks_what_is_missing_when_the_draft_is_not_ready(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    for value in ("new:save", "new:change:moon", "new:amount:2h", "new:name:", "new:nonsense", "new:confirm:x"):
        assert "When shall the message go?" in (await admin.press(value)).text
    assert "Who gets it" not in (await admin.press("new:value:suite")).text
    assert await triggers_of(house) == []


async def test_a_picture_is_no_answer(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    assert "When shall the message go?" in (await admin.write("")).text


async def test_one_line_makes_a_trigger(house: House) -> None:
    await book_ahead(house)
    admin = await hire(house)
    said = await admin.write(
        "/trigger new welcome: 2h after checkin, room_type=suite: Добро пожаловать, {{ guest.name }}!"
    )
    assert "“welcome” is saved and running.\nIn the plan: 1 added" in said.text
    (trigger,) = await triggers_of(house)
    assert trigger.conditions == {"hours_after_checkin": 2, "room_type": "suite"}
    assert trigger.message_template == "Добро пожаловать, {{ guest.name }}!"


@pytest.mark.parametrize(
    ("line", "conditions"),
    [
        ("a: за 1 день до выезда в 18:00: Hi: there", {"days_before_checkout": 1, "at": "18:00"}),
        ("a: ночей>=3, ночей<=5: Hi", {"nights": {"gte": 3, "lte": 5}}),
        ("a: event=negative_sentiment, room!=12: Hi", {"event": "negative_sentiment", "room_number": {"ne": "12"}}),
        ("a: тип!=suite|junior: Hi", {"room_type": {"not_in": ["suite", "junior"]}}),
        ("a: status=confirmed: Hi", {"booking_status": "confirmed"}),
        ('a: {"any": [{"nights": 1}, {"nights": 2}]}: Hi {{ guest.name }}', {"any": [{"nights": 1}, {"nights": 2}]}),
        ("a: 1 week before arrival, amount>=99.5: Hi", {"days_before_checkin": 7, "amount": {"gte": 99.5}}),
        ("a: event=no_reply_for, minutes=15: Hi", {"event": "no_reply_for", "minutes": 15}),
        ("a: event=external, name=spa_ready: Hi", {"event": "external", "name": "spa_ready"}),
    ],
)
async def test_one_line_understands(house: House, line: str, conditions: dict[str, object]) -> None:
    await (await hire(house)).write(f"/trigger new {line}")
    assert [trigger.conditions for trigger in await triggers_of(house)] == [conditions]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("welcome", "I can't read “welcome”. In one line it goes"),
        ("welcome: soon: Hi", "I can't read “soon”."),
        ("welcome: nights=many: Hi", "Not saved. “nights” must be a whole number."),
        ("welcome: nights>=many: Hi", "Not saved. “nights” must be a whole number."),
        ("welcome: amount>much: Hi", "Not saved. “amount” must be a number."),
        ("welcome: nights>=3, nights<2: Hi", "Not saved. “nights” contradicts another condition"),
        ("welcome: nights=3, nights=2: Hi", "contradicts another condition"),
        ("welcome: 2h after checkin: Hi {{ guest.nam }}", "Did you mean “guest.name”?"),
        ("Old: 2h after checkin: Hi", "There is a trigger called “Old” already."),
        (f"{'n' * 101}: 2h after checkin: Hi", "“name” is too long"),
    ],
)
async def test_one_line_with_a_mistake_saves_nothing(house: House, line: str, sentence: str) -> None:
    await add_trigger(house, "old")
    assert sentence in (await (await hire(house)).write(f"/trigger new {line}")).text
    assert len(await triggers_of(house)) == 1


async def test_another_hotels_room_types_and_names_are_not_known(house: House, other_house: House) -> None:
    await book_ahead(house, "secret suite")
    await add_trigger(house, "welcome")
    stranger = await hire(other_house)
    await stranger.write("/trigger new")
    await stranger.write("at checkin")
    assert "secret suite" not in (await stranger.tap("room type")).labels
    await stranger.write("/cancel")
    assert "is saved" in (await stranger.write("/trigger new welcome: 2h after checkin: Hi")).text
    assert len(await triggers_of(house)) == 1


@pytest.mark.parametrize(
    ("phrase", "conditions"),
    [
        ("2h after checkin", {"hours_after_checkin": 2}),
        ("90 min after check-out", {"minutes_after_checkout": 90}),
        ("3 days before arrival at 10:00", {"days_before_checkin": 3, "at": "10:00"}),
        ("an hour after booking", None),
        ("hour after booking", {"hours_after_booking": 1}),
        ("через 2 часа после заезда", {"hours_after_checkin": 2}),
        ("За 2 дня до заезда в 9:30", {"days_before_checkin": 2, "at": "9:30"}),
        ("через неделю после выезда", {"days_after_checkout": 7}),
        ("сразу после бронирования", {"minutes_after_booking": 0}),
        ("в момент заезда", {"minutes_after_checkin": 0}),
        ("at checkin 18:00", {"days_after_checkin": 0, "at": "18:00"}),
        ("2h checkin", None),
        ("2h", None),
        ("2h after lunch", None),
        ("", None),
    ],
)
def test_phrases_name_times(phrase: str, conditions: dict[str, object] | None) -> None:
    span = parse_span(phrase)
    assert (span.conditions(None, None) if span else None) == conditions


async def test_a_draft_that_a_newer_release_refuses_is_not_saved(house: House) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    refused = {"whether": {"nights": -1, "room_type": {"bigger": 1}}}
    await rewrite_context(house, admin, lambda context: context["draft"].update(refused))
    assert "room_type.bigger" in (await admin.press("new:save")).text
    assert await triggers_of(house) == []


async def test_a_draft_that_an_older_release_began_is_not_saved_with_what_it_never_asked(house: House) -> None:
    admin = await hire(house)
    await at_confirmation(admin)
    await rewrite_context(house, admin, lambda context: context["draft"].pop("limits"))
    await admin.press("new:save")
    assert await triggers_of(house) == []


def test_a_text_is_shown_as_it_is_when_the_hotels_name_makes_it_too_long() -> None:
    turn = make_staff_turn(hotel=make_hotel(name="H" * 200))
    text = "{{ hotel.name }} " * 200
    assert preview(turn, Draft(text=text)) == text


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_a_sentence_that_names_the_part(problem: Problem) -> None:
    error = RejectedTrigger("any[0].room_type", problem, "must be otherwise")
    for language in ("en", "ru"):
        said = rejection_words(replace(make_staff_turn(), language=language), error)
        assert "any[0].room_type" in said


KEYS = st.sampled_from(["nights", "cron", "any", "event", "at"])


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet='{}[]":,=<>!| 0123456789hdчд.\\u\ud7ffnights', max_size=60),
        st.dictionaries(KEYS, st.floats() | st.text()).map(json.dumps),
    ),
    st.sampled_from(Question),
)
def test_nothing_that_is_written_breaks_the_dialogue(answer: str, question: Question) -> None:
    draft = Draft(moment="after_checkin", asked_field="nights")
    with suppress(Unclear, RejectedTrigger):
        orjson.dumps(take(draft, question, answer).conditions)
    with suppress(Unclear, RejectedTrigger):
        orjson.dumps(read_short_form(f"name: {answer}: text").conditions)
