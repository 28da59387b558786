from __future__ import annotations

from bot.nlu.terms import Hit, Terms
from bot.nlu.tokens import tokenise

TERMS = Terms({"noise": ["noisy", "шум*", "too loud"], "gone": ["=missing", "elevator"]})


def hits(text: str) -> list[Hit]:
    return TERMS.find(tokenise(text))


def test_a_word_is_found_by_its_stem() -> None:
    assert hits("two elevators") == [Hit("gone", 1, 2)]


def test_an_exact_word_is_found_only_as_it_is_written() -> None:
    assert hits("missing") == [Hit("gone", 0, 1)]
    assert hits("we will miss you") == []


def test_a_prefix_finds_what_begins_so() -> None:
    assert hits("шумят шумно") == [Hit("noise", 0, 1), Hit("noise", 1, 2)]


def test_a_phrase_is_found_only_when_whole() -> None:
    assert hits("it is TOO, loud") == [Hit("noise", 2, 4)]
    assert hits("too") == []
    assert hits("loud too") == []


def test_one_slip_in_a_long_word_is_forgiven() -> None:
    assert hits("elevattor") == [Hit("gone", 0, 1)]
    assert hits("elevtaor") == [Hit("gone", 0, 1)]
    assert hits("alevator") == []
    assert hits("noixy") == []


def test_slips_are_forgiven_only_so_often_when_a_text_is_junk() -> None:
    junk = " ".join(f"qwerty{number}" for number in range(100))
    assert hits(f"{junk} elevattor") == []
    assert hits(f"{junk} elevator") == [Hit("gone", 100, 101)]


def test_a_term_is_found_inside_a_sentence_when_a_language_has_no_spaces() -> None:
    terms = Terms({"fire": ["着火"]})
    assert terms.find(tokenise("厨房着火了")) == [Hit("fire", 2, 4)]
    assert terms.find(tokenise("火车")) == []
