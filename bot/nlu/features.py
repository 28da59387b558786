"""Cuts a text into hashed pieces, by which the model weighs it: words and their parts, words side by side, signs.

Training and judging must cut alike: who changes anything here trains again (`make models`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

from bot.nlu.tokens import LONGEST_WORD

BUCKETS = 1 << 18
LAST_BUCKET = BUCKETS - 1
LONGEST_PART = 5
# "not very good" and "don't really work" are heard over one word in between.
REACHES = (1, 2)
# A long message tells its matter early, and must not cost more than the rest of the work together.
MOST_WORDS = 400
# How much a piece counts, beside a part of a word. There are many parts, and each says little.
WORD, PAIR, SIGN = 3, 2, 6
ACCENTS = re.compile(r"[\u0300-\u036f]")
DIGIT = re.compile(r"\d")


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Take off what guests leave out or vary: accents, and which digit it is; nobody should learn a room number."""
    plain = word if word.isascii() else ACCENTS.sub("", unicodedata.normalize("NFKD", word))
    return DIGIT.sub("0", plain[:LONGEST_WORD])


def word_pieces(word: str) -> list[int]:
    """The buckets of a folded word, as often as it counts, and of its parts, which are of two letters at least; edges
    tell where a part stands."""
    letters = [letter.encode("utf-8", "replace") for letter in f"<{word}>"]
    parts: set[int] = set()
    for behind, first in enumerate(letters, 1):
        part = crc32(first)
        for letter in letters[behind : behind + LONGEST_PART - 1]:
            part = crc32(letter, part)
            parts.add(part)
    whole = crc32(b"".join(letters))
    parts.discard(whole)
    return [whole & LAST_BUCKET] * WORD + sorted([part & LAST_BUCKET for part in parts])


def pair_pieces(words: Sequence[str]) -> list[int]:
    """The bucket of every two words in reach of each other, in the order of `pair_places`."""
    halves = [_halves_of_pairs(word) for word in words]
    return [
        crc32(second, begun[at]) & LAST_BUCKET
        for at, reach in enumerate(REACHES)
        for (begun, _), (_, second) in zip(halves, halves[reach:], strict=False)
    ]


@lru_cache(maxsize=20_000)
def _halves_of_pairs(word: str) -> tuple[tuple[int, ...], bytes]:
    """What a word gives to a pair: the sums of those that it begins ("word reach "), by reach, and its bytes."""
    written = word.encode("utf-8", "replace")
    return tuple(crc32(b" %d " % reach, crc32(written)) for reach in REACHES), written


def pair_places(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of every two words in reach of each other."""
    return ((at, at + reach) for reach in REACHES for at in range(len(words) - reach))


def sign_piece(sign: str) -> int:
    """The bucket of what is known of the whole text, such as a rule that holds."""
    return crc32(f"  {sign}".encode()) & LAST_BUCKET
