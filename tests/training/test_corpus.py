from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from bot.nlu.base import Intent, SentimentType
from bot.nlu.evaluation import read_rows
from training.corpus import HELD_OUT, OWN, own_messages, read_corpus

LANGUAGES = ["ru", "en", "de", "fr", "es", "zh", "tr"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_messages_of_every_label_and_intent_when_a_language_is_promised(language: str) -> None:
    own = [example for example in own_messages() if example.language == language]
    assert {example.label for example in own} == set(SentimentType)
    assert {example.intent for example in own} == set(Intent)


def test_what_staff_put_right_is_learned_like_our_own_messages_when_a_table_is_given(tmp_path: Path) -> None:
    for name, rows in (("guest_seed_train", ""), ("train", ""), ("lexicon", "")):
        (tmp_path / f"{name}.tsv.gz").write_bytes(gzip.compress(f"lang\ttext\n{rows}".encode()))
    table = tmp_path / "corrections.tsv"
    table.write_text("lang\ttext\tlabel\tintent\nen\tthe tap sings\trequires_attention\tmaintenance\n")
    learned = {(each.text, each.weight): each for each in read_corpus(tmp_path, [table])}
    example = learned["the tap sings", OWN]
    assert (example.label, example.intent) == (SentimentType.requires_attention, "maintenance")


def test_no_message_is_listed_twice_for_a_language() -> None:
    counts = Counter((example.language, example.text.casefold()) for example in own_messages())
    assert [key for key, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_and_intent_is_measured_when_a_language_is_promised(language: str) -> None:
    held_out = [row for row in read_rows(HELD_OUT) if row.language == language]
    assert {row.label for row in held_out} == {kind.value for kind in SentimentType}
    assert {row.intent for row in held_out} <= {intent.value for intent in Intent}
    assert len({row.intent for row in held_out}) >= len(Intent) - 2


def test_nothing_that_is_measured_with_is_learned() -> None:
    learned = {(example.language, example.text.casefold()) for example in own_messages()}
    assert [row.text for row in read_rows(HELD_OUT) if (row.language, row.text.casefold()) in learned] == []
