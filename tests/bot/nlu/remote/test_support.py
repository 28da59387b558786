from __future__ import annotations

import pytest

from bot.nlu.remote.support import is_supported

BREAKFAST = (
    "Breakfast is from 07:00 to 10:30 in the Aurora room, 1,500 ₽ or 15.00 €. "
    "Book by +49 30 901820 or spa@hotel.example, in A320B the password is Aurora15"
)


@pytest.mark.parametrize(
    "text",
    [
        "Завтрак с 7:00 до 10:30 в зале Aurora, 1,500 ₽ или 15 €.",
        "Frühstück von 7 bis 10:30. Anruf: +49 30 901820, oder spa@hotel.example.",
        "早餐7:00至10:30",
        "There is breakfast.",
        "In A320B: Aurora15",
    ],
)
def test_text_is_supported_when_it_says_what_stands_there(text: str) -> None:
    assert is_supported(text, BREAKFAST)


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
