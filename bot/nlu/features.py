"""Cuts a text into hashed pieces, by which the model weighs it: words and their parts, words side by side, signs.

Training and judging must cut alike: who changes anything here trains again (`make models`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from zlib import crc32

from bot.nlu.tokens import LONGEST_WORD

BUCKETS = 1 << 18
LAST_BUCKET = BUCKETS - 1
PART_LENGTHS = range(2, 6)
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
    """The buckets of a folded word, as often as it counts, and of its parts; edges tell where a part stands."""
    edged = f"<{word}>"
    parts = dict.fromkeys(edged[at : at + size] for size in PART_LENGTHS for at in range(len(edged) - size + 1))
    parts.pop(edged, None)
    return [bucket(edged)] * WORD + sorted(buckets(parts))


def pair_pieces(words: Sequence[str]) -> list[int]:
    """The bucket of every two words in reach of each other, in the order of `pair_places`."""
    return buckets(
        f"{first} {reach} {second}" for reach in REACHES for first, second in zip(words, words[reach:], strict=False)
    )


def pair_places(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of every two words in reach of each other."""
    return ((at, at + reach) for reach in REACHES for at in range(len(words) - reach))


def sign_piece(sign: str) -> int:
    """The bucket of what is known of the whole text, such as a rule that holds."""
    return bucket(f"  {sign}")


def buckets(pieces: Iterable[str]) -> list[int]:
    # Written out, for it is done a hundred times a message.
    return [crc32(piece.encode("utf-8", "replace")) & LAST_BUCKET for piece in pieces]


def bucket(piece: str) -> int:
    (found,) = buckets((piece,))
    return found
