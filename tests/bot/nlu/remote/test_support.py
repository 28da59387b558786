from __future__ import annotations

import pytest

from bot.nlu.remote.support import is_supported

BREAKFAST = (
    "Breakfast is from 07:00 to 10:30 in the Aurora room, 1,500 ₽ or 15.00 €. "
    "Book by +49 30 901820 or spa@hotel.example, in A320B the password is Aurora15"
)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Завтрак с 7:00 до 10:30, 15 €.", "Breakfast is from 07:00 to 10:30, 15.00 €."),
        ("早餐7:00至10:30", "Breakfast is from 07:00 to 10:30."),
        ("Es gibt Frühstück.", "There is breakfast."),
        ("In A320B: Aurora15", "In A320B the password is Aurora15"),
    ],
)
def test_text_is_supported_when_it_says_what_stands_there(text: str, source: str) -> None:
    assert is_supported(text, source)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("25 рублей", "25 €"),
        ("Frühstück von 10 bis 7 Uhr", "Breakfast from 7 to 10"),
        ("Frühstück ab 7 Uhr", "Breakfast from 7 to 10"),
        ("bis 10 Uhr", "until 10 pm"),
        ("早餐从八点到十一点", "Breakfast from seven to ten"),
    ],
)
def test_text_is_not_supported_when_it_changes_something(text: str, source: str) -> None:
    assert not is_supported(text, source)


@pytest.mark.parametrize(
    "text",
    [
        "Breakfast is until 11.",
        "Breakfast is until 10:00.",
        "Breakfast is until 10:30 pm.",
        "It costs 1.5 ₽.",
        "It costs 7 €.",
        "Call +49 30 901821.",
        "Write to info@hotel.example.",
        "See https://hotel.example/breakfast",
        "See evil.example",
        "The password is sunny15.",
        "The room is A321B.",
        "Send it to [phone-3].",
        "Breakfast is served. " * 30,
    ],
)
def test_text_is_not_supported_when_it_adds_something(text: str) -> None:
    assert not is_supported(text, BREAKFAST)
