from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.entities.days import coming
from tests.bot.nlu.entities.said import FRIDAY, values


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "on the 3rd of December", "2026-12-03"),
        ("en", "Dec 3rd, 2027", "2027-12-03"),
        ("en", "3 December", "2026-12-03"),
        ("en", "by the 3rd", "2026-12-03"),
        ("en", "2026-12-03", "2026-12-03"),
        ("en", "12/31/2026", "2026-12-31"),
        ("en", "day after tomorrow", "2026-11-22"),
        ("en", "in 3 days", "2026-11-23"),
        ("en", "in a week", "2026-11-27"),
        ("en", "on Monday", "2026-11-23"),
        ("en", "tommorow", "2026-11-21"),
        ("ru", "3 декабря", "2026-12-03"),
        ("ru", "до 3-го", "2026-12-03"),
        ("ru", "3 числа", "2026-12-03"),
        ("ru", "послезавтра", "2026-11-22"),
        ("ru", "через неделю", "2026-11-27"),
        ("ru", "в среду", "2026-11-25"),
        ("ru", "с 03.12", "2026-12-03"),
        ("de", "am 3. Dezember", "2026-12-03"),
        ("de", "am 3.12.", "2026-12-03"),
        ("de", "bis 03.12.2026", "2026-12-03"),
        ("de", "am Montag", "2026-11-23"),
        ("de", "in zwei Tagen", "2026-11-22"),
        ("fr", "le 3 décembre", "2026-12-03"),
        ("fr", "après-demain", "2026-11-22"),
        ("fr", "lundi", "2026-11-23"),
        ("fr", "dans deux jours", "2026-11-22"),
        ("es", "el 3 de diciembre", "2026-12-03"),
        ("es", "pasado mañana", "2026-11-22"),
        ("es", "el lunes", "2026-11-23"),
        ("tr", "3 Aralık", "2026-12-03"),
        ("tr", "öbür gün", "2026-11-22"),
        ("tr", "pazartesi", "2026-11-23"),
        ("tr", "iki gün sonra", "2026-11-22"),
        ("zh", "12月3日", "2026-12-03"),
        ("zh", "十二月三号", "2026-12-03"),
        ("zh", "后天", "2026-11-22"),
        ("zh", "改到5号", "2026-12-05"),
        ("fr", "depuis hier", "2026-11-19"),
        ("zh", "星期一", "2026-11-23"),
        ("zh", "两天后", "2026-11-22"),
    ],
)
def test_a_day_is_found_however_it_is_named(language: str, text: str, expected: str) -> None:
    assert values("date", text, language) == [expected]


def test_a_day_without_its_year_is_the_next_one() -> None:
    assert values("date", "20 November") == ["2026-11-20"]
    assert values("date", "19 November") == ["2027-11-19"]
    assert values("date", "29 February") == ["2028-02-29"]


def test_a_friday_is_the_next_one_when_today_is_friday() -> None:
    assert values("date", "Friday") == ["2026-11-27"]


def test_next_monday_is_in_the_week_that_comes() -> None:
    monday = FRIDAY.replace(day=16)
    assert values("date", "next Thursday", now=monday) == ["2026-11-26"]
    assert values("date", "on Thursday", now=monday) == ["2026-11-19"]


def test_both_days_are_found_when_a_span_is_named() -> None:
    assert values("date", "3-5 December") == ["2026-12-03", "2026-12-05"]
    assert values("date", "du 3 au 5 décembre", "fr") == ["2026-12-03", "2026-12-05"]
    assert values("date", "vom 3. bis 5. Dezember", "de") == ["2026-12-03", "2026-12-05"]


@pytest.mark.parametrize("text", ["31 February", "2026-13-45", "on the 99th", "30.02.2026", "in 99999 days"])
def test_a_day_that_does_not_exist_is_none(text: str) -> None:
    assert values("date", text) == []


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 12), st.integers(1, 29))
def test_the_next_such_day_is_the_first_from_today_on(today: date, month: int, day: int) -> None:
    found = coming(today, day, month)
    if found is None:
        assert (month, day) > (2, 28)
        return
    assert (found.month, found.day) == (month, day)
    assert found >= today
    assert (found - today).days <= (366 if (month, day) != (2, 29) else 8 * 366)


def test_today_is_the_hotels_when_the_clocks_change() -> None:
    night = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    assert values("date", "tomorrow", now=night) == ["2026-10-26"]
