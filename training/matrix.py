"""Turns texts into rows of pieces, cut just as `bot.nlu` cuts a guest's message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bot.nlu.features import BUCKETS, MOST_WORDS, PAIR, SIGN, fold, pair_pieces, sign_piece, word_pieces
from bot.nlu.sentiment import read
from bot.nlu.signs import signs_of

AT_ONCE = 5_000


def all_rows(texts: Sequence[str], processes: Executor) -> csr_matrix:
    """Return the rows of all texts, in order, cut by several processes."""
    return vstack(list(processes.map(rows_of, batched(texts, AT_ONCE))), format="csr")


def batched(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (texts[start : start + size] for start in range(0, len(texts), size))


def rows_of(texts: Iterable[str]) -> csr_matrix:
    """Return a row a text: how often each piece counts, over the root of all counts."""
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for text in texts:
        counts = pieces_of(text)
        length = max(counts.total(), 1) ** 0.5
        columns += counts
        values += [count / length for count in counts.values()]
        starts.append(len(columns))
    shape = (len(starts) - 1, BUCKETS)
    return csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), np.array(starts)), shape=shape)


def pieces_of(text: str) -> Counter[int]:
    reading = read(text)
    words = [fold(token.word) for token in reading.tokens[:MOST_WORDS]]
    counts = Counter(piece for word in words for piece in _word_pieces(word))
    for piece in pair_pieces(words):
        counts[piece] += PAIR
    for sign in signs_of(text, reading):
        counts[sign_piece(sign)] += SIGN
    return counts


_word_pieces = lru_cache(maxsize=200_000)(word_pieces)
