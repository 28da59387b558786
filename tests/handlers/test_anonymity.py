"""What of a guest's words is taken out before others may read them."""

from __future__ import annotations

import pytest

from handlers.anonymity import anonymous, without_name
from tests.factories import NOW


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Annabel Stern", "Annabel here: is there a pool?", "… here: is there a pool?"),
        ("Annabel Stern", "annabel stern, is there a pool?", "… …, is there a pool?"),
        ("Анна Петрова", "Это Анны Петровой номер?", "Это … … номер?"),
        ("Anna Petrova", "Это Анна Петрова", "Это … …"),
        ("Jörg Müller", "Herr Muller, Jorgs Zimmer", "Herr …, … Zimmer"),
        ("Anna-Lena O'Brien", "Lena O'Brien again", "… O'… again"),
        ("王小明", "我是王小明，几点早餐？", "我是…，几点早餐？"),
        ("Li Bo", "It is Li Bo from room 5", "It is … … from room 5"),
        ("Will", "Hello, Will here", "Hello, … here"),
        ("أحمد", "أحمد يسأل", "… يسأل"),
    ],
)
def test_a_name_is_gone_however_it_is_written(name: str, text: str, left: str) -> None:
    assert without_name(text, name) == left


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Will May", "When will breakfast be served? May I come late? Will there be tea?"),
        ("Tim", "What time is it, times of the bus?"),
        ("Ann", "Is there an annual pass?"),
        ("Rob van der Berg", "der Pool, ein Problem; robe"),
        ("Al", "¿Hay acceso al spa?"),
        ("J. R.", "j r"),
        ("🌸", "🌸 pool?"),
        ("", "pool?"),
        (None, "pool?"),
    ],
)
def test_other_words_stay_when_a_guest_is_called_like_them(name: str | None, text: str) -> None:
    assert without_name(text, name) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Room 305 is cold, call +49 151 2345678", "Room 000 is cold, call +00 000 0000000"),
        ("write to Anna.P@mail.example please", "write to guest@example.com please"),
        ("My booking number is BK-10017", "My booking number is XX-00000"),
        ("12 34 56 78 is my mother's number", "00 00 00 00 is my mother's number"),
        ("see https://example.org/u/anna or @anna_p", "see •••••••••••••••••••••••••• or @guest"),
        ("my password is rose1234 ok?", "my password is •••••••• ok?"),
        ("Two towels\nat 7 pm,\tplease", "Two towels at 7 pm, please"),
        ("Anna here, it is cold", "X here, it is cold"),
    ],
)
def test_nobody_can_be_told_when_a_message_is_handed_on(text: str, left: str) -> None:
    assert anonymous(text, "Anna Petrova", "en", NOW) == left


def test_nothing_is_handed_on_unread_when_a_message_is_very_long() -> None:
    assert "2345678" not in anonymous("cold " * 500 + "+49 151 2345678", None, "en", NOW)
