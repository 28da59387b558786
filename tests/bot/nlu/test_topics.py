from __future__ import annotations

import pytest

from bot.nlu.likeness import group_alike
from bot.nlu.topics import asks, topics


@pytest.mark.parametrize(
    "text",
    [
        "Wie lautet das WLAN-Passwort?",
        "wi-fi'nin şifresi nedir",
        "Quel est le mot de passe du wifi ?",
        "какой пороль от вайфая",
        "WiFi密码是多少？",
        "contrasena del wifi",
    ],
)
def test_the_same_is_asked_when_it_is_put_in_another_language(text: str) -> None:
    assert topics(text) == {"wifi", "password"}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Frühstückszeiten?", "breakfast"),
        ("Hotelparkplatz", "park"),
        ("otoparkınız var mı", "park"),
        ("l'aéroport", "airport"),
        ("去机场", "airport"),
    ],
)
def test_a_word_is_known_when_it_is_part_of_a_longer_one(text: str, topic: str) -> None:
    assert topic in topics(text)


def test_water_is_not_late_when_words_are_short() -> None:
    assert "late" not in topics("warm water")


@pytest.mark.parametrize(
    "text", ["where can I print", "можно у вас погладить", "wo ist das", "var mı acaba", "有泳池吗", "playground?"]
)
def test_a_question_is_one_when_nobody_types_its_mark(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["two teas to room 21", "мы приехали", "Danke schön", "好的", ""])
def test_a_statement_is_no_question_when_it_asks_nothing(text: str) -> None:
    assert not asks(text)


def test_questions_are_together_when_they_ask_alike() -> None:
    texts = [
        "Where can I charge my electric car?",
        "Is there a playground?",
        "do you have charging for electric cars",
        "playgrounds for kids?",
        "Is there a lift?",
    ]
    assert group_alike(texts) == [[0, 2], [1, 3], [4]]
