from __future__ import annotations

from collections import Counter

import pytest

from bot.nlu.scores import Confusion

TABLE = Confusion(Counter({("good", "good"): 3, ("good", "bad"): 1, ("bad", "bad"): 2, ("bad", "none"): 2}))


def test_precision_and_recall_are_shares_of_what_was_judged_and_what_is_true() -> None:
    assert TABLE.precision("bad") == pytest.approx(2 / 3)
    assert TABLE.recall("bad") == pytest.approx(2 / 4)
    assert TABLE.f1("bad") == pytest.approx(4 / 7)


def test_every_true_class_counts_alike_when_the_mean_is_taken() -> None:
    assert TABLE.classes == ["bad", "good"]
    assert TABLE.macro_f1() == pytest.approx((4 / 7 + 6 / 7) / 2)


def test_nothing_is_right_when_a_class_was_never_found() -> None:
    table = Confusion.of([("good", "bad")])
    assert (table.precision("good"), table.recall("good"), table.f1("good")) == (0, 0, 0)
