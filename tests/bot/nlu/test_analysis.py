from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.nlu.analysis import Analyser, analyse_lines
from bot.nlu.base import SentimentType
from tests.factories import NOW

ANALYSER = Analyser()


def test_a_text_gets_language_sentiment_and_words() -> None:
    analysis = ANALYSER.analyse("The room is filthy and nobody answers")
    assert (analysis.language, analysis.language_confident) == ("en", True)
    assert analysis.sentiment_type is SentimentType.requires_attention
    assert analysis.words == ("filthy", "nobody", "answers")


def test_a_remembered_language_stands_when_the_text_is_short() -> None:
    assert ANALYSER.analyse("ok", remembered="ru").language == "ru"
    assert ANALYSER.analyse("😀", remembered="ru").language == "ru"


def test_a_remembered_language_gives_way_when_the_text_is_surely_another() -> None:
    assert ANALYSER.analyse("Could you tell me where the pool is?", remembered="ru").language == "en"


def test_each_line_gives_one_object() -> None:
    found = [json.loads(line) for line in analyse_lines(["всё отлично!\r\n", "\n", "😀"], NOW, ANALYSER)]
    assert [each["language"] for each in found] == ["ru", "und", "und"]
    assert found[0]["sentiment_type"] == "positive"
    assert 0.3 <= found[0]["sentiment_score"] <= 1
    assert found[0]["words"] == ["отлично"]
    assert found[1] == {
        "language": "und",
        "sentiment_score": 0.0,
        "sentiment_type": "neutral",
        "sentiment_confidence": 1.0,
        "words": [],
        "intent": "other",
        "intent_confidence": 0.0,
        "entities": {},
    }


def test_entities_are_told_by_kind_when_a_text_names_them() -> None:
    (line,) = analyse_lines(
        ["Room 305: two towels and a taxi at 7 pm tomorrow, please. I'll pay 50 €"], NOW, ANALYSER
    )
    assert json.loads(line)["entities"] == {
        "room_number": [{"value": "305", "text": "Room 305"}],
        "count": [{"value": "2", "unit": "towels", "text": "two towels"}],
        "time": [{"value": "19:00", "text": "at 7 pm"}],
        "date": [{"value": "2026-11-21", "text": "tomorrow"}],
        "amount": [{"value": "50", "unit": "EUR", "text": "50 €"}],
    }


def test_a_guest_is_heard_when_what_they_name_can_not_be_found() -> None:
    """The day after this one is no date."""
    last_day = datetime(9999, 12, 31, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    analysis = ANALYSER.analyse("There is smoke in room 305, we leave tomorrow", now=last_day)
    assert (analysis.sentiment_type, analysis.entities) == (SentimentType.requires_attention, ())
    (line,) = analyse_lines(["There is smoke in room 305, we leave tomorrow"], last_day, ANALYSER)
    assert json.loads(line)["entities"] == {}


def test_a_word_is_named_once_when_a_guest_repeats_it() -> None:
    assert ANALYSER.analyse("dirty, dirty, DIRTY room 😡😡😡😡").words == ("dirty",)


def test_no_line_stops_the_stream_when_it_is_not_text() -> None:
    strange: list[str | bytes] = [b"\xff\xfe dirty\n", "\udcff dirty", "\x00", b"", "x" * 20_000, b'{"a": [1']
    found = [json.loads(line) for line in analyse_lines(strange, NOW, ANALYSER)]
    assert [each["words"] for each in found] == [["dirty"], ["dirty"], [], [], [], []]


def test_an_object_comes_as_soon_as_its_line_is_read() -> None:
    def endless() -> Iterator[str]:
        yield "hello"
        raise AssertionError("the second line was read before the first was answered")

    assert json.loads(next(analyse_lines(endless(), NOW, ANALYSER)))["sentiment_type"] == "neutral"
