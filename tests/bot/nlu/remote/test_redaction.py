from __future__ import annotations

import pytest

from bot.nlu.remote.redaction import LONGEST_TEXT, Redaction, has_gaps
from tests.bot.nlu.remote.conftest import BERLIN
from tests.factories import NOW


def redaction() -> Redaction:
    return Redaction("en", NOW.astimezone(BERLIN))


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("Write to anna.petrova+x@example.co.uk please", "anna.petrova"),
        ("Call me: +7 900 123-45-68, room 12", "123-45"),
        ("My number is 030 901820.", "901820"),
        ("It is booking BK-1001.", "1001"),
        ("Take my card 4111 1111 1111 1111, 12/28", "1111"),
        ("My password: hunter2!", "hunter2"),
    ],
)
def test_it_does_not_leave_the_house_when_somebody_writes_it(text: str, private: str) -> None:
    hidden = redaction().hide(text)
    assert private not in hidden
    assert hidden.split()[0] == text.split()[0], "the rest does"


def test_contacts_stand_where_they_belong_when_they_come_back() -> None:
    ours = redaction()
    ours.hide("Ann: ann@example.org, +49 30 901820. Again: ann@example.org")
    assert ours.restore("Позвоните [phone-2] или [email-1], не [phone-9]") == (
        "Позвоните +49 30 901820 или ann@example.org, не [phone-9]"
    )


def test_what_does_not_come_back_is_seen_when_it_is_left_out() -> None:
    assert has_gaps("Send it to [secret]")
    assert not has_gaps("Breakfast [buffet, à la carte] is from 7")


@pytest.mark.parametrize("before", ["早餐很好吃。", "word "])
def test_nothing_leaves_by_halves_when_a_text_is_cut(before: str) -> None:
    text = (before * 2000)[: LONGEST_TEXT - 8] + " ann.petrova@example.org"
    hidden = redaction().hide(text)
    assert hidden.startswith(before * 50)
    assert "ann" not in hidden
