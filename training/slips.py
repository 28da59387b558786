"""Mistypes messages as fingers do, so that the model has seen it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.nlu.tokens import EACH_UNSPACED
from training.corpus import Example

SEED = 20
# Shorter words are read wrong when a letter is missing.
SHORTEST = 5
# A slip says the same again, a little less surely.
WORTH = 0.4


def mistyped(examples: Iterable[Example]) -> Iterator[Example]:
    """Yield a copy of each message that has a long word, with one letter of it left out, doubled or misplaced."""
    chance = random.Random(SEED)
    for example in examples:
        words = example.text.split(" ")
        if places := [at for at, word in enumerate(words) if _may_slip(word)]:
            at = chance.choice(places)
            words[at] = _slip(words[at], chance)
            yield replace(example, text=" ".join(words), weight=example.weight * WORTH)


def _may_slip(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and not EACH_UNSPACED.match(word)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return chance.choice((before + after, before + letter + letter + after, before + after[0] + letter + after[1:]))
