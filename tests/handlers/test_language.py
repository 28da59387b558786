from __future__ import annotations

import pytest

from handlers.language import language_of, learned_language
from tests.factories import analyser, make_guest, make_hotel

RUSSIAN = "Подскажите, пожалуйста, во сколько у вас завтрак?"
CHOSEN = {"language_chosen": True}


@pytest.mark.parametrize(
    ("text", "remembered", "chosen", "sender", "hotel", "expected"),
    [
        (RUSSIAN, "en", True, "en", "en", "en"),
        (RUSSIAN, "en", False, "en", "en", "ru"),
        ("wifi", "ru", False, "en", "en", "ru"),
        ("Late check out?", "de", False, "en", "en", "de"),
        ("thank you very much", "ru", False, "en", "en", "ru"),
        ("谢谢", "fr", False, "fr", "en", "fr"),
        ("Could you send somebody up, please?", "de", False, "de", "de", "en"),
        ("wifi", None, False, "ru", "en", "ru"),
        ("привет", None, False, None, "en", "ru"),
        ("👍", None, False, None, "ru", "ru"),
    ],
)
def test_language_is_the_surest_that_is_known_when_several_are(
    text: str, remembered: str | None, chosen: bool, sender: str | None, hotel: str, expected: str
) -> None:
    guest = make_guest(language=remembered, preferences=CHOSEN if chosen else {})
    analysis = analyser().analyse(text, remembered)
    assert language_of(guest, analysis, sender, make_hotel(default_language=hotel)) == expected


def test_language_is_the_senders_when_nobody_is_known() -> None:
    assert language_of(None, analyser().analyse(""), "ru", make_hotel()) == "ru"
    assert language_of(None, analyser().analyse(""), "zh-hans-raw", make_hotel()) == "zh-hans"


def test_language_is_learned_only_when_it_is_sure_and_none_was_chosen() -> None:
    sure, unsure = analyser().analyse(RUSSIAN), analyser().analyse("wifi")
    assert learned_language(make_guest(language="en"), sure) == "ru"
    assert learned_language(make_guest(language="en"), unsure) == "en"
    assert learned_language(make_guest(language="en", preferences=CHOSEN), sure) == "en"
