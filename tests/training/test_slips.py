from __future__ import annotations

from bot.nlu.base import SentimentType
from training.corpus import Example
from training.slips import mistyped


def example(text: str) -> Example:
    return Example(text, "en", SentimentType.neutral, "other", 1.0, "own")


def test_one_long_word_is_mistyped_and_counts_less_when_a_message_has_one() -> None:
    (copy,) = mistyped([example("is the restaurant open")])
    changed = [
        new for old, new in zip(["is", "the", "restaurant", "open"], copy.text.split(), strict=True) if old != new
    ]
    assert len(changed) <= 1
    assert copy.weight < 1


def test_no_copy_is_made_when_every_word_is_short_or_without_spaces() -> None:
    assert list(mistyped([example("ok yes no"), example("请问早餐几点开始")])) == []


def test_slips_repeat_when_the_same_is_mistyped_again() -> None:
    texts = [example(f"breakfast number {number}") for number in range(20)]
    assert list(mistyped(texts)) == list(mistyped(texts))
