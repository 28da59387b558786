"""What triggers say, and what an untrusted author can't make them do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggers.filters import Plain
from triggers.rejections import Problem, RejectedTrigger
from triggers.templates import LONGEST_MESSAGE, VARIABLES, check_template, choose_text, render

BERLIN = ZoneInfo("Europe/Berlin")
LATE = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def said(text: str, language: str | None = "en", **changed: Plain) -> str:
    values = {name.replace("_", ".", 1): value for name, value in changed.items()}
    check_template(text)
    return render(text, {**VARIABLES, **values}, language, BERLIN)


def rejected(text: Any, variables: Mapping[str, Plain] = VARIABLES) -> RejectedTrigger:
    with pytest.raises(RejectedTrigger) as refused:
        check_template(text, variables)
    return refused.value


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Добро пожаловать, {{ guest.name }}!", "ru", "Добро пожаловать, Anna Petrova!"),
        ("{{ guest['name'] | upcase }}", "en", "ANNA PETROVA"),
        ("until {{ stay.check_out }}", "en", "until 23 November"),
        ("до {{ stay.check_out }}", "ru", "до 23 ноября"),
        ("{{ stay.check_out | date }}", "ru", "23 ноября 2026 г."),
        ("{{ stay.check_out | date: 'EEEE, d MMM' }}", "de", "Montag, 23 Nov."),
        ("{{ stay.check_out | time }}", "en", "00:30"),
        ("{{ stay.amount | number }} {{ stay.amount | money: stay.currency }}", "ru", "1 234,5 1 234,50 €"),
        ("{{ stay.nights | plus: 1 }} {{ stay.adults | times: 2 }}", "en", "4 4"),
        ("{% if stay.nights > 2 %}long{% else %}short{% endif %} stay", "en", "long stay"),
        ("{% case stay.room_type %}{% when 'suite' %}S{% else %}R{% endcase %}", "en", "S"),
        ("{% unless guest.name %}x{% endunless %}{% comment %}note{% endcomment %}ok", "en", "ok"),
        ("{guest_name} is no variable", "en", "{guest_name} is no variable"),
        ("{{ stay.check_out | date }}", "not a language", "23 November 2026"),
        ("{{ stay.check_out | date }}", None, "23 November 2026"),
    ],
)
def test_text_is_written_in_the_guests_language_and_hotel_time_when_rendered(
    text: str, language: str | None, expected: str
) -> None:
    found = said(text, language, stay_check_out=LATE, stay_amount=Decimal("1234.50"))

    assert found.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == expected


def test_naive_time_is_taken_as_utc_and_a_plain_date_stays_the_day_when_rendered() -> None:
    assert said("{{ stay.check_out | time }}", stay_check_out=LATE.replace(tzinfo=None)) == "00:30"
    assert said("{{ stay.check_out }} {{ stay.check_out | time }}", stay_check_out=date(2026, 5, 1)) == "1 May 00:00"


def test_unknown_values_are_left_out_when_a_guest_has_none() -> None:
    text = "Hi {{ guest.name | default: 'there' }}, room {{ stay.room_number }} {{ stay.check_in | date }}"
    amount = "{{ stay.amount | number }}{{ stay.amount | money: stay.currency }}{{ stay.check_in | time }}!"

    assert said(text, guest_name=None, stay_room_number=None, stay_check_in=None) == "Hi there, room"
    assert said(amount, stay_amount=None, stay_currency=None, stay_check_in=None) == "!"
    assert said("{{ stay.amount | money: stay.currency }}", stay_currency=None).endswith("450.00")


def test_guests_name_is_only_text_when_it_looks_like_a_template() -> None:
    hostile = "{{ stay.amount }} {% include 'x' %} <b>\n\n" + "\x00" + "x" * 100_000

    found = said("Hi {{ guest.name }}", guest_name=hostile)

    assert found.startswith("Hi {{ stay.amount }} {% include 'x' %} <b> x")
    assert len(found) < 300


@pytest.mark.parametrize(
    ("text", "problem", "right"),
    [
        ("{{ guest.nam }}", Problem.unknown_name, "guest.name"),
        ("{{ stay.checkout }}", Problem.unknown_name, "stay.check_out"),
        ("{{ guest.name | upcas }}", Problem.unknown_name, "upcase"),
        ("{{ guest }}", Problem.unknown_name, "guest.name"),
        ("{% if stay.nigths > 2 %}a{% endif %}b", Problem.unknown_name, "stay.nights"),
        ("{{ 1 | plus: stay.nigths }}", Problem.unknown_name, "stay.nights"),
        ("{{ now }}", Problem.unknown_name, None),
        ("{{ guest.name", Problem.bad_template, None),
        ("{% if %}a{% endif %}", Problem.bad_template, None),
        ("{{ guest.name | date }}", Problem.bad_template, None),
        ("{{ guest.name | number }}", Problem.bad_template, None),
        ("{{ stay.check_in | date: '%d.%m' }}", Problem.bad_template, None),
        ("{{ stay.check_in | date: 'MMMMMMMMM' }}", Problem.bad_template, None),
        ("{{ stay.check_in | date: '' }}", Problem.bad_template, None),
        ("{{ stay.amount | money: 'EURO' }}", Problem.bad_template, None),
        ("{{ stay.amount | money }}", Problem.bad_template, None),
        (" {% if stay.nights > 90 %}a{% endif %} ", Problem.empty, None),
        ("", Problem.empty, None),
        ("x" * (LONGEST_MESSAGE + 1), Problem.too_much, None),
        ("😀" * (LONGEST_MESSAGE // 2 + 1), Problem.too_much, None),
        (17, Problem.wrong_type, None),
    ],
)
def test_template_is_refused_with_the_nearest_name_when_it_is_wrong(
    text: Any, problem: Problem, right: str | None
) -> None:
    error = rejected(text)

    assert (error.path, error.problem, error.nearest) == ("message_template", problem, right)
    assert len(str(error)) < 350


ATTACKS = {
    "attribute walk": "{{ guest.__class__.__mro__[1].__subclasses__ }}",
    "attribute of text": "{{ guest.name.__class__ }}",
    "attribute of a literal": "{{ ''.__class__ }}",
    "computed name": "{{ guest[hotel.name] }}",
    "index": "{{ guest.name[0] }}",
    "special property": "{{ guest.name.size }}",
    "endless loop": "{% for i in (1..100000000000) %}x{% endfor %}",
    "wide table": "{% tablerow i in (1..100000000000) %}x{% endtablerow %}",
    "include": "{% include '/etc/passwd' %}",
    "render": "{% render 'x' %}",
    "doubling": "{% assign a = 'xxxxxxxx' %}" + "{% assign a = a | append: a %}" * 60 + "{{ a }}",
    "capture": "{% capture a %}x{% endcapture %}{{ a }}",
    "counter": "{% increment a %}",
    "nested liquid": "{% liquid echo 'x' %}",
    "wide range": "{{ (1..100000000000) | upcase }}",
    "huge product": "{{ 9 " + "| times: 999999999 " * 400 + "}}",
    "huge text product": "{{ '" + "9" * 4000 + "' | times: '" + "9" * 4000 + "' }}",
    "infinity": "{{ 'inf' | plus: 1 }}",
    "not a number": "{{ 'nan' | plus: 1 }}",
    "huge number": "{{ " + "9" * 8000 + " }}",
    "huge width": "{{ 'x' | truncate: 99999999999999999999 }}",
    "huge pattern": "{{ stay.check_in | date: '" + "y" * 5000 + "' }}",
    "huge ending": "{{ guest.name | truncate: 1, '" + "y" * 5000 + "' }}",
    "deep blocks": "{% if guest.name %}" * 100 + "x" + "{% endif %}" * 100,
    "deep brackets": "{{ " + "a[" * 4000 + " }}",
    "deep parentheses": "{{ " + "(" * 8000 + " }}",
    "unclosed outputs": "{{ " * 2700,
    "unclosed tags": "{% " * 2700,
    "unclosed text": "{{ '" + "\\" * 8000,
    "long filter chain": "{{ a" + " | upcase" * 900 + " }}",
    "long template": "x" * 100_000_000,
    "wrong arguments": "{{ guest.name | upcase: 1, 2, b: 3 }}",
    "lone surrogate": "{{ \ud800 }}",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS.keys())
def test_attack_is_refused_at_once_when_a_template_is_saved(text: str) -> None:
    started = time.process_time()

    rejected(text)

    assert time.process_time() - started < 1


@pytest.mark.parametrize("text", ["\ud800", "a\ud800b"])
def test_text_that_no_channel_can_carry_is_refused_when_saved(text: str) -> None:
    assert rejected(text).problem is Problem.bad_template


@pytest.mark.parametrize("text", [text for text in ATTACKS.values() if len(text) < 10_000])
def test_attack_stays_small_and_fast_when_it_is_rendered_unchecked(text: str) -> None:
    started = time.process_time()

    try:
        found = render(text, VARIABLES, "en", BERLIN)
    except RejectedTrigger:
        found = ""

    assert len(found) <= LONGEST_MESSAGE
    assert time.process_time() - started < 1


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            ("{{", "}}", "{%", "%}", "if", "guest.name", "|", "date", ":", "'", "(", "1", "..", "\n", "{")
        )
    ).map(" ".join)
)
def test_any_text_is_either_refused_or_rendered_when_saved(text: str) -> None:
    try:
        check_template(text)
    except RejectedTrigger:
        return
    assert 0 < len(render(text, VARIABLES, "ru", BERLIN)) <= LONGEST_MESSAGE


def test_no_value_reaches_the_error_when_rendering_fails() -> None:
    with pytest.raises(RejectedTrigger) as refused:
        render("{{ guest.name | date }}{{ guest.name | plus: 1 }}", {"guest.name": "Secret Ivanov"}, "en", BERLIN)

    assert "Ivanov" not in str(refused.value)
    assert refused.value.problem is Problem.bad_template


def test_rendering_fails_instead_of_leaving_a_hole_when_a_variable_is_unknown() -> None:
    with pytest.raises(RejectedTrigger):
        render("Hi {{ guest.nickname }}!", VARIABLES, "en", BERLIN)


def test_rendering_is_refused_when_it_says_nothing_or_a_variable_is_no_plain_value() -> None:
    with pytest.raises(RejectedTrigger, match="says nothing"):
        render("{{ guest.name }}", {"guest.name": None}, "en", BERLIN)
    with pytest.raises(RejectedTrigger):
        render("{{ guest.name }}", {"guest.name": object()}, "en", BERLIN)  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ru", ("Привет", "ru")),
        ("RU-ru", ("Привет", "ru")),
        ("pt_BR", ("Olá", "pt-BR")),
        ("pt", ("Hello", "en")),
        ("en-GB", ("Hello", "en")),
        ("de", ("Hello", "en")),
        (None, ("Hello", "en")),
    ],
)
def test_translation_is_chosen_when_there_is_one_for_the_guest(
    language: str | None, expected: tuple[str, str]
) -> None:
    translations = {"ru": "Привет", "pt-BR": "Olá"}

    assert choose_text("Hello", translations, language, "en") == expected


@pytest.mark.parametrize("language", ["ru", "ru-RU", "de", None])
def test_text_in_the_hotels_own_language_is_chosen_when_a_file_of_another_hotel_has_it_among_the_translations(
    language: str | None,
) -> None:
    assert choose_text("Hello", {"ru": "Привет", "fr": "Salut"}, language, "ru") == ("Привет", "ru")
