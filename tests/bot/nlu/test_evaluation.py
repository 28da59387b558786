from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bot.errors import RejectedInput
from bot.nlu.evaluation import evaluate, read_rows
from tests.factories import NOW

TABLE = """lang\ttext\tlabel\tintent\ttags
en\tthe shower is broken\trequires_attention\tmaintenance\tpolite,short
en\tlovely hotel, we loved it\tpositive\tother\t
de\twann gibt es Frühstück\tneutral\tbreakfast\tshort
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "guests.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_report_tells_speed_languages_confusion_kinds_and_intents(file: Path) -> None:
    report = list(evaluate(file, NOW))
    lines = {line.split()[0]: line.split() for line in report if line}
    assert "3 texts" in report[0]
    assert "a second" in report[0]
    assert lines["all"][1:4] == ["3", "1.00", "1.00"]
    assert lines["de"][1] == "1"
    assert lines["requires_attention"][1:6] == ["0", "0", "0", "1", "1.00"]
    assert lines["short"] == ["short", "2", "1.00"]
    assert lines["breakfast"] == ["breakfast", "1.00", "1.00", "1.00"]


def test_yardsticks_stand_beside_when_a_file_is_measured(file: Path) -> None:
    heading, everything = [line for line in evaluate(file, NOW) if line.startswith(("Macro-F1", "all "))]
    assert "VADER" in heading
    vader, most_frequent = map(float, everything.split()[-2:])
    assert 0 < vader <= 1
    assert most_frequent == pytest.approx(1 / 6, abs=0.01)


def test_rows_are_read_when_the_file_is_gzipped_and_has_no_intents(tmp_path: Path) -> None:
    path = tmp_path / "dev.tsv.gz"
    path.write_bytes(gzip.compress(b"lang\ttext\tlabel\nen\tfine\tpositive\n"))
    (row,) = read_rows(path)
    assert (row.language, row.text, row.label, row.intent) == ("en", "fine", "positive", "")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "no column label, lang, text"),
        ("lang\ttext\n", "no column label"),
        ("lang\ttext\tlabel\n", "no texts"),
        ("lang\ttext\tlabel\nen\tfine\tgreat\n", "line 2: 'great' is no label"),
        ("lang\ttext\tlabel\nen\tfine\n", "line 2: fewer columns"),
    ],
)
def test_a_sentence_says_what_is_wrong_when_a_file_is_no_such_table(
    tmp_path: Path, content: str, complaint: str
) -> None:
    path = tmp_path / "wrong.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RejectedInput, match=complaint):
        read_rows(path)
