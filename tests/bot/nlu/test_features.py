from __future__ import annotations

from bot.nlu.features import BUCKETS, PAIR, fold, pair_pieces, pair_places, word_pieces


def test_words_are_the_same_when_only_accents_or_digits_differ() -> None:
    assert fold("déjà") == fold("deja")
    assert fold("room305") == fold("room118")


def test_words_share_pieces_when_they_share_letters() -> None:
    assert set(word_pieces("kaputt")) & set(word_pieces("kaput"))
    assert not set(word_pieces("kaputt")) & set(word_pieces("день"))


def test_pieces_lie_in_the_table_when_the_word_is_strange() -> None:
    assert all(0 <= piece < BUCKETS for piece in word_pieces("\ud800"))


def test_order_matters_when_words_stand_side_by_side() -> None:
    there = set(pair_pieces(["not", "good"]))
    back = set(pair_pieces(["good", "not"]))
    assert PAIR > 0
    assert not there & back


def test_a_word_in_between_is_leapt_over_when_two_belong_together() -> None:
    assert list(pair_places(["not", "very", "good"])) == [(0, 1), (1, 2), (0, 2)]
