"""Whole messages: everything that each names, and nothing else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.nlu.entities.finding import MOST_CHARACTERS, find_entities
from tests.bot.nlu.entities.said import FRIDAY, named

TOMORROW, THIRD = "date 2026-11-21", "date 2026-12-03"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "tomorrow at 7", [TOMORROW, "time 07:00"]),
        ("ru", "завтра в семь утра", [TOMORROW, "time 07:00"]),
        ("de", "übermorgen um halb acht", ["date 2026-11-22", "time 07:30"]),
        ("fr", "le 3 à 14h30", [THIRD, "time 14:30"]),
        ("es", "mañana a las siete y media de la tarde", [TOMORROW, "time 19:30"]),
        ("tr", "yarın saat 9'da", [TOMORROW, "time 09:00"]),
        ("zh", "明天早上七点", [TOMORROW, "time 07:00"]),
        (
            "en",
            "Table for two tonight at 7:30, we are in room 12B",
            ["count 2 people", "date 2026-11-20", "time 19:30", "room_number 12B"],
        ),
        (
            "ru",
            "с 3 по 5 декабря, 2 взрослых и 1 ребёнок, бронь BK-1001",
            [THIRD, "date 2026-12-05", "count 2 people", "count 1 children", "booking_number BK-1001"],
        ),
        ("de", "Zimmer 305: zwei Handtücher bitte", ["room_number 305", "count 2 towels"]),
        ("fr", "une table pour deux le 15 à 20h", ["count 2 people", "date 2026-12-15", "time 20:00"]),
        ("es", "habitación 305, dos toallas", ["room_number 305", "count 2 towels"]),
        ("tr", "iki kişilik masa, yarın akşam 8'de", ["count 2 people", TOMORROW, "time 20:00"]),
        ("zh", "今晚八点 305房 两条毛巾", ["date 2026-11-20", "time 20:00", "room_number 305", "count 2 towels"]),
        ("en", "2 rooms for 3 nights from 3/12", ["count 2 rooms", "count 3 nights", THIRD]),
        ("en", "please уберите room 118", ["room_number 118"]),
        ("zh", "房间305有点冷", ["room_number 305"]),
        ("zh", "房间305一直没有热水", ["room_number 305"]),
    ],
)
def test_a_message_names_all_that_the_hotel_acts_on(language: str, text: str, expected: list[str]) -> None:
    assert named(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is reception open 24/7?"),
        ("en", "it is 100% cotton"),
        ("en", "my iPhone 15 does not charge"),
        ("en", "we are on the 3rd floor"),
        ("en", "a 5 star hotel, 10/10"),
        ("en", "the wifi password is 20261203"),
        ("es", "Llámeme al 5512345678"),
        ("fr", "Rappelez-moi au 5145551234"),
        ("en", "WPA2 does not work, B2B, 4k"),
        ("en", "about 500 meters from here"),
        ("en", "high fever 40"),
        ("en", "call 911"),
        ("en", "cant connect, tried 3 devices"),
        ("en", "you may sit at one table once more"),
        ("en", "see https://example.com/2026-12-03/305"),
        ("ru", "доброе утро, подскажите номер телефона"),
        ("ru", "на 3 этаже шумно"),
        ("ru", "пароль: 12345678"),
        ("ru", "ждём уже 2 часа"),
        ("de", "Guten Morgen! Das Passwort lautet 3122026"),
        ("de", "im 3. Stock"),
        ("fr", "réception ouverte 24h/24 ?"),
        ("fr", "au 2 étage, 2h de retard"),
        ("es", "buenas noches, piso 3"),
        ("tr", "3. katta gürültü var"),
        ("zh", "快一点，我们在3楼"),
        ("zh", "密码是20261203"),
        ("de", "Hallo, hier spricht Tom"),
        ("es", "sin agua desde la mañana"),
        ("fr", "une heure à admirer le parking"),
        ("zh", "房间一股烟味，能不能小声一点"),
        ("en", "a massage for four, booked for 7"),
    ],
)
def test_numbers_that_mean_something_else_name_nothing(language: str, text: str) -> None:
    assert named(text, language) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("room for 2", ["count 2 people"]),
        ("room 2 at 2 for 2", ["room_number 2", "time 14:00", "count 2 people"]),
        ("2 rooms", ["count 2 rooms"]),
        ("305", ["room_number 305"]),
        ("Tom from 204", ["room_number 204"]),
        ("spa at 4 pm for two", ["time 16:00", "count 2 people"]),
        ("a table for eight", ["count 8 people"]),
        ("€1,200.50 for 3 nights", ["amount 1200.50 EUR", "count 3 nights"]),
        ("a room at 100 dollars", ["amount 100 USD"]),
        ("1 200 ₽", ["amount 1200 RUB"]),
        ("12 50 €", ["amount 50 EUR"]),
        ("1.200,50 € und 7,5 Euro", ["amount 1200.50 EUR", "amount 7.5 EUR"]),
        ("twenty euros", ["amount 20 EUR"]),
    ],
)
def test_a_number_is_what_stands_beside_it(text: str, expected: list[str]) -> None:
    assert named(text) == expected


def test_entities_stand_in_the_text_as_they_say() -> None:
    text = "Taxi at 7 pm tomorrow from room 305 🙂 for 4 people, +49 30 901820"
    found = find_entities(text, "en", FRIDAY)
    assert [text[each.start : each.start + len(each.text)] for each in found] == [each.text for each in found]
    assert [each.text for each in found] == ["at 7 pm", "tomorrow", "room 305", "4 people", "+49 30 901820"]


def test_another_language_is_understood_when_a_short_text_was_taken_for_the_wrong_one() -> None:
    assert named("tomorrow at 7 pm", "nl") == [TOMORROW, "time 19:00"]
    assert named("завтра в 10", "en") == [TOMORROW, "time 10:00"]
    assert named("übermorgen um 15 Uhr", "und") == ["date 2026-11-22", "time 15:00"]


def test_days_are_the_hotels_when_it_is_far_away() -> None:
    late = FRIDAY.astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert named("tomorrow", "en", late) == ["date 2026-11-22"]


def test_what_stands_behind_a_long_story_is_left_to_people() -> None:
    assert named("x " * MOST_CHARACTERS + "room 305") == []


PIECES = """
tomorrow at 7 7:30 половина 3 декабря le à 14h30 明天 七 十 两 点 半 saat 9'da room 305 № # € 1.200,50 +49 030 901820
booking BK-1001 password: a@b.example @ 2026-12-03 31.2. 29 february 24/7 in 99999999999999 hours ٣ ² １２ next Friday
через 20 минут ' : . , - / ( \ud83d 5512345678 au al 房间 有点 一直 一点 月 日
"""
FRAGMENTS = st.sampled_from(PIECES.split())


@settings(max_examples=300, deadline=None)
@example("ROOM#AA-000#0", "en", FRIDAY)
@given(
    st.one_of(st.text(), st.lists(FRAGMENTS).map(" ".join), st.lists(FRAGMENTS).map("".join)),
    st.sampled_from(["en", "ru", "de", "fr", "es", "tr", "zh", "und", None]),
    st.datetimes(timezones=st.sampled_from([ZoneInfo("Europe/Berlin"), ZoneInfo("America/Santiago")])),
)
def test_no_text_is_too_strange(text: str, language: str | None, now: datetime) -> None:
    found = find_entities(text, language, now)
    assert [each.text for each in found] == [text[each.start : each.start + len(each.text)] for each in found]
    ends = [each.start + len(each.text) for each in found]
    assert all(end <= after.start for end, after in zip(ends, found[1:], strict=False)), "none stands over another"
