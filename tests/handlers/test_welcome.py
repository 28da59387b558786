from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.base import Turn
from handlers.surnames import given_name
from handlers.welcome import Welcome
from models.enums import BookingStatus, ConversationStatus
from tests.factories import NOW, make_conversation, make_guest, make_stay, make_turn


def said(turn: Turn) -> str:
    return Welcome().think(turn, None).replies[0].text


def test_guest_is_greeted_by_name_with_room_and_dates_when_the_stay_is_known() -> None:
    text = said(make_turn("hello", stay=make_stay()))
    assert "Anna," in text
    assert "Hotel Adler" in text
    assert "room is 12, 19 November 2026 to 23 November 2026" in text


def test_greeting_is_russian_when_the_guest_reads_russian() -> None:
    text = said(make_turn("привет", language="ru", guest=make_guest(name="Иванова Анна"), stay=make_stay()))
    assert text.startswith("Здравствуйте, Анна!")
    assert "номер 12, с 19 ноября 2026" in text


def test_dates_are_those_of_the_hotels_zone_when_utc_is_a_day_behind() -> None:
    late = NOW.replace(hour=23, minute=30)
    assert "21 November 2026" in said(make_turn("hello", stay=make_stay(check_in=late)))


def test_room_is_left_out_when_it_is_not_known_yet() -> None:
    text = said(make_turn("hello", stay=make_stay(room_number=None)))
    assert "Your stay: 19 November 2026" in text
    assert "room" not in text


def test_greeting_has_no_name_when_the_guest_has_none() -> None:
    assert said(make_turn("hi", guest=make_guest(name=None), stay=make_stay())).startswith("Hello, and welcome")


def test_stranger_is_welcomed_and_offered_to_link_a_stay_when_nothing_is_known() -> None:
    outcome = Welcome().think(make_turn("hi", guest=make_guest(name=None)), None)
    assert outcome.replies[0].text.startswith("Hello, and welcome to Hotel Adler")
    assert [choice.value for choice in outcome.replies[0].choices] == [
        "menu:information",
        "menu:link",
        "menu:person",
        "menu:language",
    ]


def test_linking_is_not_offered_when_the_stay_is_known() -> None:
    choices = Welcome().think(make_turn("hi", stay=make_stay()), None).replies[0].choices
    assert "menu:link" not in [choice.value for choice in choices]


@pytest.mark.parametrize(
    "over",
    [{"booking_status": BookingStatus.cancelled}, {"check_out": NOW - timedelta(days=2)}],
)
def test_guest_is_welcomed_back_without_the_old_stay_when_it_is_over(over: dict[str, Any]) -> None:
    turn = make_turn("hi", stay=replace(make_stay(), **over), conversation=make_conversation())
    assert said(turn).startswith("Hello again, Anna.")


def test_conversation_is_the_bots_again_when_a_guest_starts_anew() -> None:
    escalated = make_conversation(status=ConversationStatus.escalated)
    assert Welcome().think(make_turn("/start", conversation=escalated), None).status is ConversationStatus.active


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Anna Petrova", "Anna"),
        ("Петрова Анна Сергеевна", "Анна"),
        ("Petrova, Anna", "Anna"),
        ("PETROVA/ANNA MRS", "ANNA"),
        ("Mr John Smith", "John"),
        ("Cher", "Cher"),
        ("", None),
        (None, None),
    ],
)
def test_given_name_is_found_when_names_are_written_in_any_usual_order(
    name: str | None, expected: str | None
) -> None:
    assert given_name(name) == expected
