from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from bot.errors import RejectedInput
from bot.nlu.base import Intent, SentimentType
from bot.nlu.evaluation import read_rows
from training.corpus import HELD_OUT, OWN, UNSEEN, UNSEEN_LATE, own_messages, read_corpus

LANGUAGES = ["ru", "en", "de", "fr", "es", "zh", "tr"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_messages_of_every_label_and_intent_when_a_language_is_promised(language: str) -> None:
    own = [example for example in own_messages() if example.language == language]
    assert {example.label for example in own} == set(SentimentType)
    assert {example.intent for example in own} == set(Intent)


@pytest.fixture
def no_public_data(tmp_path: Path) -> Path:
    """The public data's files, with no rows in them."""
    for name in ("guest_seed_train", "train", "lexicon"):
        (tmp_path / f"{name}.tsv.gz").write_bytes(gzip.compress(b"lang\ttext\n"))
    return tmp_path


def table(folder: Path, *rows: str) -> Path:
    """Write a table of corrections."""
    file = folder / "corrections.tsv"
    file.write_text("\n".join(("lang\ttext\tlabel\tintent", *rows)))
    return file


def test_what_staff_put_right_is_learned_like_our_own_messages_when_a_table_is_given(no_public_data: Path) -> None:
    corrections = table(
        no_public_data, "en\tthe tap sings\trequires_attention\tmaintenance", "en\tthe tap hums\tneutral\t"
    )
    learned = {(each.text, each.weight): each for each in read_corpus(no_public_data, [corrections])}
    example = learned["the tap sings", OWN]
    assert (example.label, example.intent) == (SentimentType.requires_attention, "maintenance")
    assert learned["the tap hums", OWN].intent == "", "it says nothing about intents"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("en\tthe tap sings\tangry\tmaintenance", "line 2: 'angry' is no label"),
        ("en\tthe tap sings\tneutral\tmaintainance", "'maintainance' is no intent"),
        ("en\tthe tap sings", "line 2: fewer columns"),
    ],
)
def test_nothing_is_learned_when_a_table_has_a_mistake(no_public_data: Path, row: str, wrong: str) -> None:
    with pytest.raises(RejectedInput, match=wrong):
        read_corpus(no_public_data, [table(no_public_data, row)])


def test_a_template_teaches_no_intent_when_it_calls_all_praise_other(tmp_path: Path) -> None:
    head = "lang\ttext\tlabel\tsource\tintent\n"
    praise, question = (
        "en\tgreat dinner\tpositive\tseed_templates\tother",
        "en\twifi code\tneutral\tseed_templates\twifi",
    )
    rows = {
        "guest_seed_train": f"{praise}\n{question}\n",
        "train": "en\tcan you play chess\tneutral\tclinc150\tother\n",
        "lexicon": "",
    }
    for name, lines in rows.items():
        (tmp_path / f"{name}.tsv.gz").write_bytes(gzip.compress(f"{head}{lines}".encode()))
    intents = {each.text: each.intent for each in read_corpus(tmp_path)}
    assert (intents["great dinner"], intents["wifi code"], intents["can you play chess"]) == ("", "wifi", "other")


def test_no_message_is_listed_twice_for_a_language() -> None:
    counts = Counter((example.language, example.text.casefold()) for example in own_messages())
    assert [key for key, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_and_intent_is_measured_when_a_language_is_promised(language: str) -> None:
    held_out = [row for row in read_rows(HELD_OUT) if row.language == language]
    assert {row.label for row in read_rows(UNSEEN) if row.language == language} == {row.label for row in held_out}
    assert {row.label for row in held_out} == {kind.value for kind in SentimentType}
    assert {row.intent for row in held_out} <= {intent.value for intent in Intent}
    assert len({row.intent for row in held_out}) >= len(Intent) - 2


@pytest.mark.parametrize("measured", [HELD_OUT, UNSEEN, UNSEEN_LATE], ids=["held out", "unseen", "unseen late"])
def test_nothing_that_is_measured_with_is_learned(measured: Path) -> None:
    learned = {(example.language, example.text.casefold()) for example in own_messages()}
    assert [row.text for row in read_rows(measured) if (row.language, row.text.casefold()) in learned] == []
