"""The whole way from texts to a model file, on a handful of texts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.nlu.base import SentimentType
from bot.nlu.features import fold
from bot.nlu.model import Model
from bot.nlu.sentiment import read
from bot.nlu.signs import signs_of
from training.corpus import Example

pytest.importorskip("sklearn", reason="only `make models` installs it")

TEXTS = {
    ("blargh kaputtski", SentimentType.requires_attention, "maintenance"),
    ("blorgh kaputtsko", SentimentType.requires_attention, "maintenance"),
    ("zupi zupi", SentimentType.positive, "thanks"),
    ("zupo zupa", SentimentType.positive, "thanks"),
    ("wann geht das", SentimentType.neutral, "other"),
    ("wann kommt das", SentimentType.neutral, "other"),
}


def train(file: Path) -> None:
    from training.heads import fit, write
    from training.matrix import all_rows

    examples = [Example(text, "de", label, intent, 5.0, "own") for text, label, intent in sorted(TEXTS)]
    with ThreadPoolExecutor(1) as processes:
        rows = all_rows([example.text for example in examples], processes)
        write(fit(examples, rows, processes), file)


def test_model_judges_alike_when_a_text_resembles_what_it_learned(tmp_path: Path) -> None:
    train(tmp_path / "model.npz")
    model = Model.load(tmp_path / "model.npz")
    text = "blergh kaputtska"
    reading = read(text)
    weighed = model.weigh([fold(token.word) for token in reading.tokens], signs_of(text, reading))
    assert weighed.attention > 0.5
    assert max(weighed.intent, key=weighed.intent.__getitem__) == "maintenance"
    assert sum(weighed.sentiment.values()) == pytest.approx(1)


def test_files_are_the_same_bytes_when_the_same_is_learned_twice(tmp_path: Path) -> None:
    for name in ("first.npz", "second.npz"):
        train(tmp_path / name)
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()
