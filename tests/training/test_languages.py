"""The model of languages that the package ships, beside the one that it is made of."""

from __future__ import annotations

from typing import Any

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.nlu.byte_runs import languages_model
from bot.nlu.language import SEVERAL_LANGUAGES
from training.corpus import own_messages


@pytest.fixture(scope="module")
def original() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for several in SEVERAL_LANGUAGES.values() for language in several])
    return identifier


def test_languages_are_as_likely_as_py3langid_says_when_guests_write(original: Any) -> None:
    for text in [example.text for example in own_messages()][::20]:
        assert languages_model().probabilities(text) == pytest.approx(dict(original.rank(text)), abs=1e-5), text


@pytest.mark.parametrize(
    "text",
    ["", " ", "7", "ROOM 305 IS COLD", "Cafe\u0301", "\udce9t\udce9", "\x00\xff", "שלום, hello", "สวัสดี", "a" * 1000],
)
def test_languages_are_as_likely_as_py3langid_says_when_a_text_is_odd(original: Any, text: str) -> None:
    assert languages_model().probabilities(text) == pytest.approx(dict(original.rank(text)), abs=1e-5)
