"""How well the hotel's answers are found, on the half of the questions that nothing was chosen by."""

from __future__ import annotations

import pytest

from bot.nlu.knowledge import KnowledgeIndex
from training.answering import NOTHING, Figures, halves, items, measure

LANGUAGES = ("de", "en", "es", "fr", "ru", "tr", "zh")


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(KnowledgeIndex(items()), halves()[1])


def test_hardly_any_answer_is_wrong_when_guests_ask_in_seven_languages(figures: Figures) -> None:
    assert figures.precision >= 0.95


def test_most_guests_get_the_answer_or_are_offered_it_when_there_is_one(figures: Figures) -> None:
    assert figures.right / figures.answerable >= 0.6
    assert (figures.right + figures.offered) / figures.answerable >= 0.8


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_halves_ask_for_what_is_and_what_is_not_written_down_when_split_by_language(language: str) -> None:
    for half in halves():
        asked = [question.item for question in half if question.language == language]
        assert NOTHING in asked
        assert len(set(asked)) > 5
