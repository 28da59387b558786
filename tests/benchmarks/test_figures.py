"""The arithmetic of measurements."""

from __future__ import annotations

import pytest

from benchmarks.figures import median, percentile, readable, reordered


def test_median_is_the_middle_value_when_the_number_is_odd() -> None:
    assert median([9, 1, 5]) == 5


def test_median_is_between_the_two_in_the_middle_when_the_number_is_even() -> None:
    assert median([1, 9, 5, 3]) == 4


@pytest.mark.parametrize(("share", "wanted"), [(0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1, 100)])
def test_percentile_is_the_nearest_rank_when_there_are_a_hundred_values(share: float, wanted: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == wanted


def test_percentile_is_a_measured_value_when_there_are_few() -> None:
    assert percentile([1, 1000], 0.99) == 1000
    assert percentile([7], 0.5) == 7


def test_percentile_refuses_when_nothing_was_measured() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(0, "0"), (0.0042, "0.004"), (0.137, "0.137"), (2.5, "2.50"), (31.44, "31.4"), (12_345.6, "12,346")],
)
def test_readable_keeps_three_digits_when_a_number_is_small(value: float, wanted: str) -> None:
    assert readable(value) == wanted


def test_nothing_is_reordered_when_each_key_keeps_its_order() -> None:
    assert reordered([(1, 0), (2, 5), (1, 1), (2, 6)]) == 0


def test_reordered_counts_those_that_came_after_a_later_one_when_a_key_lost_its_order() -> None:
    assert reordered([(1, 3), (1, 0), (1, 4), (2, 1)]) == 0.25
