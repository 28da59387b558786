from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.bot.nlu.entities.said import FRIDAY, values


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "at 19:30", "19:30"),
        ("en", "7.30pm", "19:30"),
        ("en", "3pm", "15:00"),
        ("en", "at 7 a.m.", "07:00"),
        ("en", "12 pm", "12:00"),
        ("en", "12 am", "00:00"),
        ("en", "at noon", "12:00"),
        ("en", "half past seven", "07:30"),
        ("en", "a quarter to eight in the evening", "19:45"),
        ("en", "7 o'clock in the morning", "07:00"),
        ("en", "dinner at 8", "20:00"),
        ("en", "in 20 minutes", "13:20"),
        ("ru", "в 7 утра", "07:00"),
        ("ru", "в семь вечера", "19:00"),
        ("ru", "в час дня", "13:00"),
        ("ru", "до 16 часов", "16:00"),
        ("ru", "в 7:30", "07:30"),
        ("ru", "в 14 часов 30 минут", "14:30"),
        ("ru", "завтра в половине восьмого", "07:30"),
        ("ru", "полвосьмого вечера", "19:30"),
        ("ru", "без четверти восемь", "07:45"),
        ("ru", "через час", "14:00"),
        ("ru", "в 3 ночи", "03:00"),
        ("de", "um 15 Uhr", "15:00"),
        ("de", "um 7.30 Uhr", "07:30"),
        ("de", "7 Uhr 30", "07:30"),
        ("de", "um halb acht abends", "19:30"),
        ("de", "viertel nach sieben", "07:15"),
        ("de", "in einer Stunde", "14:00"),
        ("fr", "à 14h", "14:00"),
        ("fr", "demain à 7 heures et demie", "07:30"),
        ("fr", "vers 19h15", "19:15"),
        ("fr", "huit heures du soir", "20:00"),
        ("fr", "à midi", "12:00"),
        ("es", "a las 9 de la noche", "21:00"),
        ("es", "a las siete menos cuarto de la mañana", "06:45"),
        ("es", "a la una de la tarde", "13:00"),
        ("tr", "saat 19:30'da", "19:30"),
        ("tr", "akşam 8'de", "20:00"),
        ("tr", "saat yedi buçukta sabah", "07:30"),
        ("zh", "下午三点", "15:00"),
        ("zh", "晚上八点半", "20:30"),
        ("zh", "早上7点一刻", "07:15"),
        ("zh", "14:30", "14:30"),
        ("zh", "１４：３０", "14:30"),
    ],
)
def test_a_time_is_found_however_it_is_said(language: str, text: str, expected: str) -> None:
    assert values("time", text, language) == [expected]


def test_a_bare_hour_is_the_next_one_when_no_other_day_is_named() -> None:
    assert values("time", "a taxi at 3") == ["15:00"]
    assert values("time", "a taxi at 3 today") == ["15:00"]
    assert values("time", "a taxi at 3 tomorrow") == ["03:00"]
    assert values("time", "a taxi at 3", now=FRIDAY.replace(hour=1)) == ["03:00"]


def test_a_bare_hour_is_not_moved_where_that_would_be_unlikely() -> None:
    assert values("time", "please clean at 11") == ["11:00"]
    assert values("time", "please wake us at 7") == ["07:00"]
    assert values("time", "may we stay until 11?") == ["11:00"]


def test_both_times_are_found_when_a_span_is_named() -> None:
    assert values("time", "tomorrow from 7 to 9 pm") == ["19:00", "21:00"]
    assert values("time", "завтра с 7 до 9 вечера", "ru") == ["19:00", "21:00"]
    assert values("time", "10:00-12:00") == ["10:00", "12:00"]


@pytest.mark.parametrize("text", ["25:00", "at 99", "12:75", "at 7%", "at 5 stars"])
def test_a_time_that_does_not_exist_is_none(text: str) -> None:
    assert values("time", text) == []


def test_an_hour_ahead_is_an_hour_when_the_clocks_go_back() -> None:
    night = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert values("time", "in 60 minutes", now=night) == ["02:30"]
