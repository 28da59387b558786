"""YAML and JSON: what an editor may write, and what a hostile one may not."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from triggers.exchange.markup import MOST_BYTES, Block, read_values, to_json, to_yaml
from triggers.rejections import Problem, RejectedTrigger

LAUGHS = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=40)
SCALARS = st.one_of(TEXT, st.integers(-(2**53), 2**53), st.booleans(), st.none())
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_values_come_back_as_they_were_when_they_are_written_as_yaml_or_json(values: dict[str, object]) -> None:
    assert read_values(to_yaml({"all": values}).encode()) == {"all": values}
    assert read_values(to_json({"all": values}).encode()) == {"all": values}


@given(st.lists(TEXT, max_size=3))
def test_texts_come_back_as_they_were_when_they_are_written_as_blocks(texts: list[str]) -> None:
    written = to_yaml({"triggers": [{"text": Block(text)} for text in texts]})
    assert read_values(written.encode()) == {"triggers": [{"text": text} for text in texts]}


def test_what_comes_twice_is_written_twice_when_it_is_the_same_object() -> None:
    tags = ["vip"]
    assert read_values(to_yaml({"a": tags, "b": tags}).encode()) == {"a": tags, "b": tags}


def test_a_text_is_written_line_by_line_when_it_has_several() -> None:
    assert "text: |-\n      {{ guest.name }}, hi 🛎\n      there" in to_yaml(
        {"triggers": [{"text": Block("{{ guest.name }}, hi 🛎\nthere")}]}
    )


@pytest.mark.parametrize(
    "word", ["on", "no", "yes", "10:00", "22:30", "2026-12-31", "010", "1_000", "~", "null", "1e5"]
)
def test_words_stay_text_when_readers_of_an_older_yaml_would_take_them_for_something_else(word: str) -> None:
    written = to_yaml({word: word})
    assert read_values(written.encode()) == {word: word}
    assert yaml.safe_load(written) == {word: word}


def test_times_and_truths_of_an_older_yaml_are_text_when_an_editor_writes_them_plainly() -> None:
    written = "on: 2026-12-31T18:00\nat: 10:00\nlanguages: [no, ru]\nsmall: 010\n"
    expected = {"on": "2026-12-31T18:00", "at": "10:00", "languages": ["no", "ru"], "small": "010"}
    assert read_values(written.encode()) == expected


HOSTILE = [
    pytest.param(LAUGHS, "anchors", id="a billion laughs"),
    pytest.param("a: &a [*a]", "anchors", id="a list in itself"),
    pytest.param("a: !!python/object/apply:os.system [id]", "tags", id="code"),
    pytest.param("a: !!timestamp 2026-01-01", "tags", id="a date"),
    pytest.param("a: !include /etc/passwd", "tags", id="an include"),
    pytest.param("[" * 5000, "nest", id="deep lists"),
    pytest.param("- " * 5000 + "x", "nested", id="deep lists in lines"),
    pytest.param('{"a":' * 5000, "nested", id="deep objects of JSON"),
    pytest.param('{"a": 1, "b": {"c": 1, "c": 2}}', "'c' stands there twice", id="a name twice in JSON"),
    pytest.param('{"a": NaN}', "NaN is no number", id="no number"),
    pytest.param("a: 1\nb: 2\na: 3", "line 3, column 1: 'a' stands there twice", id="a name twice"),
    pytest.param("1: one", "a name must be text", id="a number for a name"),
    pytest.param("? [a, b]\n: c", "a name must be text", id="a list for a name"),
    pytest.param("a: 1\n---\nb: 2", "line", id="two documents"),
    pytest.param("a: [1, 2", "line 2", id="an open bracket"),
    pytest.param('{"a": 1,}', "line 1, column", id="a comma too many"),
    pytest.param("a: \x07", "characters", id="a bell"),
    pytest.param('a: "x\\0"', "NUL", id="NUL"),
    pytest.param('"\\0": a', "NUL", id="NUL in a name"),
    pytest.param('{"a": "\\u0000"}', "NUL", id="NUL of JSON"),
    pytest.param('a: "\\uD83D"', "line 1|half of one", id="half a character"),
]


@pytest.mark.parametrize(("written", "sentence"), HOSTILE)
def test_a_file_is_refused_with_the_place_when_it_is_not_plain(written: str, sentence: str) -> None:
    with pytest.raises(RejectedTrigger, match=sentence) as refusal:
        read_values(written.encode())
    assert refusal.value.problem is Problem.unreadable


def test_a_file_is_refused_unread_when_it_is_too_large() -> None:
    with pytest.raises(RejectedTrigger, match="256 KB") as refusal:
        read_values(b"#" * (MOST_BYTES + 1))
    assert refusal.value.problem is Problem.too_much


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"PK\x03\x04\x00\x00", b"a: 1\x00"])
def test_a_file_is_refused_when_it_is_no_text(data: bytes) -> None:
    with pytest.raises(RejectedTrigger):
        read_values(data)


def test_a_backslash_is_only_text_when_it_stands_before_a_number() -> None:
    assert read_values(b"a: \\u0000") == {"a": "\\u0000"}


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 30, "1." + "9" * 400, ".inf", "0x" + "f" * 9999])
def test_a_number_stays_text_when_it_is_longer_than_a_number_can_be(number: str) -> None:
    assert read_values(f"a: {number}".encode()) == {"a": number}


def test_a_number_of_json_stays_text_when_it_is_longer_than_a_number_can_be() -> None:
    assert read_values(b'{"a": ' + b"9" * 5000 + b"}") == {"a": "9" * 5000}
